"""Why was there no answer? The life of one message, and the search that finds it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.console.attending import AttendantRequest, for_attendants, load_message
from apps.console.pages import page_context
from apps.console.threads import entries_for
from apps.contracts.conversations import MessageValue
from apps.contracts.words import Direction
from apps.conversations import selectors as conversations
from apps.insights import selectors as insights

#: Found conversations, and messages of each, that the search offers to explain.
MOST_FOUND = 8
MESSAGES_EACH = 6


@for_attendants
@require_GET
def timeline(request: AttendantRequest, message_id: str) -> HttpResponse:
    """One message from webhook to read receipt, with its trace id."""
    found, message = load_message(request, message_id)
    explained = insights.message_timeline(request.attendant.tenant_id, message.id)
    if explained is None:
        raise Http404
    [entry] = entries_for([message], request.attendant)
    context: dict[str, Any] = {"conversation": found, "message": message, "entry": entry, "explained": explained}
    return render(request, "console/timeline.html", page_context(request, area="explain") | context)


@for_attendants
@require_GET
def explain(request: AttendantRequest) -> HttpResponse:
    """Find a message by name, phone, protocol, text or its own code, among what this person may see."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    context = {"q": q, "found": _found(request, q) if q else []}
    return render(request, "console/explain.html", page_context(request, area="explain") | context)


def _found(request: AttendantRequest, q: str) -> list[dict[str, Any]]:
    page = conversations.conversations_for(request.attendant, "all", q=q, limit=MOST_FOUND)
    return [
        {"conversation": one, "messages": _asked(conversations.messages(one.tenant_id, one.id, limit=40))}
        for one in page.items
    ]


def _asked(messages: list[MessageValue]) -> list[MessageValue]:
    """The customer's latest messages, the newest first: those are the ones that somebody asks about."""
    inbound = [message for message in messages if message.direction is Direction.INBOUND]
    return inbound[-MESSAGES_EACH:][::-1]
