"""Questions to the bus: what happened, what failed, what changed."""

from datetime import datetime, timedelta
from typing import Any

from apps.common import clock
from apps.common.mongo import Q, is_id
from apps.contracts.base import Moment, Value
from apps.events.documents import EventRecord

#: Records commit out of order, so a cursor looks back this far beyond itself.
CURSOR_OVERLAP = timedelta(seconds=5)


class TimelineEntry(Value):
    """One event with what became of it. `data` is the event as recorded."""

    id: str
    at: Moment
    type: str
    conversation_id: str
    trace_id: str
    data: dict[str, Any]
    verdicts: tuple[dict[str, Any], ...] = ()
    pending: tuple[str, ...] = ()


class DeadLetter(Value):
    """An entry that ended. `reason` names the error, never what a customer wrote."""

    record_id: str
    tenant_id: str
    type: str
    to: str
    at: Moment
    reason: str
    conversation_id: str
    trace_id: str


def timeline(
    tenant_id: str,
    *,
    conversation_id: str = "",
    trace_id: str = "",
    message_id: str = "",
    limit: int = 200,
) -> list[TimelineEntry]:
    """The events of a conversation, of a trace, or about one message, oldest first."""
    condition = Q()
    if conversation_id:
        condition |= Q(conversation_id=conversation_id)
    if trace_id:
        condition |= Q(trace_id=trace_id)
    found = EventRecord.objects(Q(tenant_id=tenant_id) & condition).order_by("created_at").limit(limit)
    entries = [_entry(row) for row in found]
    if not message_id:
        return entries
    return [one for one in entries if one.trace_id == trace_id != "" or one.data.get("message_id") == message_id]


def dead_letters(tenant_id: str, *, to: str = "", limit: int = 100) -> list[DeadLetter]:
    """Newest first."""
    found = EventRecord.objects(tenant_id=tenant_id, dead__0__exists=True)
    if to:
        found = found.filter(dead__to=to)
    return [
        DeadLetter(
            record_id=str(row.id),
            tenant_id=row.tenant_id,
            type=row.type,
            to=dead["to"],
            at=dead["at"],
            reason=dead.get("reason", ""),
            conversation_id=row.conversation_id,
            trace_id=row.trace_id,
        )
        for row in found.order_by("-created_at").limit(limit)
        for dead in row.dead
        if not to or dead["to"] == to
    ]


def changed_conversations(tenant_id: str, *, since: str) -> tuple[list[str], str]:
    """Which conversations changed after the cursor, and the next cursor. "" gives nothing and a cursor of now.

    The overlap repeats what is known already, which is harmless: the observer re-reads the truth.
    """
    now = clock.now()
    following = now.isoformat()
    try:
        start = datetime.fromisoformat(since) if since else now
    except ValueError:
        start = now - timedelta(minutes=5)
    if start.tzinfo is None:
        start = start.replace(tzinfo=now.tzinfo)
    found = EventRecord.objects(
        tenant_id=tenant_id,
        created_at__gte=start - CURSOR_OVERLAP,
        conversation_id__ne="",
    ).order_by("created_at")
    return list(dict.fromkeys(found.limit(5000).scalar("conversation_id"))), following


def is_pending(tenant_id: str, conversation_id: str, to: str) -> bool:
    """Whether handler `to` still has an entry for this conversation, whoever it belongs to."""
    found = EventRecord.objects(tenant_id=tenant_id, conversation_id=conversation_id, pending__to=to).only("id").first()
    return found is not None


def has_pending_before(to: str, moment: datetime) -> bool:
    """Whether handler `to` still has an entry of an event from before that moment, in any tenant."""
    waiting = EventRecord.objects(pending__due__exists=True, pending__to=to, created_at__lt=moment)
    return waiting.only("id").first() is not None


def has_died_since(tenant_id: str, to: str, moment: datetime) -> bool:
    """Whether an entry of handler `to` ended in the dead letters at or after that moment."""
    died = {"dead": {"$elemMatch": {"to": to, "at": {"$gte": moment}}}}
    return EventRecord.objects(tenant_id=tenant_id, __raw__=died).only("id").first() is not None


def record(tenant_id: str, record_id: str) -> TimelineEntry | None:
    row = EventRecord.objects(tenant_id=tenant_id, id=record_id).first() if is_id(record_id) else None
    return None if row is None else _entry(row)


def recorded(tenant_id: str, *, key_prefix: str) -> list[TimelineEntry]:
    """The events whose keys begin like this, oldest first."""
    # Keys are stored below their tenant, see `services.publish`.
    begins = f"{tenant_id}:{key_prefix}"
    found = EventRecord.objects(tenant_id=tenant_id, key__startswith=begins).order_by("created_at").limit(50)
    return [_entry(row) for row in found]


def recent(
    tenant_id: str, *, event_type: str = "", before: datetime | None = None, limit: int = 50
) -> list[TimelineEntry]:
    """The latest events, newest first; `before` continues a page."""
    found = EventRecord.objects(tenant_id=tenant_id)
    if event_type:
        found = found.filter(type=event_type)
    if before is not None:
        found = found.filter(created_at__lt=before)
    return [_entry(row) for row in found.order_by("-created_at").limit(limit)]


def backlog() -> dict[str, int]:
    """How many entries wait for each handler, for operators."""
    steps = [
        {"$match": {"pending.due": {"$exists": True}}},
        {"$unwind": "$pending"},
        {"$sortByCount": "$pending.to"},
    ]
    return {row["_id"]: row["count"] for row in EventRecord.objects.aggregate(steps)}


def _entry(row: EventRecord) -> TimelineEntry:
    return TimelineEntry(
        id=str(row.id),
        at=row.created_at,
        type=row.type,
        conversation_id=row.conversation_id,
        trace_id=row.trace_id,
        data=dict(row.data),
        verdicts=tuple(dict(one) for one in row.verdicts),
        pending=tuple(one.to for one in row.pending),
    )
