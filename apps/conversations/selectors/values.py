"""Documents to values: the only translation, so that no document leaves the app."""

from apps.contracts.content import Content
from apps.contracts.conversations import ConversationValue, CustomerValue, MessageValue
from apps.contracts.people import Holder
from apps.contracts.words import (
    Author,
    ConversationStatus,
    DeliveryStatus,
    Direction,
    SilenceReason,
)
from apps.conversations.documents import Conversation, Customer, Message


def conversation_value(row: Conversation) -> ConversationValue:
    return ConversationValue(
        id=str(row.id),
        tenant_id=row.tenant_id,
        account=row.account,
        channel=row.channel,
        protocol=row.protocol,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        customer_phone=row.customer_phone,
        status=ConversationStatus(row.status),
        holder=Holder.parse(row.holder),
        turn=row.turn,
        answered=row.answered,
        version=row.version,
        queue=row.queue,
        attendant_id=row.attendant_id,
        attendant_name=row.attendant_name,
        participants=tuple(row.participants),
        tags=tuple(row.tags),
        window_expires_at=row.window_expires_at,
        last_message_at=row.last_message_at,
        last_customer_message_at=row.last_customer_message_at,
        last_text=row.last_text,
        last_kind=row.last_kind,
        last_author=row.last_author,
        last_status=row.last_status,
        unread=row.unread,
        waiting_since=row.waiting_since,
        created_at=row.created_at,
        closed_at=row.closed_at,
        summary=row.summary,
        intent=row.intent,
        sentiment=row.sentiment,
        collected=dict(row.collected),
        rating=row.rating,
        outcome=row.outcome,
    )


def message_value(row: Message) -> MessageValue:
    return MessageValue(
        id=str(row.id),
        conversation_id=row.conversation_id,
        direction=Direction(row.direction),
        author=Author(row.author),
        author_id=row.author_id,
        author_name=row.author_name,
        content=Content.model_validate(row.content),
        turn=row.turn,
        external_id=row.external_id or "",
        replies_to=row.replies_to,
        status=DeliveryStatus(row.status) if row.status else None,
        error_code=row.error_code,
        error_message=row.error_message,
        attempts=len(row.attempts),
        times=dict(row.times),
        reactions=dict(row.reactions),
        edited_from=row.edited_from,
        edited_at=row.edited_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        sent_at=row.sent_at,
        silence=SilenceReason(row.silence) if row.silence else None,
        analysis=dict(row.analysis),
        provenance=dict(row.provenance),
        trace_id=row.trace_id,
        created_at=row.created_at,
        order=row.order,
    )


def customer_value(row: Customer) -> CustomerValue:
    return CustomerValue(
        id=str(row.id),
        tenant_id=row.tenant_id,
        name=row.name,
        phone=row.phone,
        username=row.username,
        identities=tuple(row.identities),
        tags=tuple(row.tags),
        custom={name: str(value) for name, value in row.custom.items()},
        opted_out_at=row.opted_out_at,
        marketing_out_at=row.marketing_out_at,
        created_at=row.created_at,
        conversations=row.conversations,
    )
