"""What people write on a conversation besides messages: tags, context, reading marks, the customer's rating."""

from apps.common.mongo import atomic
from apps.contracts.words import Direction
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing


@atomic
def set_tags(*, tenant_id: str, conversation_id: str, tags: tuple[str, ...]) -> bool:
    """Replace a conversation's tags. False when there is no such conversation."""
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).modify(
        new=True, set__tags=list(dict.fromkeys(tags)), inc__version=1
    )
    if conversation is None:
        return False
    writing.announce(conversation, "tagged")
    return True


@atomic
def set_context(
    *,
    tenant_id: str,
    conversation_id: str,
    summary: str | None = None,
    intent: str | None = None,
    sentiment: str | None = None,
    collected: dict[str, str] | None = None,
) -> bool:
    """Remember what is known of a conversation; None leaves a field, `collected` adds to what is there."""
    given = {"summary": summary, "intent": intent, "sentiment": sentiment}
    changes: dict[str, object] = {f"set__{name}": value for name, value in given.items() if value is not None}
    changes |= {f"set__collected__{name}": value for name, value in (collected or {}).items()}
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).modify(
        new=True, inc__version=1, **changes
    )
    if conversation is None:
        return False
    writing.announce(conversation, "context_set")
    return True


@atomic
def mark_read_by_attendant(*, tenant_id: str, conversation_id: str, attendant_id: str) -> bool:
    """The holder has seen everything. Anyone else's reading changes nothing: False."""
    conversation = Conversation.objects(
        tenant_id=tenant_id, id=conversation_id, attendant_id=attendant_id, unread__gt=0
    ).modify(new=True, set__unread=0, inc__version=1)
    if conversation is None:
        return False
    inbound = Message.objects(conversation_id=conversation_id, direction=Direction.INBOUND.value)
    latest = inbound.order_by("-order").only("id").first()
    writing.announce(conversation, "read", message_id=str(latest.id) if latest else "")
    return True


@atomic
def record_rating(*, tenant_id: str, conversation_id: str, rating: int) -> bool:
    """Write the customer's rating, 1 to 5, on the conversation. The first one counts: False for any later one."""
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id, rating=None).modify(
        new=True, set__rating=rating, inc__version=1
    )
    if conversation is None:
        return False
    writing.insert_event(conversation, "rated", rating=str(rating))
    writing.announce(conversation, "rated")
    return True
