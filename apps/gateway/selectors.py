"""Questions about the channels: bodies that could not be read, accounts that cannot send."""

from datetime import datetime

from apps.contracts.base import Moment, Value
from apps.contracts.people import ChannelAccountValue
from apps.contracts.templates import TemplateValue
from apps.contracts.words import TemplateStatus
from apps.gateway.documents import DEAD, WebhookDelivery
from apps.gateway.models import MessageTemplate
from apps.gateway.services.limits import breaker_for
from apps.gateway.services.template_pace import ReadingState, state_of
from apps.tenants.cached import configured
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


def templates(tenant_id: str, account: str) -> list[TemplateValue]:
    """The templates of one account by name, in whatever state, but for those that are deleted at the vendor."""
    found = [one for one in _templates(tenant_id) if one.account == account]
    return [one for one in found if one.status is not TemplateStatus.DELETED]


def template(tenant_id: str, account: str, key: str) -> TemplateValue | None:
    """The template with this key, "name:language", deleted ones included."""
    return next((one for one in _templates(tenant_id) if (one.account, one.key) == (account, key)), None)


def templates_read(account: ChannelAccountValue) -> ReadingState:
    """When the templates of an account were last read, and what went wrong since."""
    return state_of(account)


@configured(tuple[TemplateValue, ...])
def _templates(tenant_id: str) -> tuple[TemplateValue, ...]:
    rows = MessageTemplate.objects.filter(tenant_id=tenant_id).select_related("account")
    return tuple(template_value(row) for row in rows)


def template_value(row: MessageTemplate) -> TemplateValue:
    return TemplateValue(
        tenant_id=row.tenant_id,
        account=row.account.slug,
        external_id=row.external_id,
        name=row.name,
        language=row.language,
        category=row.category,
        status=TemplateStatus(row.status),
        reason=row.reason,
        quality=row.quality,
        **row.definition,
    )


def sending_state(account: ChannelAccountValue) -> str:
    """Whether an account sends: "closed" when all is well, "open" or "half_open" while its breaker holds it."""
    return breaker_for(account).state()
