"""Celery as the carrier of wake-ups, and what Flower sees of the hops that need none."""

import logging
import threading
import time
import uuid
from datetime import timedelta
from functools import cache
from typing import Any

from celery import current_app, current_task
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from apps.events import metrics
from apps.events.process import QUARANTINE

log = logging.getLogger(__name__)

BROKER_ERRORS = (KombuError, RedisError, OSError)
SHOW_EVERY_SECONDS = 1.0
SHOWN_OF_EACH = 3


class CeleryTransport:
    """Wakes a worker through Celery. A broker that is away costs one short attempt; the clock does the rest."""

    def wake(self, record_id: str, to: str, *, queue: str, delay: timedelta) -> None:
        self._send(to, [record_id, queue == QUARANTINE], queue, delay.total_seconds() or None)

    def hand(self, event_type: str, data: dict[str, Any], to: str, *, queue: str) -> None:
        self._send(to, ["", False, event_type, data], queue, None)

    def show(self, to: str, seconds: float) -> None:
        if current_task:
            _show_window(current_task.request.hostname).add(to, seconds)

    def _send(self, to: str, args: list[Any], queue: str, countdown: float | None) -> None:
        try:
            current_app.send_task(to, args=args, queue=queue, countdown=countdown, retry=False, ignore_result=True)
        except BROKER_ERRORS as error:
            metrics.WAKEUPS_LOST.labels(queue=queue).inc()
            log.warning("wakeup_lost", extra={"to": to, "reason": type(error).__name__})


class ShowWindow:
    """Tells Flower of handlers that ran inside another task, so that its list shows the whole pipeline.

    Sent in one batch a second; a courtesy to operators that may be lost.
    """

    def __init__(self, hostname: str) -> None:
        self._ran: list[tuple[str, float]] = []
        self._lock = threading.Lock()
        self._hostname = hostname
        threading.Thread(target=self._send_for_ever, name="show-window", daemon=True).start()

    def add(self, to: str, seconds: float) -> None:
        with self._lock:
            # A sample: under load Flower would spend more on the hops than the hops themselves cost.
            if sum(one == to for one, _ in self._ran) < SHOWN_OF_EACH:
                self._ran.append((to, seconds))

    def _send_for_ever(self) -> None:
        while True:
            time.sleep(SHOW_EVERY_SECONDS)
            with self._lock:
                ran, self._ran = self._ran, []
            if ran:
                try:
                    self._send(ran)
                except BROKER_ERRORS as error:
                    log.info("flower_not_told", extra={"reason": type(error).__name__})

    def _send(self, ran: list[tuple[str, float]]) -> None:
        with (
            current_app.connection_for_write() as connection,
            current_app.events.Dispatcher(
                connection, hostname=self._hostname, buffer_group=frozenset({"task"}), buffer_limit=2 * len(ran) + 1
            ) as dispatcher,
        ):
            for to, seconds in ran:
                task_id = str(uuid.uuid4())
                dispatcher.send("task-received", uuid=task_id, name=to, args="()", kwargs="{}", retries=0)
                dispatcher.send("task-succeeded", uuid=task_id, result="None", runtime=seconds)
            dispatcher.flush()


@cache
def _show_window(hostname: str) -> ShowWindow:
    return ShowWindow(hostname)
