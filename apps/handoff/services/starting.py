"""An attendant writes first: the conversation is theirs from its first message, within their capacity."""

from apps.common.mongo import atomic
from apps.contracts.content import Content
from apps.contracts.people import AttendantValue, ChannelAccountValue
from apps.conversations import selectors as conversations
from apps.conversations.services import starting
from apps.conversations.services.starting import Started
from apps.handoff import claims, saga
from apps.handoff.selectors import queue_of


@atomic
def start_conversation(
    *,
    attendant: AttendantValue,
    account: ChannelAccountValue,
    customer_id: str,
    content: Content,
    address: str = "",
    client_id: str = "",
    is_bulk: bool = False,
    is_watched: bool = True,
) -> Started:
    """Open a conversation that this attendant holds. Raises CapacityReached, ConversationOpen, OptedOut, LookupError."""
    started = starting.start_conversation(
        account=account,
        customer_id=customer_id,
        content=content,
        address=address,
        attendant_id=attendant.id,
        attendant_name=attendant.name,
        client_id=client_id,
        is_bulk=is_bulk,
    )
    conversation = conversations.conversation(attendant.tenant_id, started.conversation_id)
    if conversation is None or claims.open_ticket_of(attendant.tenant_id, started.conversation_id) is not None:
        # Asked for twice: the first time did all of it.
        return started
    if conversation.holder.id == attendant.id:
        queue = queue_of(attendant.tenant_id, conversation.queue)
        saga.open_accepted(conversation, queue=queue.slug, attendant=attendant, is_watched=is_watched)
    return started
