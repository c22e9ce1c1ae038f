"""Taking in conversations that already happened. Nothing is published: nobody is to answer, send or announce the past."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.common.mongo import new_id
from apps.contracts.history import PastConversation, PastMessage
from apps.contracts.words import Author, ConversationStatus, DeliveryStatus, Direction
from apps.conversations import domain
from apps.conversations.documents import Conversation, Customer, Message
from apps.conversations.previews import preview
from apps.conversations.services import writing


def import_conversations(*, conversations: Sequence[PastConversation]) -> dict[str, str]:
    """Store conversations of one tenant with their customers and messages, in a few writes. Gives the new ones' ids by protocol.

    Safe to repeat: a protocol that is there already is left as it is. Messages are written before their conversation,
    so an import that was cut short leaves nothing half visible; the next run replaces what it left.
    """
    new = _unknown(conversations)
    customers = _customers(new)
    messages: list[Message] = []
    rows: list[Conversation] = []
    for past in new:
        row = _conversation(past, customers[past.customer.identities[0]])
        kept = [_message(row, past, number, message) for number, message in enumerate(past.messages)]
        row.last_message_id = str(kept[-1].id)
        rows.append(row)
        messages += kept
    if rows:
        Message.objects(external_id__in=[row.external_id for row in messages if row.external_id]).delete()
        Message.objects.insert(messages, load_bulk=False)
        Conversation.objects.insert(rows, load_bulk=False)
    return {row.protocol: str(row.id) for row in rows}


def _unknown(conversations: Sequence[PastConversation]) -> list[PastConversation]:
    tenant_ids = {past.tenant_id for past in conversations}
    protocols = [past.protocol for past in conversations]
    known = Conversation.objects(tenant_id__in=list(tenant_ids), protocol__in=protocols).scalar("tenant_id", "protocol")
    taken = set(known)
    return [past for past in conversations if (past.tenant_id, past.protocol) not in taken]


def _customers(new: Sequence[PastConversation]) -> dict[str, str]:
    """The id of each conversation's customer, by their first identity; who is not known yet is written."""
    ids: dict[str, str] = {}
    unknown: list[Customer] = []
    for past in new:
        sender, first = past.customer, past.customer.identities[0]
        if first in ids:
            continue
        found = Customer.objects(tenant_id=past.tenant_id, identities__in=list(sender.identities)).first()
        if found is None:
            found = Customer(
                id=new_id(),
                tenant_id=past.tenant_id,
                created_at=past.messages[0].at,
                identities=list(sender.identities),
                name=sender.name,
                phone=sender.phone,
                username=sender.username,
                conversations=1,
            )
            unknown.append(found)
        else:
            Customer.objects(id=found.id).update_one(inc__conversations=1)
        ids[first] = str(found.id)
    if unknown:
        Customer.objects.insert(unknown, load_bulk=False)
    return ids


def _conversation(past: PastConversation, customer_id: str) -> Conversation:
    is_closed = past.status is ConversationStatus.CLOSED
    return Conversation(
        id=new_id(),
        tenant_id=past.tenant_id,
        created_at=past.messages[0].at,
        account=past.account,
        channel=past.channel,
        address=past.customer.address,
        customer_id=customer_id,
        customer_name=past.customer.name,
        customer_phone=past.customer.phone,
        protocol=past.protocol,
        status=past.status.value,
        is_open=not is_closed,
        closed_at=past.messages[-1].at if is_closed else None,
        holder=past.holder,
        collected=past.collected,
        participants=list(past.participants),
        tags=list(past.tags),
        waiting_since=past.waiting_since,
        rating=past.rating,
        **{name: getattr(past, name) for name in _COPIED},
        **_progress(past),
        **_last(past),
    )


_COPIED = ("queue", "attendant_id", "attendant_name", "unread", "summary", "intent", "sentiment", "outcome")


def _progress(past: PastConversation) -> dict[str, Any]:
    """How often the customer wrote, how often somebody answered, and how long the window stays open."""
    said = [message for message in past.messages if not message.is_note]
    inbound = [message.at for message in said if message.author is Author.CUSTOMER]
    turn = _turns(past.messages)[-1]
    awaits = said[-1].author is Author.CUSTOMER and past.status is ConversationStatus.WITH_HUMAN
    return {
        "turn": turn,
        "answered": turn - 1 if awaits else turn,
        "seq": len(said) - len(inbound),
        "last_customer_message_at": max(inbound, default=None),
        "window_expires_at": max(inbound) + domain.SERVICE_WINDOW if inbound else None,
    }


def _last(past: PastConversation) -> dict[str, Any]:
    """What the list shows of a conversation."""
    last = [message for message in past.messages if not message.is_note][-1]
    return {
        "last_message_at": last.at,
        "last_text": preview(last.content)[:200],
        "last_kind": last.content.kind.value,
        "last_author": last.author.value,
        "last_status": "" if last.author is Author.CUSTOMER else last.status.value,
    }


def _message(row: Conversation, past: PastConversation, number: int, message: PastMessage) -> Message:
    is_inbound = message.author is Author.CUSTOMER
    is_sent = not is_inbound and not message.is_note
    direction = Direction.INBOUND if is_inbound else Direction.NOTE if message.is_note else Direction.OUTBOUND
    return Message(
        id=new_id(),
        tenant_id=past.tenant_id,
        created_at=message.at,
        account=past.account,
        conversation_id=str(row.id),
        customer_id=row.customer_id,
        direction=direction.value,
        author=message.author.value,
        author_id=message.author_id,
        author_name=message.author_name or (past.customer.name if is_inbound else ""),
        kind=message.content.kind.value,
        text=message.content.text,
        content=writing.stored(message.content),
        order=domain.outbound_order(message.at),
        turn=_turns(past.messages)[number],
        external_id=None if message.is_note else f"past:{past.tenant_id}:{past.protocol}:{number}",
        sent_at=message.at,
        status=message.status.value if is_sent else None,
        rank=domain.RANKS.get(message.status, 0) if is_sent else 0,
        times=_times(message.status, message.at) if is_sent else {},
    )


def _turns(messages: Sequence[PastMessage]) -> list[int]:
    """The customer's turn at each message: it grows when the customer writes after somebody else did."""
    turns: list[int] = []
    turn, was_customer = 0, False
    for message in messages:
        if not message.is_note:
            is_customer = message.author is Author.CUSTOMER
            turn += is_customer and not was_customer
            was_customer = is_customer
        turns.append(turn)
    return turns


def _times(status: DeliveryStatus, at: datetime) -> dict[str, Any]:
    """Every step up to the one it reached."""
    steps = [DeliveryStatus.QUEUED, DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ]
    reached = steps[: steps.index(status) + 1] if status in steps else [DeliveryStatus.QUEUED, status]
    return {step.value: at for step in reached}
