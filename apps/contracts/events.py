"""The seven events of the product. A fact, past tense, versioned; each is published by exactly one service module.

Adding a field with a default is fine; changing one needs a new `version`.
"""

from typing import ClassVar

from apps.contracts.base import Moment, Value
from apps.contracts.messages import Analysis, InboundMessage, StatusUpdate
from apps.contracts.words import Author, HandoffOutcome, HandoffReason


class Event(Value):
    """Something that happened. `type` is its public name, `conversation_id` is "" while none is known."""

    type: ClassVar[str]
    version: ClassVar[int] = 1

    tenant_id: str
    conversation_id: str = ""


class MessageReceived(Event):
    """A channel delivered a customer's message; stored once per (account, external id). Published by gateway."""

    type: ClassVar[str] = "message.received"
    message: InboundMessage


class MessageProcessed(Event):
    """The message was analysed, filtered and routed. Published by processor."""

    type: ClassVar[str] = "message.processed"
    message: InboundMessage
    analysis: Analysis


class ConversationUpdated(Event):
    """A conversation changed; observers re-read the truth. Published by conversations.

    `change` names what happened ("message_added", "reply_added", "taken", "transferred", "closed", "delivery", …);
    `awaiting` is "assistant" when turn `turn` waits for its answer, not before `due` (the quiet window).
    """

    type: ClassVar[str] = "conversation.updated"
    change: str
    message_id: str = ""
    awaiting: str = ""
    turn: int = 0
    due: Moment | None = None
    detail: str = ""


class ResponseGenerated(Event):
    """An outbound message was committed and waits to be sent, not before `due`. Published by conversations.

    `is_bulk`: nobody waits for it, so it takes only what replies leave over.
    """

    type: ClassVar[str] = "response.generated"
    message_id: str
    author: Author
    is_bulk: bool = False
    due: Moment | None = None


class HandoffRequested(Event):
    """The conversation needs a person. Published by conversations.

    `queue` is the slug of the wanted queue, "" for the default one. `reason_detail` is the rule or the model's own words.
    """

    type: ClassVar[str] = "handoff.requested"
    reason: HandoffReason
    reason_detail: str = ""
    queue: str = ""
    attendant_id: str = ""
    turn: int = 0


class HandoffCompleted(Event):
    """The attendant closed the conversation or returned it to the assistant. Published by handoff."""

    type: ClassVar[str] = "handoff.completed"
    outcome: HandoffOutcome
    attendant_id: str
    ticket_id: str = ""
    ask_rating: bool = True


class DeliveryUpdated(Event):
    """The channel reported what became of a message. Published by gateway."""

    type: ClassVar[str] = "delivery.updated"
    update: StatusUpdate


EVENT_TYPES: tuple[type[Event], ...] = (
    MessageReceived,
    MessageProcessed,
    ConversationUpdated,
    ResponseGenerated,
    HandoffRequested,
    HandoffCompleted,
    DeliveryUpdated,
)
