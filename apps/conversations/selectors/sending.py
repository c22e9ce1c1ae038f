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
