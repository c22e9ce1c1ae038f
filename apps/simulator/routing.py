"""The phone's socket."""

from django.urls import path

from apps.simulator.consumers import PhoneConsumer

websocket_urlpatterns = [path("ws/simulator/", PhoneConsumer.as_asgi())]
