"""Lists for people: who sees what, and pages by key."""

import base64
import json
from datetime import datetime
from typing import Any, Generic, TypeVar

from apps.common.mongo import Q, is_id
from apps.contracts.base import Value
from apps.contracts.conversations import ConversationValue
from apps.contracts.people import ASSISTANT, AttendantValue, attendant_holder
from apps.contracts.words import ConversationStatus
from apps.conversations.documents import Conversation, Message
from apps.conversations.selectors.values import conversation_value

V = TypeVar("V")

#: tab → (field that sorts it, True when descending)
SORTS = {
    "waiting": ("waiting_since", False),
    "mine": ("last_customer_message_at", True),
    "assistant": ("last_message_at", True),
    "people": ("last_message_at", True),
    "closed": ("last_message_at", True),
    "all": ("last_message_at", True),
}
#: A search never holds the store longer than this.
SEARCH_LIMIT_MS = 2000
MOST_TEXT_HITS = 200


class Page(Value, Generic[V]):
    """One page of a list; `next` is the cursor of the following one, "" on the last."""

    items: tuple[V, ...]
    next: str = ""


def conversations_for(
    attendant: AttendantValue,
    tab: str,
    *,
    q: str = "",
    queue: str = "",
    tag: str = "",
    unread: bool = False,
    cursor: str = "",
    limit: int = 40,
) -> Page[ConversationValue]:
    """One page of what this person may see under a tab: "waiting" (longest wait first), "mine", "assistant",
    "people" (held by others; supervisors), "closed", or "all"."""
    condition = _visible(attendant) & _tab(attendant, tab)
    if q:
        condition &= _matches(attendant.tenant_id, q)
    if queue:
        condition &= Q(queue=queue)
    if tag:
        condition &= Q(tags=tag)
    if unread:
        condition &= Q(unread__gt=0)
    return _page(condition, *SORTS[tab], cursor=cursor, limit=limit)


def list_conversations(
    tenant_id: str,
    *,
    status: str = "",
    queue: str = "",
    tag: str = "",
    q: str = "",
    cursor: str = "",
    limit: int = 40,
) -> Page[ConversationValue]:
    """One page of a tenant's conversations, latest first: for machines, which see the whole tenant."""
    condition = Q(tenant_id=tenant_id)
    for name, value in (("status", status), ("queue", queue), ("tags", tag)):
        if value:
            condition &= Q(**{name: value})
    if q:
        condition &= _matches(tenant_id, q)
    return _page(condition, "last_message_at", True, cursor=cursor, limit=limit)


def counts_for(attendant: AttendantValue) -> dict[str, int]:
    """How many conversations stand under each tab, counted up to 1,000 (a list that long needs no exact number)."""
    visible = _visible(attendant)
    return {
        tab: Conversation.objects(visible & _tab(attendant, tab)).limit(1000).count(with_limit_and_skip=True)
        for tab in ("waiting", "mine", "assistant", "closed")
    }


def conversation_for(attendant: AttendantValue, conversation_id: str) -> ConversationValue | None:
    """A conversation that this person may see, None for any other: nobody gets an object that is not theirs to see."""
    if not is_id(conversation_id):
        return None
    row = Conversation.objects(_visible(attendant) & Q(id=conversation_id)).first()
    return None if row is None else conversation_value(row)


def _visible(attendant: AttendantValue) -> Any:
    tenant = Q(tenant_id=attendant.tenant_id)
    if attendant.is_supervisor:
        return tenant
    return tenant & (
        Q(
            status=ConversationStatus.WAITING_HUMAN.value,
            queue__in=list(attendant.queues),
        )
        | Q(holder=str(attendant_holder(attendant.id)))
        | Q(holder=str(ASSISTANT))
        | Q(status=ConversationStatus.CLOSED.value, participants=attendant.id)
    )


def _tab(attendant: AttendantValue, tab: str) -> Any:
    match tab:
        case "waiting":
            return Q(status=ConversationStatus.WAITING_HUMAN.value)
        case "mine":
            return Q(holder=str(attendant_holder(attendant.id)))
        case "assistant":
            return Q(holder=str(ASSISTANT), status=ConversationStatus.ACTIVE.value)
        case "people":
            return Q(status=ConversationStatus.WITH_HUMAN.value)
        case "closed":
            return Q(status=ConversationStatus.CLOSED.value)
        case _:
            return Q()


def _matches(tenant_id: str, q: str) -> Any:
    """Name, phone, protocol or something said. Taken literally: no operator of a pattern or of the store."""
    digits = "".join(sign for sign in q if sign.isdigit())
    condition = Q(customer_name__icontains=q) | Q(protocol=q)
    if len(digits) >= 4:
        condition |= Q(customer_phone__contains=digits)
    literal = '"' + q.replace("\\", " ").replace('"', " ") + '"'
    hits = Message.objects(tenant_id=tenant_id).search_text(literal).only("conversation_id").limit(MOST_TEXT_HITS)
    said = {row.conversation_id for row in hits.max_time_ms(SEARCH_LIMIT_MS)}
    return condition | Q(id__in=list(said)) if said else condition


def _page(condition: Any, field: str, descending: bool, *, cursor: str, limit: int) -> Page[ConversationValue]:
    side = "lt" if descending else "gt"
    if cursor and (position := _decode(cursor)) is not None:
        moment, last_id = position
        condition &= Q(**{f"{field}__{side}": moment}) | Q(**{field: moment, f"id__{side}": last_id})
    sign = "-" if descending else "+"
    found = Conversation.objects(condition).order_by(f"{sign}{field}", f"{sign}id")
    rows = list(found.limit(limit + 1).max_time_ms(SEARCH_LIMIT_MS * 2))
    more = len(rows) > limit
    rows = rows[:limit]
    following = _encode(rows[-1][field], str(rows[-1].id)) if more else ""
    return Page[ConversationValue](items=tuple(conversation_value(row) for row in rows), next=following)


def _encode(moment: datetime | None, last_id: str) -> str:
    text = json.dumps([moment.isoformat() if moment else None, last_id])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _decode(cursor: str) -> tuple[datetime | None, str] | None:
    """Read a cursor back; None for one that we did not write, which begins at the first page."""
    try:
        moment, last_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return (datetime.fromisoformat(moment) if moment else None), last_id if is_id(last_id) else ""
    except (ValueError, TypeError):
        return None
