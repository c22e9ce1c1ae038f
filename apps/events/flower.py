"""What Flower is told. Its news is a courtesy to operators, so it travels in batches and costs the work little."""

import logging
import threading
import time
import uuid
from functools import cache
from typing import Any

from celery import bootsteps, current_app
from celery.worker.consumer.events import Events
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

BROKER_ERRORS = (KombuError, RedisError, OSError)
TELL_EVERY_SECONDS = 0.5
MOST_TOGETHER = 500
SHOW_EVERY_SECONDS = 1.0
SHOWN_OF_EACH = 3


class TellInBatches(bootsteps.StartStopStep):  # type: ignore[misc]  # celery carries no types
    """Sends a worker's task events twice a second. Celery would send them at once, which costs more than a small task."""

    requires = (Events,)

    def start(self, consumer: Any) -> None:
        dispatcher = consumer.event_dispatcher
        dispatcher.on_send_buffered = None
        dispatcher.buffer_limit = MOST_TOGETHER
        self._timer = consumer.timer.call_repeatedly(TELL_EVERY_SECONDS, _flush, (consumer,))

    def stop(self, consumer: Any) -> None:
        self._timer.cancel()
        _flush(consumer)


def _flush(consumer: Any) -> None:
    if consumer.event_dispatcher:
        consumer.event_dispatcher.flush()


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
def show_window(hostname: str) -> ShowWindow:
    """Give the window of this worker."""
    return ShowWindow(hostname)
