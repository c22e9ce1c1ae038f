"""Wake-ups: a task that may be lost, repeated or late without harm. The truth is the record's `pending`."""

from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

#: A longer wait is left to the clock's sweep: a countdown longer than this gains nothing and fills the broker.
LONGEST_COUNTDOWN = timedelta(seconds=5)


class Transport(Protocol):
    """How a wake-up reaches a worker: Celery first; a relay to another bus implements the same method."""

    def wake(self, record_id: str, to: str, *, queue: str, delay: timedelta) -> None:
        """Ask some worker of `queue` to run handler `to` on a record. Never raises: the clock wakes what was lost."""
        ...

    def hand(self, event_type: str, data: dict[str, Any], to: str, *, queue: str) -> None:
        """Hand an event itself to handler `to`, once, for what may be lost. Never raises."""
        ...

    def show(self, to: str, seconds: float) -> None:
        """Tell operators that handler `to` ran without a wake-up of its own. Never raises."""
        ...


_transports: dict[str, Transport] = {}


def transport() -> Transport:
    name: str = settings.EVENT_TRANSPORT
    if name not in _transports:
        _transports[name] = import_string(name)()
    return _transports[name]


def wake(record_id: str, to: str, *, queue: str, delay: timedelta = timedelta()) -> None:
    if delay <= LONGEST_COUNTDOWN:
        transport().wake(record_id, to, queue=queue, delay=delay)
