"""New secrets for an account that works: the former one counts until nobody needs it any more."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.console.connecting.doors import account_of, actor, page
from apps.console.connecting.forms import AccountForm
from apps.contracts.people import ChannelAccountValue
from apps.gateway import selectors as gateway
from apps.gateway import services
from apps.gateway.channels.registry import adapter_for
from apps.tenants.models import ChannelAccount
from apps.tenants.services import AccountInput, retire_previous_secret

#: The former secret is done when the new one has signed for so long after it.
QUIET_FOR = timedelta(minutes=10)


@require_http_methods(["GET", "POST"])
def secrets(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a new token or secret; it is tried before it is kept."""
    account = account_of(request, slug)
    abilities = adapter_for(account.kind).abilities
    asked = tuple(field.name for field in abilities.account_fields if field.is_secret)
    form = AccountForm(request.POST or None, abilities=abilities, account=account, tenants_offered=[], only=asked)
    if request.method == "POST" and form.is_valid() and _keep(request, form, account):
        messages.success(request, _("Conferido e guardado."))
        return redirect("accounts:secrets", slug)
    context = {"title": _("Trocar segredo ou token"), "form": form, **_rotation(account)}
    return page(request, "secrets", account, **context)


@require_POST
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop accepting the former secret."""
    account = account_of(request, slug)
    if retire_previous_secret(tenant_id=account.tenant_id, slug=slug, **actor(request)._asdict()):
        messages.success(request, _("O segredo anterior não vale mais."))
    return redirect("accounts:secrets", slug)


def _rotation(account: ChannelAccountValue) -> dict[str, Any]:
    """When each secret was changed and last needed; what happened before the change says nothing about it."""
    row = ChannelAccount.objects.get(slug=account.slug)
    health, changed_at = gateway.account_health(account), row.app_secret_changed_at
    former_at, present_at = (
        at if at and (changed_at is None or at > changed_at) else None
        for at in (health.former_secret_at, health.present_secret_at)
    )
    return {
        "row": row,
        "has_former": len(account.app_secrets) > 1,
        "former_at": former_at,
        "present_at": present_at,
        "is_safe_to_retire": present_at is not None and (former_at is None or present_at - former_at > QUIET_FOR),
    }


def _keep(request: HttpRequest, form: AccountForm, account: ChannelAccountValue) -> bool:
    given = AccountInput(tenant_id=account.tenant_id, kind=account.kind, slug=account.slug, fields=form.given())
    if not given.fields:
        form.add_error(None, _("Cole o que vai ser trocado."))
        return False
    trial = services.try_account(given)
    form.add_faults({name: words for name, words in trial.faults.items() if name in given.fields})
    if trial.problem:
        form.add_error(None, trial.problem)
    if form.errors:
        return False
    services.connect_account(given=given, trial=trial, **actor(request)._asdict())
    return True
