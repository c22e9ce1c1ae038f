"""What numbers are made of: per conversation and day, and who answered a message."""

from datetime import date, datetime
from typing import Any

from apps.common.mongo import Q
from apps.contracts.base import Moment, Value
from apps.contracts.conversations import ConversationValue, MessageValue
from apps.contracts.words import Author, ConversationStatus, DeliveryStatus, Direction
from apps.conversations.documents import Conversation, Message
from apps.conversations.selectors.values import conversation_value, message_value

#: So many conversations of a period are counted; beyond that a report, not a page, is needed.
MOST_CONVERSATIONS = 20_000
CHUNK = 1_000
#: A figure never holds the store longer than this.
LIMIT_MS = 5_000


class DayFacts(Value):
    """What was said in one conversation on one day of the given time zone. Notices of ours are nobody's answer."""

    conversation_id: str
    day: date
    inbound: int = 0
    by_assistant: int = 0
    by_attendant: int = 0
    failed: int = 0
    first_inbound_at: Moment | None = None
    first_answer_at: Moment | None = None
    first_attendant_at: Moment | None = None


def day_facts(tenant_id: str, *, since: datetime, timezone: str) -> list[DayFacts]:
    """Facts of every conversation that anybody wrote in since then."""
    statuses = [status.value for status in ConversationStatus]
    found = Conversation.objects(tenant_id=tenant_id, status__in=statuses, last_message_at__gte=since)
    ids = [str(one) for one in found.order_by("-last_message_at").limit(MOST_CONVERSATIONS).scalar("id")]
    facts: list[DayFacts] = []
    for start in range(0, len(ids), CHUNK):
        steps = _steps(tenant_id, ids[start : start + CHUNK], since, timezone)
        facts += [_fact(row) for row in Message.objects.aggregate(steps, maxTimeMS=LIMIT_MS)]
    return facts


def closed_since(tenant_id: str, *, since: datetime, touched_since: datetime) -> list[ConversationValue]:
    """Conversations closed since then, among those touched since `touched_since` (what bounds the search)."""
    found = Conversation.objects(
        tenant_id=tenant_id,
        status=ConversationStatus.CLOSED.value,
        last_message_at__gte=touched_since,
        closed_at__gte=since,
    )
    return [conversation_value(row) for row in found.limit(MOST_CONVERSATIONS).max_time_ms(LIMIT_MS)]


def waiting_conversations(*, before: datetime, limit: int = 200) -> list[ConversationValue]:
    """Conversations of all tenants that began to wait for a person before that moment, the longest wait first."""
    found = Conversation.objects(status=ConversationStatus.WAITING_HUMAN.value, is_open=True, waiting_since__lt=before)
    return [conversation_value(row) for row in found.order_by("waiting_since").limit(limit)]


def answer_to(tenant_id: str, message: MessageValue) -> MessageValue | None:
    """The first thing said in answer to a customer's message: by the assistant or a rule for its burst, or by a person."""
    for_burst = Q(author__in=[Author.ASSISTANT.value, Author.SYSTEM.value], turn__gte=max(1, message.turn))
    by_person = Q(author=Author.ATTENDANT.value, order__gt=message.order)
    said = Q(
        tenant_id=tenant_id,
        conversation_id=message.conversation_id,
        direction=Direction.OUTBOUND.value,
        status__ne=DeliveryStatus.CANCELLED.value,
    )
    row = Message.objects(said & (for_burst | by_person)).order_by("order").first()
    return None if row is None else message_value(row)


def _steps(tenant_id: str, ids: list[str], since: datetime, timezone: str) -> list[dict[str, Any]]:
    inbound = {"$eq": ["$direction", Direction.INBOUND.value]}
    sent = {
        "$and": [
            {"$eq": ["$direction", Direction.OUTBOUND.value]},
            {"$ne": ["$status", DeliveryStatus.CANCELLED.value]},
        ]
    }
    assistant = {"$and": [sent, {"$eq": ["$author", Author.ASSISTANT.value]}]}
    attendant = {"$and": [sent, {"$eq": ["$author", Author.ATTENDANT.value]}]}
    failed = {"$and": [sent, {"$eq": ["$status", DeliveryStatus.FAILED.value]}]}
    day = {"$dateToString": {"format": "%Y-%m-%d", "date": "$created_at", "timezone": timezone}}
    return [
        {"$match": {"tenant_id": tenant_id, "conversation_id": {"$in": ids}, "created_at": {"$gte": since}}},
        {
            "$group": {
                "_id": {"conversation_id": "$conversation_id", "day": day},
                "inbound": _count(inbound),
                "by_assistant": _count(assistant),
                "by_attendant": _count(attendant),
                "failed": _count(failed),
                "first_inbound_at": _first(inbound),
                "first_answer_at": _first({"$or": [assistant, attendant]}),
                "first_attendant_at": _first(attendant),
            }
        },
    ]


def _count(condition: dict[str, Any]) -> dict[str, Any]:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _first(condition: dict[str, Any]) -> dict[str, Any]:
    return {"$min": {"$cond": [condition, "$created_at", None]}}


def _fact(row: dict[str, Any]) -> DayFacts:
    return DayFacts.model_validate({**row.pop("_id"), **row})
