"""Reactions of the assistant to events."""

from apps.ai import services
from apps.contracts.events import ConversationUpdated


def answer_customer(event: ConversationUpdated) -> None:
    services.answer_customer(tenant_id=event.tenant_id, conversation_id=event.conversation_id, turn=event.turn)
