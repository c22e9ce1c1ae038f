"""Pages of /admin/ for what the product recorded: events, and what it could not process."""

import json
from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.contracts.events import EVENT_TYPES
from apps.events import selectors as events
from apps.gateway import selectors as gateway
from apps.gateway import services as gateway_services
from apps.tenants.admin_base import visible_tenants
from apps.tenants.models import Tenant, User
from apps.tenants.services import record_audit, replay_dead_letter

PAGE_SIZE = 50
MOST_DEAD_LETTERS = 500
TRACE_ID_LENGTH = 32


@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """The latest events, or those of one conversation or trace."""
    tenant = _tenant(request)
    only, event_type = request.GET.get("of", "").strip(), request.GET.get("type", "")
    if only:
        is_trace = len(only) == TRACE_ID_LENGTH
        found = events.timeline(
            tenant.slug, trace_id=only if is_trace else "", conversation_id="" if is_trace else only
        )
        found = [entry for entry in found[::-1] if event_type in ("", entry.type)]
    else:
        found = events.recent(tenant.slug, event_type=event_type, before=_before(request), limit=PAGE_SIZE)
    context = {
        "title": _("Eventos"),
        "entries": found,
        "types": [event.type for event in EVENT_TYPES],
        "chosen_type": event_type,
        "only": only,
        "older": found[-1].at.isoformat() if len(found) == PAGE_SIZE and not only else "",
    }
    return _page(request, "administration/events.html", context)


@require_GET
def event_detail(request: HttpRequest, record_id: str) -> HttpResponse:
    """One event: its data, and what became of each handler."""
    entry = events.record(_tenant(request).slug, record_id)
    if entry is None:
        raise Http404
    context = {"title": _("Evento"), "entry": entry, "data": _readable(entry.data)}
    return _page(request, "administration/event.html", context)


@require_GET
def dead_letters(request: HttpRequest) -> HttpResponse:
    """Everything that was given up, with the reason, to search and to try again."""
    tenant = _tenant(request)
    q = request.GET.get("q", "").strip()
    found = [dead for dead in events.dead_letters(tenant.slug, limit=MOST_DEAD_LETTERS) if _mentions(dead, q)]
    bodies = [body for body in gateway.dead_deliveries(tenant.slug, limit=PAGE_SIZE) if _mentions(body, q)]
    context = {"title": _("Não processados"), "dead_letters": found, "deliveries": bodies, "q": q}
    return _page(request, "administration/dead_letters.html", context)


@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Try again what was chosen: `letter` names "<record id> <handler>", `delivery` a webhook body's id."""
    tenant, user = _tenant(request), cast(User, request.user)
    count = 0
    for chosen in request.POST.getlist("letter"):
        record_id, _space, to = chosen.partition(" ")
        count += replay_dead_letter(
            tenant_id=tenant.slug, record_id=record_id, to=to, actor_id=str(user.pk), actor_name=str(user)
        )
    for delivery_id in request.POST.getlist("delivery"):
        count += _replay_delivery(tenant, user, delivery_id)
    sentence = ngettext("%(count)d volta a ser processado.", "%(count)d voltam a ser processados.", count)
    messages.success(request, sentence % {"count": count})
    return redirect("records:dead_letters")


def _replay_delivery(tenant: Tenant, user: User, delivery_id: str) -> bool:
    if not gateway_services.replay_delivery(tenant_id=tenant.slug, delivery_id=delivery_id):
        return False
    record_audit(
        tenant_id=tenant.slug,
        actor_id=str(user.pk),
        actor_name=str(user),
        action="replayed",
        target_kind="webhook",
        target_id=delivery_id,
    )
    return True


def _tenant(request: HttpRequest) -> Tenant:
    """The business whose records are shown: the login's own, for a superuser without one the first."""
    found = visible_tenants(request)
    tenant = found.filter(slug=getattr(request.user, "tenant_id", None) or "").first() or found.first()
    if tenant is None:
        raise Http404
    return tenant


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context})


def _before(request: HttpRequest) -> datetime | None:
    try:
        before = datetime.fromisoformat(request.GET.get("before", ""))
    except ValueError:
        return None
    return before if before.tzinfo else None


def _readable(data: dict[str, Any]) -> str:
    """An event's data, one value per line."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=str)


def _mentions(found: Any, q: str) -> bool:
    words = (str(value) for value in found.model_dump().values())
    return not q or any(q.casefold() in word.casefold() for word in words)
