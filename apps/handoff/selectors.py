"""Questions about tickets, queues and people. Never writes."""

from collections import Counter
from datetime import datetime, timedelta

from apps.common import clock
from apps.common.redis import RedisError
from apps.contracts.handoff import Dossier, PresenceValue, TicketState, TicketValue, Wait
from apps.contracts.people import QueueValue
from apps.contracts.words import HandoffOutcome, HandoffReason
from apps.conversations import selectors as conversation_queries
from apps.handoff import presence_store
from apps.handoff.claims import open_ticket_of, position_of
from apps.handoff.documents import HandoffTicket
from apps.handoff.domain import HELD, WAITING, estimate_minutes, is_connected, present_status
from apps.handoff.dossier import compose
from apps.tenants import selectors as tenants

#: What an estimate looks back on.
RECENT = timedelta(days=7)
RECENT_WAITS = 50

#: What a page of figures reads at most.
MOST_TICKETS = 20_000

#: So many of the latest messages are enough to say why a person is needed.
DOSSIER_MESSAGES = 30


def ticket_for_conversation(tenant_id: str, conversation_id: str) -> TicketValue | None:
    """The open ticket of a conversation, else its latest one."""
    found = HandoffTicket.objects(tenant_id=tenant_id, conversation_id=conversation_id)
    ticket = found.order_by("-is_open", "-created_at").first()
    return _value(ticket) if ticket else None


def tickets(tenant_id: str, *, queues: tuple[str, ...] | None = None, limit: int = 100) -> list[TicketValue]:
    """Open tickets, the front of the queue first. `queues` None for all of the tenant."""
    found = HandoffTicket.objects(tenant_id=tenant_id, is_open=True)
    if queues is not None:
        found = found.filter(queue__in=list(queues))
    return [_value(ticket) for ticket in found.order_by("-priority", "queued_at", "id").limit(limit)]


def tickets_since(tenant_id: str, since: datetime) -> list[TicketValue]:
    """Every ticket opened since then, whatever became of it; without places in queues."""
    found = HandoffTicket.objects(tenant_id=tenant_id, created_at__gte=since).order_by("created_at")
    return [_value(ticket, with_position=False) for ticket in found.limit(MOST_TICKETS)]


def queue_position(tenant_id: str, conversation_id: str) -> int | None:
    """The customer's place in the queue, None when they do not wait."""
    ticket = open_ticket_of(tenant_id, conversation_id)
    return position_of(ticket) if ticket and TicketState(ticket.state) in WAITING else None


def loads(tenant_id: str) -> dict[str, int]:
    """How many conversations each attendant holds; who holds none is not in it."""
    held = [state.value for state in HELD]
    found = HandoffTicket.objects(tenant_id=tenant_id, is_open=True, state__in=held).only("attendant_id")
    return dict(Counter(ticket.attendant_id for ticket in found))


def waiting_counts(tenant_id: str) -> dict[str, int]:
    """How many customers wait in each queue; an empty queue is not in it."""
    waiting = [state.value for state in WAITING]
    found = HandoffTicket.objects(tenant_id=tenant_id, is_open=True, state__in=waiting).only("queue")
    return dict(Counter(ticket.queue for ticket in found))


def presence(tenant_id: str) -> list[PresenceValue]:
    """Every attendant of the tenant and where they are. Raises RedisError when nothing can be known."""
    people = tenants.attendants(tenant_id)
    seen = presence_store.read(tenant_id, [person.id for person in people])
    held = loads(tenant_id)
    now = clock.now()
    return [
        PresenceValue(
            attendant_id=person.id,
            attendant_name=person.name,
            status=present_status(seen[person.id], now=now),
            break_name=seen[person.id].break_name,
            since=seen[person.id].since,
            seen_at=seen[person.id].seen_at,
            changed_by=seen[person.id].changed_by,
            load=held.get(person.id, 0),
            capacity=person.capacity,
        )
        for person in people
    ]


def presence_of(tenant_id: str, attendant_id: str) -> PresenceValue | None:
    """Where one attendant is; None when they do not exist or nothing can be known."""
    try:
        everybody = presence(tenant_id)
    except RedisError:
        return None
    return next((person for person in everybody if person.attendant_id == attendant_id), None)


def queue_of(tenant_id: str, slug: str) -> QueueValue:
    """The queue by this slug, else the tenant's default, else a stand-in: nobody waits in no queue at all."""
    found = (tenants.queue(tenant_id, slug) if slug else None) or tenants.default_queue(tenant_id)
    return found or QueueValue(tenant_id=tenant_id, slug=slug or "default", name=slug or "default")


def people_of(queue: QueueValue) -> list[PresenceValue] | None:
    """Who serves a queue and where they are, None while nothing can be known about it."""
    try:
        everybody = presence(queue.tenant_id)
    except RedisError:
        return None
    return [person for person in everybody if person.attendant_id in queue.attendant_ids]


def wait_in(queue: QueueValue, people: list[PresenceValue] | None, *, position: int = 1) -> Wait:
    """What may honestly be said about waiting in a queue."""
    since = clock.now() - RECENT
    accepted = HandoffTicket.objects(tenant_id=queue.tenant_id, queue=queue.slug, times__accepted__gte=since)
    recent = accepted.filter(reason__ne=HandoffReason.TAKEN_BY_ATTENDANT.value).order_by("-times.accepted")
    waits = [
        ticket.times["accepted"] - ticket.queued_at for ticket in recent.only("times", "queued_at").limit(RECENT_WAITS)
    ]
    return Wait(
        position=position,
        estimate_minutes=estimate_minutes(waits, position=position),
        is_anyone_online=None if people is None else any(is_connected(person.status) for person in people),
        is_open=queue.is_open,
    )


def dossier(tenant_id: str, conversation_id: str, *, attendant_name: str = "") -> Dossier | None:
    """What whoever takes the conversation reads first, made from what is known now. None for an unknown id."""
    conversation = conversation_queries.conversation(tenant_id, conversation_id)
    if conversation is None:
        return None
    ticket = ticket_for_conversation(tenant_id, conversation_id)
    return compose(
        conversation,
        messages=conversation_queries.messages(tenant_id, conversation_id, limit=DOSSIER_MESSAGES),
        ticket=ticket,
        queue=queue_of(tenant_id, ticket.queue if ticket else conversation.queue),
        attendant_name=attendant_name,
    )


def _value(ticket: HandoffTicket, *, with_position: bool = True) -> TicketValue:
    state = TicketState(ticket.state)
    waits = with_position and ticket.is_open and state in WAITING
    return TicketValue(
        id=str(ticket.id),
        tenant_id=ticket.tenant_id,
        conversation_id=ticket.conversation_id,
        queue=ticket.queue,
        reason=HandoffReason(ticket.reason),
        reason_detail=ticket.reason_detail,
        state=state,
        is_open=ticket.is_open,
        attendant_id=ticket.attendant_id,
        attendant_name=ticket.attendant_name,
        position=position_of(ticket) if waits else None,
        times=dict(ticket.times),
        queued_at=ticket.queued_at,
        due_at=ticket.due_at,
        transfer_reason=ticket.transfer_reason,
        outcome=HandoffOutcome(ticket.outcome) if ticket.outcome else None,
    )
