"""WebSocket paths → consumers (includes only)."""

from channels.routing import URLRouter

websocket_urlpatterns: list[object] = []

websocket = URLRouter(websocket_urlpatterns)
