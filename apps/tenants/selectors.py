"""Whose configuration applies: cached, as values. A change is seen by every process within two seconds."""

from django.conf import settings

from apps.common import clock
from apps.contracts.configuration import (
    FlagValue,
    HandoffRuleValue,
    QuickReplyValue,
    ReplyLimits,
    Schedule,
    TenantValue,
)
from apps.contracts.people import AttendantValue, ChannelAccountValue, QueueValue
from apps.tenants import domain, models, values
from apps.tenants.cached import config_version, configured
from apps.tenants.versions import EVERYONE

__all__ = ["config_version"]


def tenant(tenant_id: str) -> TenantValue | None:
    return _tenants(EVERYONE).get(tenant_id)


def tenants() -> list[TenantValue]:
    return list(_tenants(EVERYONE).values())


def account(slug: str) -> ChannelAccountValue | None:
    """The account of this slug, inactive ones included. Slugs are unique across tenants."""
    return webhook_accounts().get(slug)


def accounts(tenant_id: str = "") -> list[ChannelAccountValue]:
    """The active accounts, of one tenant when named."""
    return [found for found in webhook_accounts().values() if found.is_active and tenant_id in ("", found.tenant_id)]


def account_by_phone_number_id(phone_number_id: str) -> ChannelAccountValue | None:
    if not phone_number_id:
        return None
    return next((found for found in accounts() if found.phone_number_id == phone_number_id), None)


def webhook_accounts() -> dict[str, ChannelAccountValue]:
    """Every account by slug, in one query: an unknown slug costs none."""
    return _accounts(EVERYONE)


def queues(tenant_id: str) -> list[QueueValue]:
    """The active queues in their order. `is_open` is true or false at this moment."""
    at = clock.now()
    return [
        queue.model_copy(update={"is_open": domain.is_open(schedule, at)}) for queue, schedule in _queues(tenant_id)
    ]


def queue(tenant_id: str, slug: str) -> QueueValue | None:
    return next((found for found in queues(tenant_id) if found.slug == slug), None)


def default_queue(tenant_id: str) -> QueueValue | None:
    """The queue for who asks for a person without a subject: the marked one, else the first."""
    found = queues(tenant_id)
    return next((queue for queue in found if queue.is_default), found[0] if found else None)


def schedule(tenant_id: str, queue_slug: str) -> Schedule | None:
    return next((schedule for queue, schedule in _queues(tenant_id) if queue.slug == queue_slug), None)


def attendants(tenant_id: str) -> list[AttendantValue]:
    return list(_attendants(tenant_id))


def attendant(tenant_id: str, attendant_id: str) -> AttendantValue | None:
    return next((found for found in _attendants(tenant_id) if found.id == str(attendant_id)), None)


def attendant_for_user(user_id: int | str) -> AttendantValue | None:
    """The profile of a Django login, None when it does not attend."""
    tenant_id = _tenants_by_user(EVERYONE).get(str(user_id))
    if tenant_id is None:
        return None
    return next((found for found in _attendants(tenant_id) if found.user_id == str(user_id)), None)


def handoff_rules(tenant_id: str) -> tuple[HandoffRuleValue, ...]:
    return _handoff_rules(tenant_id)


def handoff_phrases(tenant_id: str) -> tuple[str, ...]:
    """Every phrase that brings a person, reduced by `domain.normalise`."""
    return tuple(domain.normalise(phrase) for rule in _handoff_rules(tenant_id) for phrase in rule.phrases)


def reply_limits(tenant_id: str) -> ReplyLimits:
    """Where the assistant stops; the server's own limits where the tenant set none."""
    return _reply_limits(tenant_id)


def quick_replies(tenant_id: str, attendant_id: str) -> list[QuickReplyValue]:
    """What this attendant may use: their own first, then their queues', then everyone's."""
    person = attendant(tenant_id, attendant_id)
    own_queues = person.queues if person else ()
    rank = {"mine": 0, "queue": 1, "everyone": 2}
    usable = [
        reply
        for owner, reply in _quick_replies(tenant_id)
        if owner in ("", str(attendant_id)) and (not reply.queue or reply.queue in own_queues)
    ]
    return sorted(usable, key=lambda reply: (rank[reply.scope], reply.shortcut))


def flag(name: str, tenant_id: str, *, login: str = "", subject: str = "") -> bool:
    """Tell whether a feature is on; a flag nobody created is off."""
    found = _flags(tenant_id).get(name)
    return found is not None and domain.is_on_for(found, login=login, subject=subject)


@configured(dict[str, TenantValue])
def _tenants(_scope: str) -> dict[str, TenantValue]:
    return {row.slug: values.tenant_value(row) for row in models.Tenant.objects.all()}


@configured(dict[str, ChannelAccountValue], is_shared=False)
def _accounts(_scope: str) -> dict[str, ChannelAccountValue]:
    rows = models.ChannelAccount.objects.filter(tenant__is_active=True)
    return {row.slug: values.account_value(row, settings) for row in rows}


@configured(tuple[tuple[QueueValue, Schedule], ...])
def _queues(tenant_id: str) -> tuple[tuple[QueueValue, Schedule], ...]:
    rows = models.Queue.objects.filter(tenant_id=tenant_id, is_active=True).select_related("tenant")
    special_days = list(models.Holiday.objects.filter(tenant_id=tenant_id))
    return tuple(
        (values.queue_value(row), values.schedule_value(row, special_days))
        for row in rows.prefetch_related("hours", "queuemember_set__attendant")
    )


@configured(tuple[AttendantValue, ...])
def _attendants(tenant_id: str) -> tuple[AttendantValue, ...]:
    rows = models.Attendant.objects.filter(tenant_id=tenant_id, is_active=True)
    return tuple(values.attendant_value(row) for row in rows.prefetch_related("queuemember_set__queue"))


@configured(dict[str, str])
def _tenants_by_user(_scope: str) -> dict[str, str]:
    rows = models.Attendant.objects.filter(is_active=True).values_list("user_id", "tenant_id")
    return {str(user_id): tenant_id for user_id, tenant_id in rows}


@configured(tuple[HandoffRuleValue, ...])
def _handoff_rules(tenant_id: str) -> tuple[HandoffRuleValue, ...]:
    rows = models.HandoffRule.objects.filter(tenant_id=tenant_id, is_active=True).select_related("queue")
    return tuple(values.handoff_rule_value(row) for row in rows)


@configured(ReplyLimits)
def _reply_limits(tenant_id: str) -> ReplyLimits:
    row = models.ReplyLimits.objects.filter(tenant_id=tenant_id).first()
    return values.reply_limits_value(row, turns_per_customer_hour=settings.ASSISTANT_TURNS_PER_CUSTOMER_HOUR)


@configured(tuple[tuple[str, QuickReplyValue], ...])
def _quick_replies(tenant_id: str) -> tuple[tuple[str, QuickReplyValue], ...]:
    rows = models.QuickReply.objects.filter(tenant_id=tenant_id, is_active=True).select_related("queue")
    return tuple((str(row.attendant_id or ""), values.quick_reply_value(row)) for row in rows)


@configured(dict[str, FlagValue])
def _flags(tenant_id: str) -> dict[str, FlagValue]:
    return {row.name: values.flag_value(row) for row in models.Flag.objects.filter(tenant_id=tenant_id)}
