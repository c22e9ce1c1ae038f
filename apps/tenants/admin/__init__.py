"""The editors of /admin/ for what a business configures about itself."""

from apps.tenants.admin import audit, channels, people, replies, service

__all__ = ["audit", "channels", "people", "replies", "service"]
