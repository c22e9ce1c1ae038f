"""Questions about the channels: bodies that could not be read, accounts that cannot send."""

from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.contracts.base import Moment, Value
from apps.contracts.channels import ExplainingChannel
from apps.contracts.messages import StatusUpdate
from apps.contracts.people import ChannelAccountValue
from apps.contracts.templates import TemplateValue
from apps.contracts.words import DeliveryStatus, Gap, TemplateStatus
from apps.events import selectors as events
from apps.gateway.channels.registry import adapters
from apps.gateway.documents import DEAD, AccountHealth, IntakeGap, WebhookDelivery
from apps.gateway.health import HealthValue, health_value
from apps.gateway.models import MessageTemplate
from apps.gateway.services.limits import ENDPOINTS, breaker_for
from apps.gateway.services.template_pace import ReadingState, state_of
from apps.tenants.cached import configured
from apps.tenants.selectors import webhook_accounts

ENDPOINT_LABELS = {
    "messages": gettext_noop("Envio de mensagens"),
    "media": gettext_noop("Arquivos"),
    "templates": gettext_noop("Modelos de mensagem"),
    "management": gettext_noop("Verificação da conta"),
}


MOST_GAPS = 50


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


class IntakeGapValue(Value):
    """A time in which the channel could not deliver to an account for reasons of ours; it posts again by itself."""

    account: str
    reason: Gap
    started_at: Moment
    ended_at: Moment
    refused: int


def intake_gaps(tenant_id: str, *, since: datetime, account: str = "") -> list[IntakeGapValue]:
    """The gaps that ended after that moment, of one account or of all, newest first."""
    found = IntakeGap.objects(tenant_id=tenant_id, ended_at__gte=since).order_by("-ended_at")
    if account:
        found = found.filter(account=account)
    return [
        IntakeGapValue(
            account=row.account,
            reason=Gap(row.reason),
            started_at=row.started_at,
            ended_at=row.ended_at,
            refused=row.refused,
        )
        for row in found.limit(MOST_GAPS)
    ]


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


def templates(tenant_id: str, account: str = "") -> list[TemplateValue]:
    """The templates by name, of one account when named, in whatever state, but for those deleted at the vendor."""
    found = [one for one in _templates(tenant_id) if account in ("", one.account)]
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
    return tuple(_template_value(row) for row in rows)


def _template_value(row: MessageTemplate) -> TemplateValue:
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


class EndpointState(Value):
    """Whether one part of an account's channel is used: `state` is "closed" (well), "open" or "half_open" (being tried).

    `why` is the channel's code; `sentence` says what it means for people. `wait_seconds` until the next try.
    """

    endpoint: str
    label: str
    state: str
    sentence: str
    why: str = ""
    wait_seconds: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether the channel answers and refuses the whole account, which only a person can end."""
        return self.state != "closed" and self.why.isdecimal()


def endpoint_states(account: ChannelAccountValue) -> tuple[EndpointState, ...]:
    """The breakers of an account, one for each thing that can fail for itself."""
    return tuple(_endpoint_state(account, endpoint) for endpoint in ENDPOINTS)


def _endpoint_state(account: ChannelAccountValue, endpoint: str) -> EndpointState:
    state, why, wait_seconds = breaker_for(account, endpoint).look()
    return EndpointState(
        endpoint=endpoint,
        label=_(ENDPOINT_LABELS[endpoint]),
        state=state,
        why=why,
        wait_seconds=ceil(wait_seconds),
        sentence=_sentence_of(account, state, why),
    )


def _sentence_of(account: ChannelAccountValue, state: str, why: str) -> str:
    if state == "closed":
        return _("Funciona.")
    adapter = adapters().get(account.kind)
    reason = adapter.explain(why) if isinstance(adapter, ExplainingChannel) and why.isdecimal() else ""
    if reason:
        return reason
    if state == "open":
        return _("O canal falhou várias vezes seguidas. As mensagens esperam na ordem, e nada se perde.")
    return _("Uma chamada por vez testa se o canal voltou.")


def sending_state(account: ChannelAccountValue) -> str:
    """Whether an account sends: "closed" when all is well, "open" or "half_open" while its breaker holds it."""
    return breaker_for(account).state()


def account_health(account: ChannelAccountValue) -> HealthValue:
    """What was last found out about an account; empty before the first look."""
    row = AccountHealth.objects(tenant_id=account.tenant_id, account=account.slug).first()
    return HealthValue(tenant_id=account.tenant_id, account=account.slug) if row is None else health_value(row)


def reports_of(account: ChannelAccountValue, external_id: str) -> list[StatusUpdate]:
    """What the channel reported about one send, oldest first, whether or not a message of ours stands behind it."""
    found = events.recorded(account.tenant_id, key_prefix=f"st:{account.slug}:{external_id}:")
    updates = [StatusUpdate.model_validate(entry.data["update"]) for entry in found if "update" in entry.data]
    # The channel tells whole seconds, in which all of them may fall.
    return sorted(updates, key=lambda update: (update.at, list(DeliveryStatus).index(update.status)))
