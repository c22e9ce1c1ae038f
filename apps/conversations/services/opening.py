"""Where a message belongs: the open conversation, one it is about, or a new one."""

import uuid

from apps.common import clock
from apps.contracts.messages import Analysis, InboundMessage, Sender
from apps.contracts.people import ASSISTANT
from apps.contracts.words import MessageKind
from apps.conversations.documents import Conversation, Customer, Message


def conversation_for(message: InboundMessage, customer: Customer, analysis: Analysis) -> Conversation:
    """Where an inbound message is shown.

    A rating, a reaction, an edit or a deletion belongs to the conversation that it is about, even when that is closed;
    what the channel reports of a customer opens no conversation either, if there is any to show it in.
    """
    own = Conversation.objects(tenant_id=message.tenant_id, customer_id=str(customer.id), account=message.account)
    found: Conversation | None = None
    if analysis.rated_conversation_id:
        found = Conversation.objects(
            tenant_id=message.tenant_id, customer_id=str(customer.id), id=analysis.rated_conversation_id
        ).first()
    elif message.content.target:
        target = Message.objects(account=message.account, external_id=message.content.target).first()
        found = own.filter(id=target.conversation_id).first() if target else None
    found = found or own.filter(is_open=True).first()
    if found is None and message.content.kind is MessageKind.SYSTEM:
        found = own.order_by("-last_message_at").first()
    return found or open_conversation(
        tenant_id=message.tenant_id,
        account=message.account,
        channel=message.channel,
        sender=message.sender,
        customer=customer,
    )


def open_conversation(
    *, tenant_id: str, account: str, channel: str, sender: Sender, customer: Customer
) -> Conversation:
    """Begin a conversation that the assistant holds. Raises AlreadyExists, after a race, when there is an open one.

    Touches the customer, so that a merge at this very moment conflicts and one of the two runs again.
    """
    now = clock.now()
    conversation = Conversation(
        tenant_id=tenant_id,
        created_at=now,
        account=account,
        channel=channel,
        address=sender.address,
        sender=list(sender.identities),
        customer_id=str(customer.id),
        customer_name=customer.name,
        customer_phone=customer.phone,
        # A number that a customer can read aloud; the unique index draws again on the rare clash.
        protocol=f"{now:%y%m%d}-{uuid.uuid4().int % 100_000:05d}",
        holder=str(ASSISTANT),
        last_message_at=now,
    )
    conversation.save(force_insert=True, validate=False)
    Customer.objects(id=customer.id).update_one(inc__conversations=1)
    return conversation
