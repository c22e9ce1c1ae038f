"""The assistant does not answer: a person does, or nobody for a recorded reason."""

from typing import Any

from apps.common.mongo import atomic, new_id
from apps.contracts.content import Content
from apps.contracts.people import ASSISTANT
from apps.contracts.words import Author, HandoffReason, SilenceReason
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.handing import handing_off
from apps.conversations.services.window import say_if_open


@atomic
def request_handoff(
    *,
    tenant_id: str,
    conversation_id: str,
    reason: HandoffReason,
    detail: str = "",
    queue: str = "",
    turn: int | None = None,
    reply: Content | None = None,
    provenance: dict[str, Any] | None = None,
    collected: dict[str, str] | None = None,
) -> bool:
    """Put a conversation that the assistant holds into a queue. With `turn`, only if that turn is still the newest.

    `reply` is what the assistant says while it hands over, from what `provenance` tells. False when somebody else was first.
    """
    condition: dict[str, Any] = {"tenant_id": tenant_id, "id": conversation_id, "holder": str(ASSISTANT)}
    if turn is not None:
        condition |= {"turn": turn, "answered__lt": turn}
    message_id = new_id()
    changes: dict[str, Any] = {"inc__version": 1, **handing_off(tenant_id, queue)}
    changes |= {f"set__collected__{name}": value for name, value in (collected or {}).items()}
    if reply is not None:
        changes |= {"inc__seq": 1, **writing.last_of(Author.ASSISTANT, reply, status="queued", message_id=message_id)}
    conversation = Conversation.objects(**condition).modify(new=True, **changes)
    if conversation is None:
        return False
    if reply is not None:
        where: dict[str, Any] = {"turn": conversation.turn, "message_id": message_id}
        say_if_open(conversation, author=Author.ASSISTANT, content=reply, provenance=provenance, **where)
    writing.request_person(conversation, reason=reason, detail=detail)
    writing.announce(conversation, "handed_off")
    return True


@atomic
def record_silence(*, tenant_id: str, conversation_id: str, turn: int, reason: SilenceReason) -> bool:
    """Write down why nobody answers a turn, and count it as answered. False when the turn is not open any more."""
    conversation = Conversation.objects(
        tenant_id=tenant_id,
        id=conversation_id,
        holder=str(ASSISTANT),
        turn=turn,
        answered__lt=turn,
    ).modify(new=True, set__answered=turn, inc__version=1)
    if conversation is None:
        return False
    Message.objects(conversation_id=conversation_id, author=Author.CUSTOMER.value, turn=turn).update(
        set__silence=reason.value
    )
    writing.announce(conversation, "silenced", detail=reason.value)
    return True
