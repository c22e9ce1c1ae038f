"""What operators and their tools ask: health and metrics."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
