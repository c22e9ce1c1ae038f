"""Tags of the pages about accounts: what a check is called, and the health of one account."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

from apps.gateway import selectors as gateway
from apps.gateway.health import SEVERITY, HealthCheck
from apps.tenants import selectors as tenants

register = template.Library()

TITLES = {
    "token": gettext_noop("Token"),
    "permissions": gettext_noop("Permissões"),
    "app_secret": gettext_noop("Segredo do aplicativo"),
    "number": gettext_noop("Número"),
    "status": gettext_noop("Situação do número"),
    "quality": gettext_noop("Qualidade"),
    "display_name": gettext_noop("Nome de exibição"),
    "pace": gettext_noop("Ritmo de envio"),
    "address": gettext_noop("Endereço do webhook"),
    "business_account": gettext_noop("Conta comercial"),
    "subscription": gettext_noop("Inscrição"),
    "templates": gettext_noop("Modelos"),
    "signature": gettext_noop("Assinatura"),
    "reports": gettext_noop("Confirmações"),
    "restriction": gettext_noop("Restrição"),
    "reachable": gettext_noop("Contato com o canal"),
    "webhook": gettext_noop("Webhook"),
}


@register.filter
def check_title(name: str) -> str:
    """What people call a check; one that a channel added keeps its own name."""
    return gettext(TITLES[name]) if name in TITLES else name.replace("_", " ").capitalize()


@register.filter
def worst_first(checks: Iterable[HealthCheck]) -> list[HealthCheck]:
    """What needs somebody stands first; otherwise the order in which it was looked at."""
    return sorted(checks, key=lambda check: SEVERITY.index(check.state))


@register.inclusion_tag("administration/_account_health.html", takes_context=True)
def account_panel(context: dict[str, Any], slug: str) -> dict[str, Any]:
    """The health of one account on its own page."""
    request: HttpRequest = context["request"]
    account = tenants.account(slug)
    if account is None:
        return {"account": None}
    return {
        "account": account,
        "health": gateway.account_health(account),
        "endpoints": [one for one in gateway.endpoint_states(account) if one.state != "closed"],
        "template_count": len(gateway.templates(account.tenant_id, account.slug)),
        "may_change": request.user.has_perm("tenants.change_channelaccount"),
        "csrf_token": context.get("csrf_token"),
    }
