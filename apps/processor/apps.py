from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcessorConfig(AppConfig):
    name = "apps.processor"
    label = "processor"
    verbose_name = _("Processamento")
