"""Conversations that already happened, as an import hands them over: another system's archive, or the demonstration."""

from apps.contracts.base import Moment, Value
from apps.contracts.content import Content
from apps.contracts.messages import Sender
from apps.contracts.words import Author, ConversationStatus, DeliveryStatus


class PastMessage(Value):
    """One message, note or event. `is_note` never left the house. `status` is what became of an outbound one."""

    author: Author
    content: Content
    at: Moment
    author_id: str = ""
    author_name: str = ""
    is_note: bool = False
    status: DeliveryStatus = DeliveryStatus.READ


class PastConversation(Value):
    """One conversation, oldest message first. `protocol` is its identity: importing it again changes nothing.

    `holder` is stored as `contracts.people.Holder` writes it. `unread` counts messages nobody has seen.
    """

    tenant_id: str
    account: str
    channel: str
    protocol: str
    customer: Sender
    status: ConversationStatus
    holder: str
    messages: tuple[PastMessage, ...]
    queue: str = ""
    attendant_id: str = ""
    attendant_name: str = ""
    participants: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str = ""
    intent: str = ""
    sentiment: str = ""
    collected: dict[str, str] = {}
    rating: int | None = None
    outcome: str = ""
    unread: int = 0
    waiting_since: Moment | None = None
