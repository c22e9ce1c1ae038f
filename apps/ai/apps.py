from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.ai import checks as checks


class AiConfig(AppConfig):
    name = "apps.ai"
    label = "ai"
    verbose_name = _("Assistente")
