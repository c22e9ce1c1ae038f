"""One line of the pipeline: which handler reacts to which event, and on which queue."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.contracts.base import Value
from apps.contracts.events import Event

Condition = Callable[[Any], bool]


class Line(Value):
    """`to` is "<app>.<handler>", found in that app's handlers.py, and the name of its Celery task.

    when: only for events that satisfy it. inline: may run in the publisher's own transaction, because it calls
    nothing outside. due: not before this moment. otherwise: the handler that gets the event when this one ends in the
    dead letters, so that no customer waits in silence. ephemeral: a courtesy that is sent once, unrecorded.
    """

    event: type[Event]
    to: str
    queue: str
    when: Condition | None = None
    inline: bool = False
    due: Callable[[Any], datetime | None] | None = None
    otherwise: str = ""
    ephemeral: bool = False


def on(
    event: type[Event],
    to: str,
    *,
    queue: str,
    when: Condition | None = None,
    inline: bool = False,
    due: Callable[[Any], datetime | None] | None = None,
    otherwise: str = "",
    ephemeral: bool = False,
) -> Line:
    """Say that handler `to` reacts to `event` on `queue`."""
    return Line(
        event=event,
        to=to,
        queue=queue,
        when=when,
        inline=inline,
        due=due,
        otherwise=otherwise,
        ephemeral=ephemeral,
    )


@cache
def pipeline() -> tuple[Line, ...]:
    """Read the table that the setting EVENT_PIPELINE names."""
    return tuple(import_string(settings.EVENT_PIPELINE))


@cache
def lines_for(event_type: type[Event]) -> tuple[Line, ...]:
    return tuple(line for line in pipeline() if line.event is event_type)


@cache
def line_to(event_type: type[Event], to: str) -> Line | None:
    return next((line for line in lines_for(event_type) if line.to == to), None)


@cache
def handler(to: str) -> Callable[[Event], None]:
    """Find `<app>.<name>` in `apps.<app>.handlers`. Raises ImportError for a line that names nothing."""
    app, name = to.split(".")
    return cast(Callable[[Event], None], import_string(f"apps.{app}.handlers.{name}"))
