"""Misconfiguration that can be told before anything runs."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register
def check_stores(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Name what is wrong with the addresses of the stores."""
    found: list[CheckMessage] = []
    if "replicaSet=" not in settings.MONGODB_URI:
        found.append(
            Error(
                "MONGODB_URI names no replica set, and transactions need one.",
                hint="Add ?replicaSet=<name>; a single mongod may be a replica set of one.",
                id="common.E001",
            )
        )
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://", "amqp://", "amqps://")):
        found.append(
            Error(
                "CELERY_BROKER_URL is neither redis:// nor amqp://.",
                hint="Leave it unset to use REDIS_URL.",
                id="common.E002",
            )
        )
    return found


@register(deploy=True)
def check_operations(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Name what a production system should not be without."""
    found: list[CheckMessage] = []
    if not settings.METRICS_TOKEN:
        found.append(
            Warning(
                "METRICS_TOKEN is not set, so Prometheus can read /metrics from this machine only.", id="common.W001"
            )
        )
    if settings.URBANA_SIMULATOR:
        found.append(
            Warning("URBANA_SIMULATOR is on: anyone can write to the assistant at /simulator/.", id="common.W002")
        )
    return found
