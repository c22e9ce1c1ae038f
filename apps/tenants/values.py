"""Rows into the frozen values that leave this app."""

from collections.abc import Iterable
from typing import Protocol

from pydantic import SecretStr

from apps.contracts.configuration import (
    FlagValue,
    HandoffRuleValue,
    OpeningHours,
    QuickReplyValue,
    ReplyLimits,
    Schedule,
    SpecialDay,
    TenantValue,
)
from apps.contracts.handoff import Unaccepted
from apps.contracts.people import AttendantValue, ChannelAccountValue, QueueValue
from apps.tenants import models
from apps.tenants.domain import initials


class GraphDefaults(Protocol):
    WHATSAPP_GRAPH_URL: str
    WHATSAPP_GRAPH_VERSION: str


def tenant_value(row: models.Tenant) -> TenantValue:
    return TenantValue(
        id=row.slug,
        name=row.name,
        timezone=row.timezone,
        state=row.state,
        is_active=row.is_active,
        keeps_national_holidays=row.keeps_national_holidays,
    )


def account_value(row: models.ChannelAccount, defaults: GraphDefaults) -> ChannelAccountValue:
    """An account with the server's Graph address and version where it has none of its own."""
    app_secrets = tuple(SecretStr(secret) for secret in (row.app_secret, row.previous_app_secret) if secret)
    return ChannelAccountValue(
        tenant_id=row.tenant_id,
        slug=row.slug,
        kind=row.kind,
        name=row.name,
        is_active=row.is_active,
        phone_number_id=row.phone_number_id,
        business_account_id=row.business_account_id,
        display_number=row.display_number,
        graph_url=row.graph_url or defaults.WHATSAPP_GRAPH_URL,
        graph_version=row.graph_version or defaults.WHATSAPP_GRAPH_VERSION,
        access_token=SecretStr(row.access_token),
        app_secrets=app_secrets,
        verify_token=SecretStr(row.verify_token),
        messages_per_second=row.messages_per_second,
        pair_interval_seconds=row.pair_interval_seconds,
        settings={str(name): str(value) for name, value in row.settings.items()},
    )


def queue_value(row: models.Queue) -> QueueValue:
    return QueueValue(
        tenant_id=row.tenant_id,
        slug=row.slug,
        name=row.name,
        colour=row.colour,
        is_default=row.is_default,
        accept_limit_seconds=row.accept_limit_seconds,
        unaccepted=Unaccepted(row.unaccepted),
        wanted_facts=_lines(row.wanted_facts),
        attendant_ids=tuple(
            str(member.attendant_id) for member in row.queuemember_set.all() if member.attendant.is_active
        ),
    )


def schedule_value(row: models.Queue, special_days: Iterable[models.Holiday]) -> Schedule:
    mine = [special for special in special_days if special.queue_id in (None, row.pk)]
    # A day of this very queue comes first, because the first match decides.
    mine.sort(key=lambda special: special.queue_id is None)
    return Schedule(
        timezone=row.tenant.timezone,
        is_always_open=row.is_always_open,
        keeps_national_holidays=row.tenant.keeps_national_holidays,
        state=row.tenant.state,
        hours=tuple(
            OpeningHours(weekday=stretch.weekday, opens=stretch.opens, closes=stretch.closes)
            for stretch in row.hours.all()
        ),
        special_days=tuple(
            SpecialDay(day=special.day, name=special.name, opens=special.opens, closes=special.closes)
            for special in mine
        ),
    )


def attendant_value(row: models.Attendant) -> AttendantValue:
    return AttendantValue(
        id=str(row.pk),
        user_id=str(row.user_id),
        tenant_id=row.tenant_id,
        name=row.name,
        initials=initials(row.name),
        is_supervisor=row.is_supervisor,
        capacity=row.capacity,
        queues=tuple(member.queue.slug for member in row.queuemember_set.all() if member.queue.is_active),
    )


def handoff_rule_value(row: models.HandoffRule) -> HandoffRuleValue:
    return HandoffRuleValue(
        id=str(row.pk),
        name=row.name,
        phrases=_lines(row.phrases),
        queue=row.queue.slug if row.queue else "",
    )


def reply_limits_value(row: models.ReplyLimits | None, *, turns_per_customer_hour: int) -> ReplyLimits:
    if row is None:
        return ReplyLimits(turns_per_customer_hour=turns_per_customer_hour)
    own_turns = row.turns_per_customer_hour
    return ReplyLimits(
        max_failed_replies=row.max_failed_replies,
        turns_per_customer_hour=turns_per_customer_hour if own_turns is None else own_turns,
        loop_limit=row.loop_limit,
        idle_warning_seconds=row.idle_warning_seconds,
        idle_close_seconds=row.idle_close_seconds,
    )


def quick_reply_value(row: models.QuickReply) -> QuickReplyValue:
    scope = "mine" if row.attendant_id else "queue" if row.queue else "everyone"
    return QuickReplyValue(
        id=str(row.pk),
        shortcut=row.shortcut,
        title=row.title,
        body=row.body,
        scope=scope,
        queue=row.queue.slug if row.queue else "",
        file=row.file.name or "",
        mime_type=row.mime_type,
    )


def flag_value(row: models.Flag) -> FlagValue:
    return FlagValue(name=row.name, is_on=row.is_on, percentage=row.percentage, logins=_lines(row.logins))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
