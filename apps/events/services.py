"""Publishing: an event is recorded in the same transaction as the change that it reports."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from apps.common import clock, tracing
from apps.common.mongo import after_commit, after_commit_together, atomic, insert_at_commit, new_id, object_id
from apps.contracts.events import Event
from apps.events import mirror, wakeups
from apps.events.documents import EventRecord, Pending
from apps.events.pipeline import Line, handler, lines_for, pipeline
from apps.events.process import LEASE, process_id

_inline_allowed: ContextVar[bool] = ContextVar("inline_allowed", default=True)
_carrier: ContextVar["Carrier | None"] = ContextVar("carrier", default=None)


Entry = dict[str, Any]


class Published(NamedTuple):
    """What goes out once an event has committed."""

    record_id: str
    event: Event
    data: dict[str, Any]
    pending: list[Entry]
    courtesies: list[Line]


class Carrier:
    """Collects the entries of one queue that this process will run next, already claimed.

    Hops are paid only where a bulkhead is wanted; after `until` new entries go through Celery again, so that one
    long chain does not starve its neighbours.
    """

    def __init__(self, queue: str, until: datetime) -> None:
        self.queue = queue
        self.until = until
        self.entries: list[tuple[str, str]] = []


@contextmanager
def carrying(queue: str, until: datetime) -> Iterator[Carrier]:
    """Let what is published inside, for the same queue, be carried on by this process."""
    carrier = Carrier(queue, until)
    token = _carrier.set(carrier)
    try:
        yield carrier
    finally:
        _carrier.reset(token)


def without_inline(function: Callable[[], None]) -> None:
    """Run `function` so that every handler gets an entry, a retry and a dead letter of its own.

    Used when a first run with inline handlers failed: the event itself must not be lost with them.
    """
    token = _inline_allowed.set(False)
    try:
        function()
    finally:
        _inline_allowed.reset(token)


@atomic
def publish(event: Event, *, key: str) -> str:
    """Record `event` and give its id; wake its handlers after the commit.

    `key` is deterministic and unique within the tenant. Raises AlreadyExists, through the outermost transaction,
    when it was published before, which makes every publisher safe to repeat.
    """
    now = clock.now()
    carrier = _carrier.get()
    courtesies, inline, recorded = _sorted(event)
    pending = [_entry(line, event, now, carrier) for line in recorded]
    record_id = new_id()
    data = event.model_dump(mode="json")
    insert_at_commit(
        EventRecord,
        {
            "_id": object_id(record_id),
            "tenant_id": event.tenant_id,
            "schema_version": 1,
            "created_at": now,
            "key": f"{event.tenant_id}:{key}",
            "type": event.type,
            "version": event.version,
            "data": data,
            "conversation_id": event.conversation_id,
            "traceparent": tracing.current_traceparent(),
            "trace_id": tracing.trace_id(),
            "pending": pending,
            "verdicts": [{"to": line.to, "at": now, "outcome": "done", "inline": True} for line in inline],
            "dead": [],
            "settled_at": None if pending else now,
        },
    )
    published = Published(record_id, event, data, pending, courtesies)
    after_commit_together(mirror.send, mirror.outline(record_id, event, now))
    after_commit(lambda: _announce(published, carrier))
    for line in inline:
        _run_inline(line, event)
    return record_id


def replay(record_id: str, to: str) -> bool:
    """Give a dead letter another life, with its counters at zero. False when it is not among the dead."""
    record = EventRecord.objects(id=record_id, dead__to=to).first()
    if record is None:
        return False
    line = next(line for line in pipeline() if line.to == to)
    now = clock.now()
    EventRecord.objects(id=record_id, dead__to=to).update_one(
        pull__dead={"to": to},
        push__pending=Pending(to=to, queue=line.queue, due=now),
        unset__settled_at=True,
    )
    wakeups.wake(record_id, to, queue=line.queue)
    return True


def _sorted(event: Event) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines that react to this event: courtesies, those that run inline now, those that get an entry."""
    courtesies: list[Line] = []
    inline: list[Line] = []
    recorded: list[Line] = []
    for line in lines_for(type(event)):
        if line.when is None or line.when(event):
            runs_inline = line.inline and _inline_allowed.get()
            (courtesies if line.ephemeral else inline if runs_inline else recorded).append(line)
    return courtesies, inline, recorded


def _run_inline(line: Line, event: Event) -> None:
    started = time.monotonic()
    with tracing.span(line.to):
        handler(line.to)(event)
    took = time.monotonic() - started
    after_commit(lambda: wakeups.transport().show(line.to, took))


def _entry(line: Line, event: Event, now: datetime, carrier: Carrier | None) -> Entry:
    """One pending entry as stored; documents.Pending says what its fields mean."""
    due = (line.due(event) if line.due else None) or now
    entry: Entry = {"to": line.to, "queue": line.queue, "due": due, "by": "", "claims": 0, "errors": 0}
    if carrier is not None and line.queue == carrier.queue and due <= now < carrier.until:
        entry |= {"due": now + LEASE, "by": process_id(), "claims": 1}
    return entry


def _announce(published: Published, carrier: Carrier | None) -> None:
    for line in published.courtesies:
        wakeups.transport().hand(published.event.type, published.data, line.to, queue=line.queue)
    for entry in published.pending:
        if entry["by"] and carrier is not None:
            carrier.entries.append((published.record_id, entry["to"]))
        else:
            delay = max(entry["due"] - clock.now(), timedelta())
            wakeups.wake(published.record_id, entry["to"], queue=entry["queue"], delay=delay)
