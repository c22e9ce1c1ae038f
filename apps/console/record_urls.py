"""Addresses of the record pages, below /admin/records/. Only who may enter /admin/ gets past any of them."""

from django.contrib import admin
from django.urls import path

from apps.console import records

app_name = "records"

urlpatterns = [
    path("events/", admin.site.admin_view(records.event_list), name="events"),
    path("events/<str:record_id>/", admin.site.admin_view(records.event_detail), name="event"),
    path("dead-letters/", admin.site.admin_view(records.dead_letters), name="dead_letters"),
    path("dead-letters/replay/", admin.site.admin_view(records.replay), name="replay"),
]
