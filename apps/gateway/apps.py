from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GatewayConfig(AppConfig):
    name = "apps.gateway"
    label = "gateway"
    verbose_name = _("Canais")

    def ready(self) -> None:
        import_module("apps.gateway.checks")
