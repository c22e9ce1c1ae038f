"""Writing first: the business begins, with an approved template, because the customer has not written."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from apps.common import clock
from apps.common.mongo import atomic, is_id, new_id
from apps.contracts.content import Content
from apps.contracts.errors import ConversationOpen
from apps.contracts.messages import Sender
from apps.contracts.people import ASSISTANT, ChannelAccountValue, attendant_holder
from apps.contracts.words import Author, ConversationStatus, MessageKind
from apps.conversations.documents import Conversation, Customer, Message
from apps.conversations.services import consent, writing
from apps.conversations.services.customers import customer_for

#: A repeated request is looked for in so many of the customer's latest conversations.
RECENT = 10


class Started(NamedTuple):
    conversation_id: str
    message_id: str


@atomic
def start_conversation(
    *,
    account: ChannelAccountValue,
    customer_id: str,
    content: Content,
    address: str = "",
    attendant_id: str = "",
    attendant_name: str = "",
    client_id: str = "",
    is_bulk: bool = False,
) -> Started:
    """Open a conversation with a customer and queue its first message, a filled-in template.

    Held by the attendant, or, without one, by the assistant, which then answers what the customer writes back.
    `address` is where a customer is reached who never wrote to this account. The same `client_id` is one message.
    Raises ConversationOpen when there is an open one, OptedOut, LookupError for a customer whom this account cannot reach.
    """
    found = {"tenant_id": account.tenant_id, "account": account.slug, "customer_id": customer_id}
    customer = Customer.objects(tenant_id=account.tenant_id, id=customer_id).first() if is_id(customer_id) else None
    if customer is None:
        raise LookupError(customer_id)
    before = list(Conversation.objects(**found).order_by("-last_message_at").limit(RECENT))
    if posted := _posted_before(before, client_id):
        return posted
    consent.refuse_customer(customer, category=_category(content))
    if opened := next((one for one in before if one.is_open), None):
        raise ConversationOpen(str(opened.id))
    reached = before[0].address if before else address
    if not reached:
        raise LookupError(customer_id)
    last, by = (before[0] if before else None), {"author_id": attendant_id, "author_name": attendant_name}
    message_id = new_id()
    conversation = _open(account, customer, reached, last, content, message_id, **by)
    writing.insert_event(conversation, "started", by=attendant_name)
    author = Author.ATTENDANT if attendant_id else Author.SYSTEM
    who: dict[str, Any] = {**by, "message_id": message_id, "client_id": client_id, "is_bulk": is_bulk}
    writing.insert_outbound(conversation, author=author, content=content, **who)
    writing.announce(conversation, "started", message_id=message_id)
    return Started(str(conversation.id), message_id)


@atomic
def make_known(*, tenant_id: str, sender: Sender, name: str = "") -> str:
    """Give the id of the customer with these identities, making them known when they are not.

    `name` is kept only for somebody new: how a customer is called is the team's to say.
    """
    return str(customer_for(tenant_id, sender.model_copy(update={"name": name} if name else {})).id)


def refuse_opted_out(tenant_id: str, conversation_id: str, content: Content, *, is_bulk: bool = False) -> None:
    """Raise OptedOut for a template, or bulk, when the customer of the conversation wants no such message."""
    if content.kind is not MessageKind.TEMPLATE and not is_bulk:
        return
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).first()
    if conversation is not None:
        consent.refuse_opted_out(conversation, category=_category(content))


def _category(content: Content) -> str:
    return str(content.template.get("category", ""))


def _open(
    account: ChannelAccountValue,
    customer: Customer,
    address: str,
    last: Conversation | None,
    content: Content,
    message_id: str,
    *,
    author_id: str,
    author_name: str,
) -> Conversation:
    """Insert the conversation. The unique index lets one of two beginnings through; the other finds it open."""
    now = clock.now()
    said = writing.last_of(Author.ATTENDANT if author_id else Author.SYSTEM, content, message_id=message_id)
    status = ConversationStatus.WITH_HUMAN if author_id else ConversationStatus.ACTIVE
    conversation = Conversation(
        tenant_id=account.tenant_id,
        created_at=now,
        account=account.slug,
        channel=account.kind,
        address=address,
        customer_id=str(customer.id),
        customer_name=customer.name,
        customer_phone=customer.phone,
        protocol=_protocol(now),
        status=status.value,
        holder=str(attendant_holder(author_id) if author_id else ASSISTANT),
        attendant_id=author_id,
        attendant_name=author_name,
        participants=[author_id] if author_id else [],
        seq=1,
        # Only the customer opens a window; the one of their last conversation may still be open.
        window_expires_at=(last.window_expires_at if last else None) or now,
        **{name.removeprefix("set__"): value for name, value in said.items()} | {"last_status": "queued"},
    )
    conversation.save(force_insert=True, validate=False)
    Customer.objects(id=customer.id).update_one(inc__conversations=1)
    return conversation


def _posted_before(conversations: list[Conversation], client_id: str) -> Started | None:
    if not client_id:
        return None
    ids = [str(one.id) for one in conversations]
    before = Message.objects(conversation_id__in=ids, client_id=client_id).only("conversation_id").first()
    return None if before is None else Started(before.conversation_id, str(before.id))


def _protocol(now: datetime) -> str:
    """A number that a customer can read aloud, as every conversation has one."""
    return f"{now:%y%m%d}-{uuid.uuid4().int % 100_000:05d}"
