"""Moving what waits from one queue to another."""

from apps.common.mongo import atomic
from apps.contracts.words import ConversationStatus
from apps.conversations.documents import Conversation
from apps.conversations.services import writing
from apps.conversations.services.handing import handing_off


@atomic
def move_to_queue(*, tenant_id: str, conversation_id: str, queue: str, reason: str) -> bool:
    """Let a conversation that waits for a person wait in another queue. False when it does not wait any more."""
    found = Conversation.objects(
        tenant_id=tenant_id, id=conversation_id, status=ConversationStatus.WAITING_HUMAN.value
    ).first()
    if found is None:
        return False
    changes = handing_off(tenant_id, queue) | {"set__waiting_since": found.waiting_since}
    conversation = Conversation.objects(id=conversation_id, status=ConversationStatus.WAITING_HUMAN.value).modify(
        new=True, inc__version=1, **changes
    )
    if conversation is None:
        return False
    writing.insert_event(conversation, "requeued", reason=reason)
    writing.announce(conversation, "requeued")
    return True
