from django.apps import AppConfig

from apps.ai import checks as checks


class AiConfig(AppConfig):
    name = "apps.ai"
    label = "ai"
    verbose_name = "Assistente"
