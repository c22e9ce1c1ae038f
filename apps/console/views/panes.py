"""The three panes: the list, the open conversation, who the customer is."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from apps.console import drafts, drawing
from apps.console.attending import AttendantRequest, for_attendants, load_conversation
from apps.console.cards import tab_of
from apps.console.lists import asked_for, card_list
from apps.console.pages import page_context
from apps.console.threads import Thread, thread_for
from apps.conversations import services as conversations


@for_attendants
@require_GET
def index(request: AttendantRequest) -> HttpResponse:
    """The list of one tab, with no conversation open."""
    return _panes(request, thread=None, tab="waiting")


@for_attendants
@require_GET
def conversation(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """The list with one conversation open. Whoever holds it has now seen it."""
    found = load_conversation(request, conversation_id)
    tab = tab_of(found, request.attendant)
    thread = thread_for(found, request.attendant, before=request.GET.get("before", "")[:80])
    if tab == "mine" and found.unread:
        conversations.mark_read_by_attendant(
            tenant_id=found.tenant_id, conversation_id=found.id, attendant_id=request.attendant.id
        )
    return _panes(request, thread=thread, tab=tab)


@for_attendants
@require_GET
def messages(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Fifty older messages, as a fragment."""
    found = load_conversation(request, conversation_id)
    thread = thread_for(found, request.attendant, before=request.GET.get("before", "")[:80])
    return render(request, "console/_page_of_messages.html", {"thread": thread})


@for_attendants
@require_POST
def mark_read(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    found = load_conversation(request, conversation_id)
    if tab_of(found, request.attendant) == "mine":
        conversations.mark_read_by_attendant(
            tenant_id=found.tenant_id, conversation_id=found.id, attendant_id=request.attendant.id
        )
    return HttpResponse(status=204)


@for_attendants
@require_POST
def draft(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Keep what somebody has typed so far."""
    found = load_conversation(request, conversation_id)
    is_kept = drafts.keep(request.attendant, found.id, request.POST.get("text", ""))
    return HttpResponse(status=204 if is_kept else 503)


def _panes(request: AttendantRequest, *, thread: Thread | None, tab: str) -> HttpResponse:
    asked = asked_for(request.GET.dict(), viewer=request.attendant, tab=tab)
    if thread and drawing.wants_push(request):
        return drawing.opened(request, thread)
    if not thread and drawing.wants_push(request):
        return drawing.listed(request, card_list(request.attendant, asked))
    open_id = thread.conversation.id if thread else ""
    context: dict[str, Any] = {"list": card_list(request.attendant, asked), "thread": thread, "open_id": open_id}
    pane = request.GET.get("pane", "")
    context["pane"] = pane if pane in ("list", "thread", "details") else "thread" if thread else "list"
    context["aside"] = _aside(request)
    area = "waiting" if asked.tab == "waiting" and not thread else "mine"
    return render(request, "console/panes.html", page_context(request, area=area) | context)


def _aside(request: AttendantRequest) -> str:
    """Whether the details lie open (asked for, on small windows) or are folded away (remembered, on large ones)."""
    if request.GET.get("aside") == "open":
        return "open"
    return "closed" if request.COOKIES.get("aside") == "closed" else ""
