"""The conditions of the pipeline's lines, by names that read aloud after "when"."""

from apps.contracts.events import ConversationUpdated, MessageProcessed, MessageReceived, ResponseGenerated
from apps.contracts.words import MEDIA_KINDS, Author


def has_media(event: MessageReceived) -> bool:
    return event.message.content.kind in MEDIA_KINDS


def is_rating(event: MessageProcessed) -> bool:
    return event.analysis.rating is not None


def was_read(event: ConversationUpdated) -> bool:
    """The person who holds the conversation has seen what the customer wrote."""
    return event.change == "read"


def awaits_assistant(event: ConversationUpdated) -> bool:
    return event.awaiting == "assistant"


def is_by_attendant(event: ResponseGenerated) -> bool:
    return event.author is Author.ATTENDANT
