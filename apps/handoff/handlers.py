"""How the handoff reacts to events."""

from apps.contracts.events import HandoffRequested, ResponseGenerated
from apps.conversations import selectors as conversation_queries
from apps.handoff import services


def open_ticket(event: HandoffRequested) -> None:
    """A conversation needs a person: open its ticket and tell the customer."""
    services.open_ticket(
        tenant_id=event.tenant_id,
        conversation_id=event.conversation_id,
        reason=event.reason,
        reason_detail=event.reason_detail,
        queue=event.queue,
        turn=event.turn,
    )


def note_reply(event: ResponseGenerated) -> None:
    """A person said something: the conversing step begins."""
    message = conversation_queries.message(event.tenant_id, event.message_id)
    if message is not None:
        services.note_first_reply(
            tenant_id=event.tenant_id, conversation_id=event.conversation_id, attendant_id=message.author_id
        )
