"""Numbers, ratings, and the life of a message. Never writes."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.ai.spending import costs_by_day
from apps.common import clock
from apps.common.cache import TwoLevelCache
from apps.contracts.handoff import TicketValue
from apps.contracts.insights import DayFigures, FeedbackValue, MessageTimeline, Ratings, TodayFigures
from apps.contracts.words import HandoffReason
from apps.conversations import selectors as conversations
from apps.conversations.selectors.figures import DayFacts, answer_to, closed_since, day_facts
from apps.events import selectors as events
from apps.handoff import selectors as handoffs
from apps.insights.documents import Feedback
from apps.insights.domain import median_seconds, summarise
from apps.insights.timeline import compose
from apps.tenants import selectors as tenants

#: A board is looked at by many and drawn often; nobody misses figures of the last seconds.
FIGURES_TTL = timedelta(seconds=3)
SERIES_TTL = timedelta(minutes=2)

#: A conversation that was silent for longer before it closed is not counted as closed today.
TOUCHED_BEFORE_CLOSING = timedelta(days=3)

_today_cache: TwoLevelCache[TodayFigures] = TwoLevelCache("figures-today", TodayFigures, ttl=FIGURES_TTL)
_series_cache: TwoLevelCache[list[DayFigures]] = TwoLevelCache("figures-series", list[DayFigures], ttl=SERIES_TTL)


def today(tenant_id: str) -> TodayFigures:
    """The tenant's day so far; at most three seconds old."""
    since = _midnight(tenant_id, days_ago=0)
    return _today_cache.get(tenant_id, since.isoformat(), load=lambda: _today(tenant_id, since))


def last_days(tenant_id: str, *, days: int = 14) -> list[DayFigures]:
    """One entry per day, today last, days without a message included; at most two minutes old."""
    since = _midnight(tenant_id, days_ago=days - 1)
    return _series_cache.get(tenant_id, days, since.isoformat(), load=lambda: _series(tenant_id, since, days))


def feedback(tenant_id: str, conversation_id: str) -> FeedbackValue | None:
    """The rating asked for after this conversation, None when none was asked for."""
    row = Feedback.objects(tenant_id=tenant_id, conversation_id=conversation_id).first()
    return _feedback_value(row) if row else None


def latest_feedback(tenant_id: str, *, limit: int = 20) -> list[FeedbackValue]:
    """The ratings that customers gave, newest first."""
    rows = Feedback.objects(tenant_id=tenant_id, rated_at__exists=True).order_by("-rated_at").limit(limit)
    return [_feedback_value(row) for row in rows]


def ratings_since(tenant_id: str, since: datetime) -> Ratings:
    given = Feedback.objects(tenant_id=tenant_id, rated_at__gte=since).scalar("rating")
    return summarise(given, asked=Feedback.objects(tenant_id=tenant_id, asked_at__gte=since).count())


def message_timeline(tenant_id: str, message_id: str) -> MessageTimeline | None:
    """The life of one message, from webhook to read receipt, and why it was or was not answered. None for an unknown id."""
    message = conversations.message(tenant_id, message_id)
    if message is None:
        return None
    conversation = conversations.conversation(tenant_id, message.conversation_id)
    if conversation is None:
        return None
    traces = events.timeline(tenant_id, trace_id=message.trace_id) if message.trace_id else []
    queue = tenants.queue(tenant_id, conversation.queue) if conversation.queue else None
    return compose(
        message,
        conversation=conversation,
        entries=traces,
        answer=answer_to(tenant_id, message),
        ticket=handoffs.ticket_for_conversation(tenant_id, message.conversation_id),
        queue_name=queue.name if queue else conversation.queue,
        zone=ZoneInfo(_timezone(tenant_id)),
    )


def _today(tenant_id: str, since: datetime) -> TodayFigures:
    facts = day_facts(tenant_id, since=since, timezone=_timezone(tenant_id))
    tickets = handoffs.tickets_since(tenant_id, since)
    asked = [ticket for ticket in tickets if ticket.reason is not HandoffReason.TAKEN_BY_ATTENDANT]
    written_to = [fact for fact in facts if fact.inbound]
    closed = closed_since(tenant_id, since=since, touched_since=since - TOUCHED_BEFORE_CLOSING)
    return TodayFigures(
        day=since.astimezone(ZoneInfo(_timezone(tenant_id))).date(),
        since=since,
        inbound=sum(fact.inbound for fact in facts),
        conversations=len(written_to),
        answered_by_assistant=sum(fact.by_assistant for fact in facts),
        answered_by_person=sum(fact.by_attendant for fact in facts),
        unanswered=sum(fact.first_answer_at is None for fact in written_to),
        handoffs=len(asked),
        handoffs_by_reason=dict(Counter(ticket.reason.value for ticket in asked)),
        first_response_seconds=median_seconds(_first_responses(written_to)),
        first_human_response_seconds=median_seconds(_human_responses(tickets)),
        closed=len(closed),
        failed_sends=sum(fact.failed for fact in facts),
        ratings=ratings_since(tenant_id, since),
    )


def _series(tenant_id: str, since: datetime, days: int) -> list[DayFigures]:
    timezone = _timezone(tenant_id)
    zone = ZoneInfo(timezone)
    facts = day_facts(tenant_id, since=since, timezone=timezone)
    tickets = handoffs.tickets_since(tenant_id, since)
    closed = closed_since(tenant_id, since=since, touched_since=since - TOUCHED_BEFORE_CLOSING)
    costs = costs_by_day(tenant_id, since=since, timezone=timezone)
    first = since.astimezone(zone).date()
    series = []
    for day in (first + timedelta(days=offset) for offset in range(days)):
        written_to = [fact for fact in facts if fact.day == day and fact.inbound]
        with_person = sum(fact.by_attendant > 0 for fact in written_to)
        opened = [ticket for ticket in tickets if ticket.queued_at.astimezone(zone).date() == day]
        series.append(
            DayFigures(
                day=day,
                assistant_only=len(written_to) - with_person,
                with_person=with_person,
                closed=sum(
                    one.closed_at is not None and one.closed_at.astimezone(zone).date() == day for one in closed
                ),
                human_reply_seconds=median_seconds(_human_responses(opened)),
                cost_usd=float(costs.get(day, 0)),
            )
        )
    return series


def _first_responses(facts: Iterable[DayFacts]) -> list[timedelta]:
    return [
        fact.first_answer_at - fact.first_inbound_at for fact in facts if fact.first_answer_at and fact.first_inbound_at
    ]


def _human_responses(tickets: Iterable[TicketValue]) -> list[timedelta]:
    """From asking for a person to a person's first words."""
    return [
        ticket.times["conversing"] - ticket.times["requested"]
        for ticket in tickets
        if ticket.reason is not HandoffReason.TAKEN_BY_ATTENDANT and {"conversing", "requested"} <= ticket.times.keys()
    ]


def _midnight(tenant_id: str, *, days_ago: int) -> datetime:
    local = clock.now().astimezone(ZoneInfo(_timezone(tenant_id)))
    return (local - timedelta(days=days_ago)).replace(hour=0, minute=0, second=0, microsecond=0)


def _timezone(tenant_id: str) -> str:
    found = tenants.tenant(tenant_id)
    return found.timezone if found else "UTC"


def _feedback_value(row: Feedback) -> FeedbackValue:
    return FeedbackValue(
        conversation_id=row.conversation_id,
        attendant_id=row.attendant_id,
        queue=row.queue,
        asked_at=row.asked_at,
        rating=row.rating,
        rated_at=row.rated_at,
    )
