"""Who may connect accounts, and which account a page is about: what is not theirs does not exist."""

import ipaddress
from typing import Any, NamedTuple, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.registry import adapters
from apps.tenants import selectors as tenants
from apps.tenants.admin_base import visible_tenants
from apps.tenants.models import User

STEPS = ("credentials", "webhook", "test", "result")


class Actor(NamedTuple):
    actor_id: str
    actor_name: str


def require_administrator(request: HttpRequest) -> None:
    """Connecting changes an account and shows its webhook's token: whoever only reads has no business here."""
    if not cast(User, request.user).has_perms(["tenants.add_channelaccount", "tenants.change_channelaccount"]):
        raise PermissionDenied


def actor(request: HttpRequest) -> Actor:
    user = cast(User, request.user)
    return Actor(str(user.pk), str(user))


def account_of(request: HttpRequest, slug: str) -> ChannelAccountValue:
    """The account, of a business that this administrator configures. 404 for everyone else's."""
    require_administrator(request)
    account = tenants.account(slug)
    is_visible = account is not None and visible_tenants(request).filter(slug=account.tenant_id).exists()
    if account is None or not is_visible or account.kind not in adapters():
        raise Http404
    return account


def page(request: HttpRequest, template: str, account: ChannelAccountValue | None, **context: Any) -> HttpResponse:
    """Draw a step. `step` names it, the others are links once the account exists."""
    step = context.get("step", "")
    names = {"credentials": _("Dados"), "webhook": _("Webhook"), "test": _("Teste"), "result": _("Resultado")}
    shown = [
        {"name": name, "title": names[name], "is_here": name == step, "is_done": STEPS.index(name) < STEPS.index(step)}
        for name in STEPS
        if step in STEPS
    ]
    everything = {**admin.site.each_context(request), "steps": shown, "account": account, **context}
    return render(request, f"administration/connect/{template}.html", everything, status=context.get("status", 200))


def callback_url(request: HttpRequest, account: ChannelAccountValue) -> str:
    """The address under which this very page was asked, which is the one that the outside can reach."""
    return request.build_absolute_uri(f"/webhooks/{account.kind}/{account.slug}")


def is_public(request: HttpRequest) -> bool:
    """Whether a vendor could call this address: https, and no name or number of this machine or its network."""
    host = request.get_host()
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        is_reachable = ipaddress.ip_address(name).is_global
    except ValueError:
        is_reachable = "." in name and not name.endswith((".localhost", ".local", ".internal"))
    return request.is_secure() and is_reachable
