"""WebSocket paths → consumers (includes only)."""

from channels.routing import URLRouter
from django.conf import settings

from apps.console import routing as console
from apps.simulator import routing as simulator

websocket_urlpatterns: list[object] = [*console.websocket_urlpatterns]

if settings.URBANA_SIMULATOR:
    websocket_urlpatterns += simulator.websocket_urlpatterns

websocket = URLRouter(websocket_urlpatterns)
