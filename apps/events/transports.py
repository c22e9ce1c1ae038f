"""Celery as the carrier of wake-ups."""

import logging
from datetime import timedelta
from typing import Any

from celery import current_app, current_task

from apps.events import metrics
from apps.events.flower import BROKER_ERRORS, show_window
from apps.events.process import QUARANTINE

log = logging.getLogger(__name__)


class CeleryTransport:
    """Wakes a worker through Celery. A broker that is away costs one short attempt; the clock does the rest."""

    def wake(self, record_id: str, to: str, *, queue: str, delay: timedelta) -> None:
        self._send(to, [record_id, queue == QUARANTINE], queue, delay.total_seconds() or None)

    def hand(self, event_type: str, data: dict[str, Any], to: str, *, queue: str) -> None:
        self._send(to, ["", False, event_type, data], queue, None)

    def show(self, to: str, seconds: float) -> None:
        if current_task:
            show_window(current_task.request.hostname).add(to, seconds)

    def _send(self, to: str, args: list[Any], queue: str, countdown: float | None) -> None:
        try:
            current_app.send_task(to, args=args, queue=queue, countdown=countdown, retry=False, ignore_result=True)
        except BROKER_ERRORS as error:
            metrics.WAKEUPS_LOST.labels(queue=queue).inc()
            log.warning("wakeup_lost", extra={"to": to, "reason": type(error).__name__})
