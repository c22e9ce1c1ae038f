"""The supervisor's board: who waits, who works, how the day goes."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.common import clock
from apps.console.attending import AttendantRequest, for_supervisors
from apps.console.cards import card_for
from apps.console.pages import page_context
from apps.console.people_now import presences
from apps.conversations import selectors as conversations
from apps.handoff import selectors as handoff
from apps.insights import selectors as insights
from apps.tenants import selectors as tenants

MOST_WAITING = 50


@for_supervisors
@require_GET
def board(request: AttendantRequest) -> HttpResponse:
    """Counts, the queue, the team and today's numbers, as they are now."""
    viewer = request.attendant
    slug = request.GET.get("queue", "")[:60]
    waiting = conversations.conversations_for(viewer, "waiting", queue=slug, limit=MOST_WAITING)
    cards = [card_for(one, viewer) for one in waiting.items]
    team = presences(viewer.tenant_id)
    waiting_by_queue = handoff.waiting_counts(viewer.tenant_id)
    context: dict[str, Any] = {
        "cards": cards,
        "longest": _waited(cards[0].conversation.waiting_since) if cards else None,
        "is_late": any(card.is_late for card in cards),
        "late": sum(card.is_late for card in cards),
        "held": sum(one.load for one in team),
        "places": sum(one.capacity for one in team if one.status != "offline"),
        "team": team,
        "here": sum(one.status == "online" for one in team),
        "today": insights.today(viewer.tenant_id),
        "queues": [
            {"queue": one, "waiting": waiting_by_queue.get(one.slug, 0)} for one in tenants.queues(viewer.tenant_id)
        ],
        "chosen_queue": slug,
        "drawn_at": clock.now(),
    }
    return render(request, "console/board.html", page_context(request, area="board") | context)


def _waited(since: datetime | None) -> timedelta | None:
    return clock.now() - since if since else None
