"""The conditions of the pipeline's lines, by names that read aloud after "when", and the moments before which none runs."""

from datetime import datetime

from apps.contracts.events import ConversationUpdated, MessageProcessed, MessageReceived, ResponseGenerated
from apps.contracts.words import MEDIA_KINDS, Author, MessageKind


def has_media(event: MessageReceived) -> bool:
    return event.message.content.kind in MEDIA_KINDS


def is_choice(event: MessageReceived) -> bool:
    """The customer tapped something that we offered."""
    return event.message.content.kind in (MessageKind.BUTTON_REPLY, MessageKind.LIST_REPLY)


def is_rating(event: MessageProcessed) -> bool:
    return event.analysis.rating is not None


def was_read(event: ConversationUpdated) -> bool:
    """The person who holds the conversation has seen what the customer wrote."""
    return event.change == "read"


def asks_for_file(event: ConversationUpdated) -> bool:
    """A person asked for a customer's file that could not be fetched."""
    return event.change == "media_asked_again"


def awaits_assistant(event: ConversationUpdated) -> bool:
    return event.awaiting == "assistant"


def is_reply(event: ResponseGenerated) -> bool:
    return not event.is_bulk


def is_bulk(event: ResponseGenerated) -> bool:
    """Nobody waits for it."""
    return event.is_bulk


def is_by_attendant(event: ResponseGenerated) -> bool:
    return event.author is Author.ATTENDANT


def due(event: ConversationUpdated | ResponseGenerated) -> datetime | None:
    """Not before the moment that the event names: the quiet window, or the wait before another try."""
    return event.due
