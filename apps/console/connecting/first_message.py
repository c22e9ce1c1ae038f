"""The third step: one real message, and what becomes of it, live."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.common import clock
from apps.console.connecting.doors import account_of, actor, page
from apps.console.connecting.forms import FirstMessageForm
from apps.contracts.content import Content, text_content
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import DeliveryStatus, MessageKind, TemplateStatus
from apps.gateway import selectors as gateway
from apps.gateway import services
from apps.gateway.channels.registry import adapter_for

#: The template that Meta gives to every new account.
WELCOME = ("hello_world", "en_US")
MOST_TEMPLATES = 5
SESSION_KEY = "account_tests"
#: Until then its reports are waited for; after a while without any the page says what that means.
WATCHED = timedelta(minutes=10)
SILENT_AFTER = timedelta(seconds=30)


@require_http_methods(["GET", "POST"])
def test(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose to whom and what, send it, watch."""
    account = account_of(request, slug)
    has_numbers = adapter_for(account.kind).abilities.has_templates
    form = FirstMessageForm(request.POST or None, templates=_offered(account), has_numbers=has_numbers)
    if request.method == "POST" and form.is_valid():
        content = _content(form.cleaned_data)
        try:
            sent = services.send_test(
                account=account, to=form.cleaned_data["to"], content=content, **actor(request)._asdict()
            )
        except (SendError, SendUnknown) as refused:
            form.add_error(None, str(refused))
        else:
            kept = request.session.get(SESSION_KEY, {})
            request.session[SESSION_KEY] = {**kept, slug: sent.model_dump(mode="json")}
            return redirect("accounts:test", slug)
    context = {"title": account.name, "step": "test", "form": form}
    return page(request, "test", account, **context, **_watched(request, account))


@require_GET
def test_state(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of the test, asked every few seconds."""
    account = account_of(request, slug)
    return page(request, "_sent", account, **_watched(request, account))


def _offered(account: ChannelAccountValue) -> list[tuple[str, str]]:
    """Approved templates that need nothing filled in; before they were read, the one that every account has."""
    if not adapter_for(account.kind).abilities.has_templates:
        return []
    usable = [
        one
        for one in gateway.templates(account.tenant_id, account.slug)
        if one.status is TemplateStatus.APPROVED
        and not one.parameters
        and not one.unsupported
        and not _has_file(one.header_kind)
    ]
    pairs = [(one.name, one.language) for one in usable]
    pairs = sorted(pairs, key=lambda pair: pair != WELCOME)[:MOST_TEMPLATES] or [WELCOME]
    words = _("O modelo %(name)s (%(language)s)")
    return [(f"{name}:{language}", words % {"name": name, "language": language}) for name, language in pairs]


def _has_file(header_kind: MessageKind | None) -> bool:
    return header_kind not in (None, MessageKind.TEXT)


def _content(cleaned: dict[str, Any]) -> Content:
    chosen = cleaned.get("what") or "text"
    if chosen == "text":
        return text_content(cleaned["text"].strip())
    name, _colon, language = chosen.partition(":")
    return Content(kind=MessageKind.TEMPLATE, text=name, template={"name": name, "language": language})


def _watched(request: HttpRequest, account: ChannelAccountValue) -> dict[str, Any]:
    """The test that this person sent last, with everything that was reported about it."""
    kept = request.session.get(SESSION_KEY, {}).get(account.slug)
    if kept is None:
        return {"sent": None}
    sent = services.SentTest.model_validate(kept)
    reports = gateway.reports_of(account, sent.external_id)
    age = clock.now() - sent.at
    reports_delivery = adapter_for(account.kind).abilities.reports_delivery
    is_over = any(one.status in (DeliveryStatus.READ, DeliveryStatus.FAILED) for one in reports)
    return {
        "sent": sent,
        "reports": reports,
        "failure": next((one for one in reports if one.status is DeliveryStatus.FAILED), None),
        "is_watched": reports_delivery and not is_over and age < WATCHED,
        "is_silent": reports_delivery and not reports and age > SILENT_AFTER,
    }
