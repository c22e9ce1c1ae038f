"""What conversations does when something happened."""

from apps.contracts.events import (
    ConversationUpdated,
    DeliveryUpdated,
    MessageProcessed,
    MessageReceived,
    ResponseGenerated,
)
from apps.contracts.messages import Analysis
from apps.contracts.words import HandoffReason
from apps.conversations import services


def advance_conversation(event: MessageProcessed) -> None:
    services.receive_message(message=event.message, analysis=event.analysis)


def keep_unprocessed(event: MessageReceived | MessageProcessed) -> None:
    """A message that could not be processed is still stored and shown, and goes to a person."""
    services.receive_message(message=event.message, analysis=Analysis(handoff_rule="unprocessed"))


def give_up_turn(event: ConversationUpdated) -> None:
    """The assistant could not answer at all: a person does."""
    services.request_handoff(
        tenant_id=event.tenant_id,
        conversation_id=event.conversation_id,
        reason=HandoffReason.ASSISTANT_FAILED,
        turn=event.turn,
    )


def give_up_sending(event: ResponseGenerated) -> None:
    services.give_up_sending(tenant_id=event.tenant_id, conversation_id=event.conversation_id)


def record_delivery(event: DeliveryUpdated) -> None:
    services.record_delivery(update=event.update)
