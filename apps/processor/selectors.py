"""The configured rules as values, cached by the tenant's configuration version."""

from apps.processor.domain import RoutingRuleValue, SpamRuleValue
from apps.processor.models import RoutingRule, SpamRule
from apps.tenants.cached import configured


@configured(tuple[SpamRuleValue, ...])
def spam_rules(tenant_id: str) -> tuple[SpamRuleValue, ...]:
    """The active spam rules of a tenant."""
    return tuple(
        SpamRuleValue(name=row.name, sign=row.sign, patterns=_lines(row.pattern), score=float(row.score))
        for row in SpamRule.objects.filter(tenant_id=tenant_id, is_active=True)
    )


@configured(tuple[RoutingRuleValue, ...])
def routing_rules(tenant_id: str) -> tuple[RoutingRuleValue, ...]:
    """The active routing rules of a tenant, in the order in which they are asked."""
    rows = RoutingRule.objects.filter(tenant_id=tenant_id, is_active=True).select_related("account", "queue")
    return tuple(_routing_rule(row) for row in rows)


def _routing_rule(row: RoutingRule) -> RoutingRuleValue:
    return RoutingRuleValue(
        name=row.name,
        needs_all=row.match == "all",
        active_from=row.active_from,
        active_until=row.active_until,
        phrases=_lines(row.phrases),
        kind=row.kind,
        intent=row.intent,
        account=row.account.slug if row.account else "",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        action=row.action,
        reply=row.reply,
        queue=row.queue.slug if row.queue else "",
        tag=row.tag,
        assistant=row.assistant,
        stops=row.stops,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
