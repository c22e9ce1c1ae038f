"""WebSocket paths → consumers (includes only)."""

from channels.routing import URLRouter
from django.conf import settings

from apps.simulator import routing as simulator

websocket_urlpatterns: list[object] = []

if settings.URBANA_SIMULATOR:
    websocket_urlpatterns += simulator.websocket_urlpatterns

websocket = URLRouter(websocket_urlpatterns)
