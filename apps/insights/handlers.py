"""How insights react to events."""

from apps.contracts.events import HandoffCompleted, MessageProcessed
from apps.contracts.words import HandoffOutcome
from apps.insights import services


def ask_for_feedback(event: HandoffCompleted) -> None:
    """An attendant closed a conversation: ask how it was."""
    if event.outcome is HandoffOutcome.CLOSED and event.ask_rating:
        services.ask_for_feedback(
            tenant_id=event.tenant_id,
            conversation_id=event.conversation_id,
            attendant_id=event.attendant_id,
            ticket_id=event.ticket_id,
        )


def record_feedback(event: MessageProcessed) -> None:
    """A customer chose a rating."""
    if event.analysis.rating is not None:
        services.record_feedback(
            tenant_id=event.tenant_id,
            conversation_id=event.analysis.rated_conversation_id,
            rating=event.analysis.rating,
            identities=event.message.sender.identities,
        )
