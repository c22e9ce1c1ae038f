"""The steps that connect an account: its data, its webhook, what came of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.console.connecting.doors import account_of, actor, callback_url, is_public, page, require_administrator
from apps.console.connecting.forms import AccountForm
from apps.contracts.channels import ChannelAbilities
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.gateway import selectors as gateway
from apps.gateway import services
from apps.gateway.channels.registry import adapters
from apps.tenants.admin_base import visible_tenants
from apps.tenants.models import ChannelAccount
from apps.tenants.services import AccountInput, SlugTaken


@require_GET
def account(request: HttpRequest, slug: str) -> HttpResponse:
    """The account's own page, which says itself who may see it."""
    found = ChannelAccount.objects.filter(slug=slug, tenant__in=visible_tenants(request)).first()
    if found is None:
        raise Http404
    return redirect("admin:tenants_channelaccount_change", found.pk)


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Which channel; with a single one there is nothing to choose."""
    require_administrator(request)
    kinds = [(kind, adapter.abilities.title) for kind, adapter in sorted(adapters().items(), reverse=True)]
    if len(kinds) == 1:
        return redirect("accounts:connect", kinds[0][0])
    return page(request, "choose", None, title=_("Conectar um canal"), kinds=kinds)


@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, kind: str) -> HttpResponse:
    """The data of a new account."""
    require_administrator(request)
    if kind not in adapters():
        raise Http404
    return _credentials(request, kind, None)


@require_http_methods(["GET", "POST"])
def credentials(request: HttpRequest, slug: str) -> HttpResponse:
    """The data of an account that exists already."""
    account = account_of(request, slug)
    return _credentials(request, account.kind, account)


@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, slug: str) -> HttpResponse:
    """The address for the vendor, and the subscription."""
    account = account_of(request, slug)
    problem = _subscribe(request, account) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        messages.success(request, _("Aplicativo inscrito."))
        return redirect("accounts:webhook", slug)
    return page(
        request, "webhook", account, step="webhook", title=account.name, problem=problem, **_state(request, account)
    )


@require_GET
def webhook_state(request: HttpRequest, slug: str) -> HttpResponse:
    """What the webhook saw meanwhile, asked every few seconds."""
    account = account_of(request, slug)
    return page(request, "_handshake", account, **_state(request, account))


@require_GET
def result(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that was looked at, worst first."""
    account = account_of(request, slug)
    if gateway.account_health(account).checked_at is None:
        services.check_account(slug=slug)
    context = {"title": account.name, "step": "result", "health": gateway.account_health(account)}
    return page(request, "result", account, **context)


@require_POST
def check_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at an account now, and go back to where the button was."""
    account = account_of(request, slug)
    if services.check_account(slug=account.slug) is None:
        messages.warning(request, _("Este canal não tem o que verificar."))
    if request.POST.get("back") == "account":
        return redirect("accounts:account", slug)
    return redirect("accounts:result", slug)


def _credentials(request: HttpRequest, kind: str, account: ChannelAccountValue | None) -> HttpResponse:
    abilities = adapters()[kind].abilities
    offered = list(visible_tenants(request))
    form = AccountForm(request.POST or None, abilities=abilities, account=account, tenants_offered=offered)
    context: dict[str, Any] = {"may_save_anyway": False}
    if request.method == "POST" and form.is_valid():
        tenant_id = account.tenant_id if account else form.cleaned_data.get("tenant") or _own_tenant(request)
        slug = account.slug if account else ""
        given = AccountInput(tenant_id=tenant_id, kind=kind, slug=slug, fields=form.given())
        kept = _try_and_keep(request, form, given, context)
        if kept:
            if account is not None:
                # What a bad token held goes on with the new one, now.
                services.try_account_now(account)
            return redirect("accounts:webhook", kept)
    context |= {"title": _title(account, abilities), "step": "credentials", "form": form, "kind": kind}
    account_help = _(abilities.account_help) if abilities.account_help else ""
    return page(request, "credentials", account, account_help=account_help, **context)


def _try_and_keep(request: HttpRequest, form: AccountForm, given: AccountInput, context: dict[str, Any]) -> str:
    """Keep what the vendor did not refuse; "" when there is something to correct first.

    What was refused is never kept. What could not be asked is, if the administrator says so: an outage of the vendor
    must not keep anybody from working.
    """
    try:
        trial = services.try_account(given)
    except SlugTaken:
        raise Http404 from None
    form.add_faults(trial.faults)
    if trial.problem and not request.POST.get("save_anyway"):
        form.add_error(None, trial.problem)
        context["may_save_anyway"] = True
    if form.errors:
        return ""
    return services.connect_account(given=given, trial=trial, **actor(request)._asdict())


def _subscribe(request: HttpRequest, account: ChannelAccountValue) -> str:
    """Subscribe; why not, otherwise. An address that only this machine knows is of use to a stand-in alone."""
    is_useful = is_public(request) or account.graph_url.startswith("http://")
    address = callback_url(request, account) if is_useful else ""
    try:
        services.subscribe_account(account=account, callback_url=address, **actor(request)._asdict())
    except (SendError, SendUnknown) as refused:
        return str(refused)
    return ""


def _state(request: HttpRequest, account: ChannelAccountValue) -> dict[str, Any]:
    health = gateway.account_health(account)
    abilities = adapters()[account.kind].abilities
    return {
        "webhook_help": _(abilities.webhook_help) if abilities.webhook_help else "",
        "has_handshake": abilities.has_handshake,
        "callback_url": callback_url(request, account),
        "is_public": is_public(request),
        "verify_token": account.verify_token.get_secret_value() if abilities.has_handshake else "",
        "health": health,
        "subscription": next((check for check in health.checks if check.name == "subscription"), None),
        "can_subscribe": services.can_be_managed(account.kind),
    }


def _own_tenant(request: HttpRequest) -> str:
    found = visible_tenants(request)
    own = found.filter(slug=getattr(request.user, "tenant_id", None) or "").first() or found.first()
    if own is None:
        raise Http404
    return own.slug


def _title(account: ChannelAccountValue | None, abilities: ChannelAbilities) -> str:
    return account.name if account else _("Conectar número do %(channel)s") % {"channel": abilities.title}
