"""What the assistant may see for one turn."""

from apps.common.mongo import Q
from apps.contracts.conversations import AnswerContext, MessageValue
from apps.contracts.people import ASSISTANT
from apps.contracts.words import Author, DeliveryStatus, Direction, MessageKind
from apps.conversations.documents import Conversation, Customer, Message
from apps.conversations.selectors.values import customer_value, message_value

#: A burst longer than this is cut: the newest messages say what the customer wants.
LONGEST_BURST = 20
#: What a message of these kinds changes shows on the message that it is about, or concerns people only.
_NOT_SAID = (MessageKind.EDIT.value, MessageKind.REVOKE.value, MessageKind.SYSTEM.value, MessageKind.WELCOME.value)


def answer_context(tenant_id: str, conversation_id: str, turn: int, *, history_limit: int = 60) -> AnswerContext | None:
    """Everything for answering `turn`; None when it is no longer the newest, is answered, or a person holds it."""
    conversation = Conversation.objects(
        tenant_id=tenant_id,
        id=conversation_id,
        holder=str(ASSISTANT),
        turn=turn,
        answered__lt=turn,
    ).first()
    if conversation is None:
        return None
    thread = history(tenant_id, conversation_id, limit=history_limit)
    burst = _burst(thread, conversation.answered)
    burst_ids = {one.id for one in burst}
    customer = Customer.objects(tenant_id=tenant_id, id=conversation.customer_id).first()
    return AnswerContext(
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        account=conversation.account,
        customer=customer_value(customer),
        turn=turn,
        burst=tuple(burst),
        history=tuple(one for one in thread if one.id not in burst_ids),
        summary=conversation.summary,
        collected=dict(conversation.collected),
        assistant=conversation.assistant,
        failed_replies=conversation.failed_replies,
        is_first_answer=conversation.assistant_replies == 0,
    )


def history(tenant_id: str, conversation_id: str, *, limit: int = 20) -> list[MessageValue]:
    """What was really said, oldest first: no notes, nothing cancelled or taken back, no reports of the channel.

    An edited message says what it says now. The end of a person's part stays as a marker.
    """
    said = Q(direction=Direction.INBOUND.value) | Q(
        direction=Direction.OUTBOUND.value, status__ne=DeliveryStatus.CANCELLED.value
    )
    said &= Q(revoked_at=None, kind__nin=_NOT_SAID)
    marker = Q(kind=MessageKind.EVENT.value, content__fields__event="returned")
    found = Message.objects(Q(tenant_id=tenant_id, conversation_id=conversation_id) & (said | marker))
    return [message_value(row) for row in reversed(list(found.order_by("-order").limit(limit)))]


def _burst(thread: list[MessageValue], answered: int) -> list[MessageValue]:
    """What the customer wrote since the last answer. After a person gave back a conversation: since anyone spoke."""
    inbound = [one for one in thread if one.direction is Direction.INBOUND and one.turn > 0]
    open_ones = [one for one in inbound if one.turn > answered and one.silence is None]
    if not open_ones:
        spoken = [
            one.order
            for one in thread
            if one.direction is Direction.OUTBOUND and one.author in (Author.ASSISTANT, Author.ATTENDANT)
        ]
        since = max(spoken, default="")
        open_ones = [one for one in inbound if one.order > since] or inbound[-1:]
    return open_ones[-LONGEST_BURST:]
