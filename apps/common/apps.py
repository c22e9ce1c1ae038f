from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.common import error_reports, mongo


class CommonConfig(AppConfig):
    name = "apps.common"
    label = "common"
    verbose_name = _("Infraestrutura")

    def ready(self) -> None:
        mongo.connect()
        error_reports.switch_on(settings.SENTRY_DSN)
        import_module("apps.common.checks")
