"""Misconfiguration that can be told before anything runs."""

from typing import Any

from django.conf import settings
from django.core import checks

from apps.common.storage_address import problems_of


@checks.register
def check_stores(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """Name what is wrong with the addresses of the stores."""
    found: list[checks.CheckMessage] = []
    if "replicaSet=" not in settings.MONGODB_URI:
        found.append(
            checks.Error(
                "MONGODB_URI names no replica set, and transactions need one.",
                hint="Add ?replicaSet=<name>; a single mongod may be a replica set of one.",
                id="common.E001",
            )
        )
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://", "amqp://", "amqps://")):
        found.append(
            checks.Error(
                "CELERY_BROKER_URL is neither redis:// nor amqp://.",
                hint="Leave it unset to use REDIS_URL.",
                id="common.E002",
            )
        )
    return found


@checks.register
def check_files(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """Name what is wrong with the address of the object store. Without it files would silently stay on this machine."""
    keys = {"access_key": settings.MEDIA_STORAGE_ACCESS_KEY, "secret_key": settings.MEDIA_STORAGE_SECRET_KEY}
    return [
        checks.Error(
            f"MEDIA_STORAGE_URL cannot be used: {problem}.",
            hint="s3://<bucket>/<folder>?endpoint=https://…&region=…, with the keys in variables of their own.",
            id="common.E003",
        )
        for problem in problems_of(settings.MEDIA_STORAGE_URL, **keys)
    ]


@checks.register(deploy=True)
def check_operations(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """Name what a production system should not be without."""
    found: list[checks.CheckMessage] = []
    if not settings.METRICS_TOKEN:
        found.append(
            checks.Warning(
                "METRICS_TOKEN is not set, so Prometheus can read /metrics from this machine only.", id="common.W001"
            )
        )
    if settings.URBANA_SIMULATOR:
        found.append(
            checks.Warning(
                "URBANA_SIMULATOR is on: anyone can write to the assistant at /simulator/.", id="common.W002"
            )
        )
    return found
