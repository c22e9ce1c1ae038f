"""One conversation, its thread, its customer."""

from apps.common.mongo import Q, is_id
from apps.contracts.conversations import ConversationValue, CustomerValue, MessageValue
from apps.conversations.documents import Conversation, Customer, Message
from apps.conversations.selectors.values import (
    conversation_value,
    customer_value,
    message_value,
)


def conversation(tenant_id: str, conversation_id: str) -> ConversationValue | None:
    if not is_id(conversation_id):
        return None
    row = Conversation.objects(tenant_id=tenant_id, id=conversation_id).first()
    return None if row is None else conversation_value(row)


def messages(tenant_id: str, conversation_id: str, *, before: str = "", limit: int = 50) -> list[MessageValue]:
    """The latest messages of a thread, oldest first. `before` is the `order` of the oldest one already shown."""
    found = Message.objects(tenant_id=tenant_id, conversation_id=conversation_id)
    if before:
        found = found.filter(order__lt=before)
    return [message_value(row) for row in reversed(list(found.order_by("-order").limit(limit)))]


def message(tenant_id: str, message_id: str) -> MessageValue | None:
    if not is_id(message_id):
        return None
    row = Message.objects(tenant_id=tenant_id, id=message_id).first()
    return None if row is None else message_value(row)


def message_by_external_id(tenant_id: str, account: str, external_id: str) -> MessageValue | None:
    row = Message.objects(tenant_id=tenant_id, account=account, external_id=external_id).first()
    return None if row is None else message_value(row)


def customer(tenant_id: str, customer_id: str) -> CustomerValue | None:
    """One customer; of one that was made part of another, that other."""
    if not is_id(customer_id):
        return None
    row = Customer.objects(tenant_id=tenant_id, id=customer_id).first()
    if row is not None and row.merged_into:
        row = Customer.objects(tenant_id=tenant_id, id=row.merged_into).first()
    return None if row is None else customer_value(row)


def customers(tenant_id: str, *, q: str = "", cursor: str = "", limit: int = 40) -> list[CustomerValue]:
    """Customers by newest first; `cursor` is the id of the last one already shown; `q` is taken literally."""
    found = Customer.objects(tenant_id=tenant_id, merged_into__in=["", None])
    if q:
        found = found.filter(Q(name__icontains=q) | Q(phone__icontains=q) | Q(username__icontains=q))
    if is_id(cursor):
        found = found.filter(id__lt=cursor)
    return [customer_value(row) for row in found.order_by("-id").limit(limit).max_time_ms(2000)]


def previous_conversations(
    tenant_id: str, customer_id: str, *, besides: str = "", limit: int = 10
) -> list[ConversationValue]:
    """What this customer talked about before, newest first, without the conversation `besides`."""
    found = (
        Conversation.objects(tenant_id=tenant_id, customer_id=customer_id).order_by("-last_message_at").limit(limit + 1)
    )
    return [conversation_value(row) for row in found if str(row.id) != besides][:limit]
