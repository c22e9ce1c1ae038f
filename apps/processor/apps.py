from django.apps import AppConfig


class ProcessorConfig(AppConfig):
    name = "apps.processor"
    label = "processor"
    verbose_name = "Processamento"
