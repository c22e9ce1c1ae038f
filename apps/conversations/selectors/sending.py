"""What the reconciliation looks at: sends whose outcome nobody knows."""

from datetime import datetime

from apps.contracts.base import Moment, Value
from apps.contracts.words import DeliveryStatus
from apps.conversations.documents import Message


class PendingSend(Value):
    """A send under way. `claimed_at` is when its attempt began."""

    tenant_id: str
    account: str
    conversation_id: str
    message_id: str
    attempt: int
    status: DeliveryStatus
    claimed_at: Moment


class NextSend(Value):
    """The message whose turn it is in its conversation."""

    message_id: str
    account: str
    customer_id: str
    is_bulk: bool = False
    ready_at: Moment | None = None
    carries_file: bool = False


def next_outbound(tenant_id: str, conversation_id: str) -> NextSend | None:
    """What a conversation would send next: replies in their order, then what nobody waits for."""
    found = Message.objects(
        tenant_id=tenant_id, conversation_id=conversation_id, status=DeliveryStatus.QUEUED.value
    ).only("account", "customer_id", "is_bulk", "retry_at", "content.media.file")
    row = found.order_by("is_bulk", "seq").first()
    if row is None:
        return None
    return NextSend(
        message_id=str(row.id),
        account=row.account,
        customer_id=row.customer_id,
        is_bulk=bool(row.is_bulk),
        ready_at=row.retry_at,
        carries_file=bool((row.content.get("media") or {}).get("file")),
    )


def stuck_sends(before: datetime, *, limit: int = 200) -> list[PendingSend]:
    """Claimed before that moment and never settled: the sender died between claim and verdict."""
    return _sends(DeliveryStatus.SENDING, before, limit)


def unconfirmed_sends(before: datetime, *, limit: int = 200) -> list[PendingSend]:
    return _sends(DeliveryStatus.UNCONFIRMED, before, limit)


def _sends(status: DeliveryStatus, before: datetime, limit: int) -> list[PendingSend]:
    rows = Message.objects(status=status.value, claimed_at__lt=before).order_by("claimed_at").limit(limit)
    return [
        PendingSend(
            tenant_id=row.tenant_id,
            account=row.account,
            conversation_id=row.conversation_id,
            message_id=str(row.id),
            attempt=row.attempt,
            status=DeliveryStatus(row.status),
            claimed_at=row.claimed_at,
        )
        for row in rows
    ]
