from importlib import import_module

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "apps.gateway"
    label = "gateway"
    verbose_name = "Canais"

    def ready(self) -> None:
        import_module("apps.gateway.checks")
