"""What the API gives: chosen fields, so that what the product keeps inside may change."""

from typing import Any

from apps.contracts.base import Moment, Value
from apps.contracts.conversations import ConversationValue, CustomerValue, MessageValue
from apps.contracts.files import KeptFile
from apps.contracts.handoff import PresenceStatus, PresenceValue, TicketValue
from apps.contracts.words import ConversationStatus


class Conversation(Value):
    """`holder` is "assistant", "queue:<slug>", "attendant:<id>" or "nobody"."""

    id: str
    protocol: str
    status: ConversationStatus
    holder: str
    attendant: str
    queue: str
    account: str
    channel: str
    customer_id: str
    customer_name: str
    customer_phone: str
    tags: tuple[str, ...]
    awaits_reply: bool
    last_text: str
    last_message_at: Moment
    last_customer_message_at: Moment | None
    waiting_since: Moment | None
    window_expires_at: Moment | None
    created_at: Moment
    closed_at: Moment | None
    outcome: str
    summary: str
    intent: str
    sentiment: str
    collected: dict[str, str]
    rating: int | None

    @classmethod
    def of(cls, value: ConversationValue) -> "Conversation":
        given = {name: getattr(value, name) for name in cls.model_fields if name not in ("holder", "attendant")}
        return cls(holder=str(value.holder), attendant=value.attendant_name, **given)


class Message(Value):
    """`direction` is "inbound", "outbound" or "note"; `times` says when each delivery status came.

    `sent_at` is the channel's time of an inbound message. `edited_from` is the text before the first edit; `revoked_by`
    and the keys of `reactions` are "customer" or "business".
    """

    id: str
    conversation_id: str
    direction: str
    author: str
    author_name: str
    kind: str
    text: str
    content: dict[str, Any]
    external_id: str
    replies_to: str
    status: str | None
    error_code: str
    error_message: str
    times: dict[str, Moment]
    silence: str | None
    reactions: dict[str, str]
    edited_from: str
    edited_at: Moment | None
    revoked_at: Moment | None
    revoked_by: str
    sent_at: Moment | None
    trace_id: str
    created_at: Moment

    @classmethod
    def of(cls, value: MessageValue) -> "Message":
        return cls(
            id=value.id,
            conversation_id=value.conversation_id,
            direction=value.direction.value,
            author=value.author.value,
            author_name=value.author_name,
            kind=value.content.kind.value,
            text=value.content.text,
            content=value.content.model_dump(mode="json", exclude_defaults=True, exclude={"raw"}),
            external_id=value.external_id,
            replies_to=value.replies_to,
            status=value.status.value if value.status else None,
            error_code=value.error_code,
            error_message=value.error_message,
            times=value.times,
            silence=value.silence.value if value.silence else None,
            reactions=value.reactions,
            edited_from=value.edited_from.strip(),
            edited_at=value.edited_at,
            revoked_at=value.revoked_at,
            revoked_by=value.revoked_by,
            sent_at=value.sent_at,
            trace_id=value.trace_id,
            created_at=value.created_at,
        )


class Customer(Value):
    id: str
    name: str
    phone: str
    username: str
    identities: tuple[str, ...]
    tags: tuple[str, ...]
    custom: dict[str, str]
    opted_out_at: Moment | None
    marketing_out_at: Moment | None
    created_at: Moment

    @classmethod
    def of(cls, value: CustomerValue) -> "Customer":
        return cls(**{name: getattr(value, name) for name in cls.model_fields})


class Ticket(Value):
    id: str
    conversation_id: str
    queue: str
    reason: str
    reason_detail: str
    state: str
    attendant: str
    position: int | None
    queued_at: Moment
    times: dict[str, Moment]

    @classmethod
    def of(cls, value: TicketValue) -> "Ticket":
        return cls(
            id=value.id,
            conversation_id=value.conversation_id,
            queue=value.queue,
            reason=value.reason.value,
            reason_detail=value.reason_detail,
            state=value.state.value,
            attendant=value.attendant_name,
            position=value.position,
            queued_at=value.queued_at,
            times=value.times,
        )


class Queue(Value):
    slug: str
    name: str
    is_default: bool
    is_open: bool
    waiting: int


class Presence(Value):
    attendant_id: str
    name: str
    status: PresenceStatus
    break_name: str
    since: Moment | None
    load: int
    capacity: int

    @classmethod
    def of(cls, value: PresenceValue) -> "Presence":
        given = {name: getattr(value, name) for name in cls.model_fields if name != "name"}
        return cls(name=value.attendant_name, **given)


class ConversationPage(Value):
    """`next` is the `cursor` of the following page, null on the last."""

    results: tuple[Conversation, ...]
    next: str | None = None


class MessagePage(Value):
    """Newest page first, oldest message first within it; `next` leads to the older ones."""

    results: tuple[Message, ...]
    next: str | None = None


class CustomerPage(Value):
    results: tuple[Customer, ...]
    next: str | None = None


class TicketList(Value):
    results: tuple[Ticket, ...]


class QueueList(Value):
    results: tuple[Queue, ...]


class PresenceList(Value):
    results: tuple[Presence, ...]


class UsageAnswer(Value):
    """Model calls since the first of the month, and so far today."""

    since: Moment
    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost_usd: float
    today_usd: float


class Sent(Value):
    """The id of the message or note that was written."""

    message_id: str


class Done(Value):
    """The conversation as the command left it."""

    conversation: Conversation


class File(Value):
    """An uploaded file. `kind` is what it would be sent as when nobody says otherwise."""

    id: str
    kind: str
    mime_type: str
    size_bytes: int
    filename: str

    @classmethod
    def of(cls, value: KeptFile) -> "File":
        return cls(kind=value.kind.value, **{name: getattr(value, name) for name in cls.model_fields if name != "kind"})
