"""What `conversations.selectors` hands out: small frozen values, never documents."""

from typing import Any

from pydantic import Field

from apps.contracts.base import Moment, Value
from apps.contracts.content import Content
from apps.contracts.people import Holder
from apps.contracts.words import (
    Author,
    ConversationStatus,
    DeliveryStatus,
    Direction,
    SilenceReason,
)


class CustomerValue(Value):
    """One person. `opted_out_at` is set while they want nothing at all that they did not ask for, `marketing_out_at`
    while they only refuse marketing.
    """

    id: str
    tenant_id: str
    name: str
    phone: str = ""
    username: str = ""
    identities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    custom: dict[str, str] = Field(default_factory=dict)
    opted_out_at: Moment | None = None
    marketing_out_at: Moment | None = None
    created_at: Moment
    conversations: int = 0


class ConsentValue(Value):
    """One time that a customer said what they accept. `scope` is "all" or "marketing", `source` "customer" or "channel"."""

    scope: str
    is_out: bool
    source: str
    at: Moment
    external_id: str = ""


class MergeValue(Value):
    """Two customers that a person, or the channel, said are one."""

    id: str
    kept_id: str
    merged_id: str
    merged_name: str
    at: Moment
    by: str = ""
    undone_at: Moment | None = None


class ConversationValue(Value):
    """One conversation as a list or header shows it. `protocol` is the number a customer may quote."""

    id: str
    tenant_id: str
    account: str
    channel: str
    protocol: str
    customer_id: str
    customer_name: str
    customer_phone: str = ""
    status: ConversationStatus
    holder: Holder
    turn: int
    answered: int
    version: int
    queue: str = ""
    attendant_id: str = ""
    attendant_name: str = ""
    participants: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    window_expires_at: Moment | None = None
    last_message_at: Moment
    last_customer_message_at: Moment | None = None
    last_text: str = ""
    last_kind: str = "text"
    last_author: str = ""
    last_status: str = ""
    unread: int = 0
    waiting_since: Moment | None = None
    created_at: Moment
    closed_at: Moment | None = None
    summary: str = ""
    intent: str = ""
    sentiment: str = ""
    collected: dict[str, str] = Field(default_factory=dict)
    rating: int | None = None
    outcome: str = ""

    @property
    def has_window(self) -> bool:
        """Whether there is a moment after which the customer can no longer be written to freely."""
        return self.window_expires_at is None or self.window_expires_at.year < 9000

    @property
    def awaits_reply(self) -> bool:
        """The customer wrote last and nobody answered yet."""
        return self.turn > self.answered


class MessageValue(Value):
    """One message of a thread. `analysis` and `provenance` are what the timeline and details show.

    `sent_at` is the channel's time, `created_at` ours. `edited_from` is the text before the first edit; `revoked_by`, like
    the keys of `reactions`, is "customer" or "business".
    """

    id: str
    conversation_id: str
    direction: Direction
    author: Author
    author_id: str = ""
    author_name: str = ""
    content: Content
    turn: int = 0
    external_id: str = ""
    replies_to: str = ""
    status: DeliveryStatus | None = None
    error_code: str = ""
    error_message: str = ""
    attempts: int = 0
    times: dict[str, Moment] = Field(default_factory=dict)
    reactions: dict[str, str] = Field(default_factory=dict)
    edited_from: str = ""
    edited_at: Moment | None = None
    revoked_at: Moment | None = None
    revoked_by: str = ""
    sent_at: Moment | None = None
    silence: SilenceReason | None = None
    analysis: dict[str, Any] = Field(default_factory=dict)
    provenance: dict[str, Any] = Field(default_factory=dict)
    trace_id: str = ""
    created_at: Moment
    order: str = ""


class AnswerContext(Value):
    """All that the assistant may see for one turn. `burst` is what the customer wrote since the last answer, oldest first."""

    tenant_id: str
    conversation_id: str
    account: str
    customer: CustomerValue
    turn: int
    burst: tuple[MessageValue, ...]
    history: tuple[MessageValue, ...]
    summary: str = ""
    collected: dict[str, str] = Field(default_factory=dict)
    assistant: str = ""
    failed_replies: int = 0
    is_first_answer: bool = False
