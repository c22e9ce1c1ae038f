from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.plugins import checks as checks
from apps.plugins import discovery


class PluginsConfig(AppConfig):
    name = "apps.plugins"
    label = "plugins"
    verbose_name = _("Extensões")

    def ready(self) -> None:
        discovery.discover()
