"""The console's WebSocket path."""

from django.urls import path

from apps.common import lifespan
from apps.console.consumers import ConsoleConsumer
from apps.console.live import hub

# Only a process that serves sockets loads this module, and only such a process follows the mirror.
lifespan.register(hub)

websocket_urlpatterns = [path("ws/console/", ConsoleConsumer.as_asgi())]
