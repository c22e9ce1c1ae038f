"""Questions about the channels: bodies that could not be read, accounts that cannot send."""

from datetime import datetime

from apps.contracts.base import Moment, Value
from apps.contracts.people import ChannelAccountValue
from apps.gateway.documents import DEAD, WebhookDelivery
from apps.gateway.services.limits import breaker_for
from apps.tenants.selectors import webhook_accounts


class DeadDelivery(Value):
    """A webhook body that was kept although something in it could not be read."""

    id: str
    tenant_id: str
    account: str
    kind: str
    received_at: Moment
    error: str
    size_bytes: int
    trace_id: str = ""


def account_for_simulator() -> ChannelAccountValue | None:
    """The account that the phone in the browser writes to."""
    return webhook_accounts().get("simulator")


def dead_deliveries(tenant_id: str, *, before: datetime | None = None, limit: int = 50) -> list[DeadDelivery]:
    """The bodies kept for replay, newest first."""
    found = WebhookDelivery.objects(tenant_id=tenant_id, status=DEAD).order_by("-received_at")
    if before is not None:
        found = found.filter(received_at__lt=before)
    return [
        DeadDelivery(
            id=str(row.id),
            tenant_id=row.tenant_id,
            account=row.account,
            kind=row.kind,
            received_at=row.received_at,
            error=row.error,
            size_bytes=len(row.body),
            trace_id=row.traceparent.split("-")[1] if "-" in row.traceparent else "",
        )
        for row in found.limit(limit)
    ]


def sending_state(account: ChannelAccountValue) -> str:
    """Whether an account sends: "closed" when all is well, "open" or "half_open" while its breaker holds it."""
    return breaker_for(account).state()
