"""Messages as they cross the border between a channel and the rest of the product."""

from pydantic import Field

from apps.contracts.base import Moment, Value
from apps.contracts.content import Content
from apps.contracts.words import Author, Consequence, DeliveryStatus, Direction


class Sender(Value):
    """Who wrote, as the channel names them.

    `identities` are canonical and prefixed ("wa:5583988888888", "bsuid:BR.…", "vendor:42"), most stable first;
    at least one. `address` is what the channel wants back verbatim to reply ("558388888888" or a "BR.…" id).
    """

    identities: tuple[str, ...] = Field(min_length=1)
    address: str
    name: str = ""
    phone: str = ""
    username: str = ""


class InboundMessage(Value):
    """One normalised message from a customer.

    `order` sorts a conversation: channel seconds, arrival in nanoseconds, index in the body, zero-padded text.
    `replies_to` is the external id of the quoted message. `sent_at` is the channel's time. `window_seconds` is how long
    after it the customer may be written to freely: None for ever, 0 when this message opens nothing.
    """

    tenant_id: str
    account: str
    channel: str
    external_id: str
    sender: Sender
    content: Content
    sent_at: Moment
    received_at: Moment
    order: str
    replies_to: str = ""
    window_seconds: int | None = 24 * 3600


class EchoedMessage(Value):
    """What somebody of the business wrote on another device, the phone's own app: a person spoke, so the assistant yields.

    `customer` is whom they wrote to; `order` as in InboundMessage.
    """

    tenant_id: str
    account: str
    channel: str
    external_id: str
    customer: Sender
    content: Content
    sent_at: Moment
    received_at: Moment
    order: str


class StatusUpdate(Value):
    """What the channel says became of a message we sent.

    `callback` is our own "<message id>:<attempt>" echoed back, "" when the channel does not echo it. A failure says how
    it goes on: at most `retries` further attempts in all, the next after `retry_after_seconds`, and what else follows.
    """

    tenant_id: str
    account: str
    external_id: str
    status: DeliveryStatus
    at: Moment
    callback: str = ""
    error_code: str = ""
    error_message: str = ""
    retries: int = 0
    retry_after_seconds: float = 0.0
    consequence: Consequence = Consequence.NOTHING


class OutboundMessage(Value):
    """One claimed message, ready for an adapter to send. `attempt` fences every later update.

    `is_bulk` is what nobody waits for: it takes only the pace that replies leave over. `uses_other_address` asks for
    the other form under which the same person may be known, because the channel could not deliver to the first.
    `window_expires_at` is until when the customer may be written to freely, as of the claim.
    """

    tenant_id: str
    account: str
    conversation_id: str
    message_id: str
    attempt: int
    address: str
    content: Content
    replies_to: str = ""
    claimed_at: Moment
    is_bulk: bool = False
    uses_other_address: bool = False
    window_expires_at: Moment | None = None
    author: Author = Author.SYSTEM

    @property
    def callback(self) -> str:
        return f"{self.message_id}:{self.attempt}"


class Analysis(Value):
    """What the processor found in a message, local and cheap first.

    `intent`, `sentiment`, `language` are short words ("price", "negative", "pt"); `spam_score` 0–1.
    `reply` is a routing rule's fixed answer; `queue` a rule's queue slug; `silence` a reason not to answer.
    `rating` is 1–5 when the message answers a feedback request, of conversation `rated_conversation_id`.
    """

    language: str = ""
    intent: str = ""
    sentiment: str = ""
    urgency: str = ""
    entities: dict[str, str] = Field(default_factory=dict)
    tags: tuple[str, ...] = ()
    spam_score: float = 0.0
    is_spam: bool = False
    wants_person: bool = False
    handoff_rule: str = ""
    reply: str = ""
    queue: str = ""
    assistant: str = ""
    silence: str = ""
    rating: int | None = None
    rated_conversation_id: str = ""
    looks_complete: bool = True
    extra: dict[str, str] = Field(default_factory=dict)


__all__ = [
    "Analysis",
    "Direction",
    "EchoedMessage",
    "InboundMessage",
    "OutboundMessage",
    "Sender",
    "StatusUpdate",
]
