from django.apps import AppConfig

from apps.common import mongo


class CommonConfig(AppConfig):
    name = "apps.common"
    label = "common"
    verbose_name = "Infraestrutura"

    def ready(self) -> None:
        mongo.connect()
