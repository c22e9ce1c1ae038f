"""Delivery: claim an entry, run its handler, give a verdict. The one place that catches everything."""

import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from apps.common import clock, tracing
from apps.common.mongo import AlreadyExists, Q, is_outage
from apps.contracts.errors import UrbanaError
from apps.contracts.events import EVENT_TYPES, Event
from apps.events import leases, metrics, wakeups
from apps.events.documents import EventRecord
from apps.events.pipeline import handler, line_to, pipeline
from apps.events.process import LEASE, process_id
from apps.events.services import Carrier, carrying, without_inline
from apps.events.verdicts import Assignment, assigned, settle

log = logging.getLogger(__name__)

MAX_ERRORS = 5
#: After so many claims without a verdict an entry runs alone, so that its neighbours are not taken along…
CLAIMS_IN_COMPANY = 2
#: …and after so many in all its deaths are its own.
MAX_CLAIMS = 5

#: How long one task keeps carrying entries on before they go through Celery again.
CARRY_FOR = timedelta(seconds=30)

_types: dict[str, type[Event]] = {event_type.type: event_type for event_type in EVENT_TYPES}


def event_type_of(name: str) -> type[Event]:
    return _types[name]


def attempt(function: Callable[[], Any]) -> Exception | None:
    """Run `function` and give what went wrong, whatever it was: a verdict must be recorded for any error."""
    try:
        function()
    except Exception as error:  # noqa: BLE001 - the one broad catch of the product
        return error
    return None


def attempt_inline(function: Callable[[], None], *, queue: str, again: bool = True) -> Exception | None:
    """Run a publishing service with inline handlers; if one fails, again with an entry for each handler instead.

    What it publishes for `queue` is carried on here. Gives the error of the last run, the second being the service's
    own. again: False leaves it to the caller to run something smaller.
    """
    with carrying(queue, clock.now() + CARRY_FOR) as carrier:
        error = attempt(function)
        if error is not None and not again:
            carrier.entries.clear()
        elif error is not None and not isinstance(error, AlreadyExists) and not is_outage(error):
            log.warning("inline_failed", extra={"reason": type(error).__name__}, exc_info=error)
            carrier.entries.clear()
            error = attempt(lambda: without_inline(function))
    _carry_on(carrier)
    return error


def deliver(record_id: str, to: str, *, alone: bool = False) -> bool:
    """Run handler `to` on a record unless someone else has it; then whatever it published for the same queue."""
    record = _claim(record_id, to, alone=alone)
    if record is None:
        return False
    line = line_to(_types[record.type], to)
    with carrying(line.queue if line else "", clock.now() + CARRY_FOR) as carrier:
        _run(record, to)
    _carry_on(carrier)
    return True


def offer(event_type: str, data: dict[str, Any], to: str) -> None:
    """Run a courtesy: once, whatever comes of it."""
    error = attempt(lambda: handler(to)(_types[event_type].model_validate(data)))
    metrics.HANDLED.labels(to=to, outcome="failed" if error else "done").inc()
    if error is not None:
        log.warning("courtesy_failed", extra={"to": to, "reason": type(error).__name__})


def _carry_on(carrier: Carrier) -> None:
    while carrier.entries:
        record_id, to = carrier.entries.pop(0)
        # Not ours any more if the chain before it took longer than the lease: then whoever claimed it runs it.
        record = EventRecord.objects(id=record_id, pending__match={"to": to, "by": process_id()}).first()
        if record is not None:
            started = time.monotonic()
            with carrying(carrier.queue, carrier.until) as further:
                _run(record, to)
            carrier.entries.extend(further.entries)
            wakeups.transport().show(to, time.monotonic() - started)


def _claim(record_id: str, to: str, *, alone: bool) -> EventRecord | None:
    if leases.is_held(record_id, to):
        return None
    now = clock.now()
    limit = MAX_CLAIMS if alone else CLAIMS_IN_COMPANY
    found: EventRecord | None = EventRecord.objects(
        Q(id=record_id) & Q(pending__match={"to": to, "due__lte": now, "claims__lt": limit})
    ).modify(
        new=True,
        set__pending__S__due=now + LEASE,
        set__pending__S__by=process_id(),
        inc__pending__S__claims=1,
    )
    return found


def _run(record: EventRecord, to: str) -> None:
    record_id = str(record.id)
    event = _types[record.type].model_validate(record.data)
    assignment = Assignment(record_id, to)
    with (
        leases.holding(record_id, to),
        tracing.span(to, parent=record.traceparent, event=record.type, record=record_id),
        assigned(assignment),
    ):
        error = attempt(lambda: handler(to)(event))
        # Change and event commit together, so what exists already was done by an earlier run.
        if error is None or isinstance(error, AlreadyExists) or assignment.is_settled:
            _count_done(assignment, record.conversation_id, error)
            if not assignment.is_settled:
                settle(record_id, assignment.done())
        else:
            _fail(record, to, error)


def _count_done(assignment: Assignment, conversation_id: str, error: Exception | None) -> None:
    metrics.HANDLED.labels(to=assignment.to, outcome="done").inc()
    metrics.HANDLER_SECONDS.labels(to=assignment.to).observe((clock.now() - assignment.started).total_seconds())
    about = {"to": assignment.to, "record": assignment.record_id, "conversation": conversation_id}
    if error is None or isinstance(error, AlreadyExists):
        log.info("handled", extra=about)
    else:
        log.error("failed_after_verdict", extra=about | {"reason": type(error).__name__}, exc_info=error)


def _fail(record: EventRecord, to: str, error: Exception) -> None:
    entry = next((one for one in record.pending if one.to == to), None)
    errors = (entry.errors if entry else 0) + 1
    retry_after = error.retry_after if isinstance(error, UrbanaError) else None
    counts = not isinstance(error, UrbanaError) or error.counts
    reason = f"{type(error).__name__}: {getattr(error, 'code', '')}".rstrip(": ")
    if is_outage(error):
        retry_after, counts = timedelta(seconds=1), False
    if retry_after is None or (counts and errors >= MAX_ERRORS):
        log.error(
            "dead_letter",
            extra={"to": to, "record": str(record.id), "reason": reason},
            exc_info=error,
        )
        bury(str(record.id), _types[record.type], to, reason)
        return
    metrics.HANDLED.labels(to=to, outcome="retry").inc()
    log.warning("retry", extra={"to": to, "record": str(record.id), "reason": reason})
    delay = retry_after if not counts else max(retry_after, timedelta(seconds=2.0**errors))
    delay *= random.uniform(1.0, 1.3)  # noqa: S311 - jitter, not a secret
    EventRecord.objects(id=record.id, pending__match={"to": to, "by": process_id()}).update_one(
        set__pending__S__due=clock.now() + delay,
        set__pending__S__by="",
        inc__pending__S__claims=-1,
        inc__pending__S__errors=int(counts),
    )
    wakeups.wake(str(record.id), to, queue=entry.queue if entry else "", delay=delay)


def bury(record_id: str, event_type: type[Event], to: str, reason: str) -> None:
    """Move an entry to the dead letters, and let the line's `otherwise` answer for it."""
    metrics.HANDLED.labels(to=to, outcome="dead").inc()
    now = clock.now()
    line = line_to(event_type, to)
    otherwise = line.otherwise if line else ""
    instead = (
        [
            {
                "to": otherwise,
                "queue": line.queue,
                "due": now,
                "by": "",
                "claims": 0,
                "errors": 0,
            }
        ]
        if line and otherwise
        else []
    )
    settle(
        record_id,
        {"to": to, "at": now, "outcome": "dead", "reason": reason},
        instead=instead,
        dead={"to": to, "at": now, "reason": reason},
    )
    if line and otherwise:
        wakeups.wake(record_id, otherwise, queue=line.queue)


def task_names() -> list[tuple[str, str]]:
    """Every handler of the pipeline with its queue, `otherwise` ones included: each is a Celery task by that name."""
    named = [(line.to, line.queue) for line in pipeline()]
    return named + [(line.otherwise, line.queue) for line in pipeline() if line.otherwise]
