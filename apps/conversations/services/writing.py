"""What every service of conversations shares: inserting messages and saying that a conversation changed."""

from datetime import datetime
from typing import Any

from apps.common import clock, tracing
from apps.common.mongo import insert_row, new_id, object_id
from apps.contracts.content import Content
from apps.contracts.events import ConversationUpdated, HandoffRequested, ResponseGenerated
from apps.contracts.words import Author, DeliveryStatus, Direction, HandoffReason, MessageKind
from apps.conversations import domain
from apps.conversations.documents import Conversation, Message
from apps.conversations.previews import preview
from apps.conversations.services.amendments import amend
from apps.events.services import publish


def announce(
    conversation: Conversation,
    change: str,
    *,
    key: str = "",
    message_id: str = "",
    awaiting: str = "",
    due: datetime | None = None,
    detail: str = "",
) -> None:
    """Publish conversation.updated. The default key is the conversation's version, so each change is told once."""
    publish(
        ConversationUpdated(
            tenant_id=conversation.tenant_id,
            conversation_id=str(conversation.id),
            change=change,
            message_id=message_id,
            awaiting=awaiting,
            turn=conversation.turn if awaiting else 0,
            due=due,
            detail=detail,
        ),
        key=key or f"conv:{conversation.id}:{conversation.version}:{change}",
    )


def await_assistant(
    conversation: Conversation,
    *,
    due: datetime,
    change: str,
    message_id: str = "",
    again: str = "",
) -> None:
    """Publish the newest turn for the assistant. `again` distinguishes a turn that is published a second time."""
    key = f"turn:{conversation.id}:{conversation.turn}" + (f":{again}" if again else "")
    announce(
        conversation,
        change,
        key=key,
        message_id=message_id,
        awaiting="assistant",
        due=due,
    )


def insert_outbound(
    conversation: Conversation,
    *,
    author: Author,
    content: Content,
    provenance: dict[str, Any] | None = None,
    **given: Any,
) -> str:
    """Queue a message behind everything the conversation already sends. `conversation.seq` must be its own by now.

    `given` are further fields of the message: message_id, author_id, author_name, turn, replies_to, client_id, is_bulk.
    """
    is_bulk = bool(given.pop("is_bulk", False))
    message_id = insert_message(
        conversation,
        author=author,
        content=content,
        direction=Direction.OUTBOUND.value,
        # Always written: the order of the lane compares it, and nothing would come before False.
        is_bulk=is_bulk,
        seq=conversation.seq,
        status=DeliveryStatus.QUEUED.value,
        rank=0,
        attempt=0,
        times={"queued": clock.now()},
        provenance=provenance or {},
        **given,
    )
    publish(
        ResponseGenerated(
            tenant_id=conversation.tenant_id,
            conversation_id=str(conversation.id),
            message_id=message_id,
            author=author,
            is_bulk=is_bulk,
        ),
        key=f"out:{message_id}",
    )
    return message_id


def insert_unsent(
    conversation: Conversation,
    *,
    author: Author,
    content: Content,
    code: str,
    provenance: dict[str, Any] | None = None,
    **given: Any,
) -> str:
    """Show what was to be said and was not sent, with the reason. Nothing is published, so nothing will send it.

    `given` as in `insert_outbound`.
    """
    return insert_message(
        conversation,
        author=author,
        content=content,
        direction=Direction.OUTBOUND.value,
        seq=conversation.seq,
        status=DeliveryStatus.FAILED.value,
        rank=0,
        attempt=0,
        times={"failed": clock.now()},
        error_code=code,
        provenance=provenance or {},
        **given,
    )


def insert_note(conversation: Conversation, *, author: Author, content: Content, **given: Any) -> str:
    """Write something into the thread that never leaves the house: a person's note, or an event of the conversation."""
    return insert_message(conversation, author=author, content=content, direction=Direction.NOTE.value, **given)


def insert_message(
    conversation: Conversation,
    *,
    author: Author,
    content: Content,
    message_id: str = "",
    client_id: str = "",
    **given: Any,
) -> str:
    """Insert a message of any kind as it is `given`, and show on its target what it says about that."""
    now = clock.now()
    row = {
        "_id": object_id(message_id or new_id()),
        "tenant_id": conversation.tenant_id,
        "schema_version": 1,
        "created_at": now,
        "account": conversation.account,
        "conversation_id": str(conversation.id),
        "customer_id": conversation.customer_id,
        "author": author.value,
        "kind": content.kind.value,
        "text": content.text,
        "content": stored(content),
        "order": domain.outbound_order(now),
        "trace_id": tracing.trace_id(),
        **given,
    }
    if client_id:
        row["client_id"] = client_id
    message_id = insert_row(Message, row)
    if content.target:
        amend(conversation.account, content.target)
    return message_id


def request_person(conversation: Conversation, *, reason: HandoffReason, detail: str = "") -> None:
    """Say in the thread, and to the handoff, that a conversation which is in a queue now needs a person."""
    insert_event(conversation, "handed_off", reason=reason.value, queue=conversation.queue, detail=detail)
    publish_handoff(conversation, reason=reason, detail=detail)


def publish_handoff(conversation: Conversation, *, reason: HandoffReason, detail: str = "") -> None:
    """Say to the handoff alone that a conversation is in a queue."""
    publish(
        HandoffRequested(
            tenant_id=conversation.tenant_id,
            conversation_id=str(conversation.id),
            reason=reason,
            reason_detail=detail,
            queue=conversation.queue,
            turn=conversation.turn,
        ),
        key=f"handoff:{conversation.id}:{conversation.version}",
    )


def insert_event(conversation: Conversation, event: str, **fields: str) -> str:
    """Write into the thread what happened to the conversation, and who did it."""
    content = Content(
        kind=MessageKind.EVENT,
        fields={
            "event": event,
            **{name: value for name, value in fields.items() if value},
        },
    )
    return insert_note(conversation, author=Author.SYSTEM, content=content)


def last_of(author: Author, content: Content, *, status: str = "", message_id: str = "") -> dict[str, Any]:
    """The changes that make a message the conversation's latest in the list."""
    return {
        "set__last_message_at": clock.now(),
        "set__last_text": preview(content)[:200],
        "set__last_kind": content.kind.value,
        "set__last_author": author.value,
        "set__last_status": status,
        "set__last_message_id": message_id,
    }


def stored(content: Content) -> dict[str, Any]:
    return content.model_dump(mode="json", exclude_defaults=True)


def wake_lane(conversation: Conversation, message: Message, *, after: str, due: datetime | None = None) -> None:
    """Publish the next message of a lane again: its first wake-up may have found the lane taken, and ended."""
    publish(
        ResponseGenerated(
            tenant_id=conversation.tenant_id,
            conversation_id=str(conversation.id),
            message_id=str(message.id),
            author=Author(message.author),
            is_bulk=bool(message.is_bulk),
            due=due,
        ),
        key=f"lane:{message.id}:{message.attempt}:{after}",
    )
