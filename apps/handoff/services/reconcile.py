"""What the clock does for handoffs: people who vanished, offers nobody took, places that changed, tickets that went astray."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from apps.common import clock
from apps.common.redis import RedisError
from apps.contracts.errors import NotHolder
from apps.contracts.handoff import PresenceValue, TicketState
from apps.contracts.people import Holder
from apps.contracts.words import ConversationStatus, HandoffReason, HolderKind
from apps.conversations import selectors as conversation_queries
from apps.conversations.selectors.figures import waiting_conversations
from apps.handoff import claims, metrics, presence_store, saga
from apps.handoff.documents import HandoffTicket
from apps.handoff.domain import HELD, WAITING, candidates, has_vanished, should_tell_progress
from apps.handoff.selectors import people_of, queue_of, wait_in
from apps.handoff.services.tickets import open_ticket
from apps.handoff.steps import Superseded
from apps.tenants import selectors as tenants

log = logging.getLogger(__name__)

#: So many tickets are looked at per run, the oldest first.
BATCH = 200

#: A difference between ticket and conversation younger than this is a step under way, not a fault.
SETTLED = timedelta(seconds=30)


def reconcile() -> None:
    """Undo what stalled and say what changed. Safe to run twice and at the same time: every step is conditional."""
    now = clock.now()
    try:
        watching_since = presence_store.watching_since(now)
        _requeue_vanished(now, watching_since)
    except RedisError:
        # Without presence nobody can be called absent.
        log.warning("presence_unknown")
    _undo_overdue_offers(now)
    _follow_queues()


def repair() -> None:
    """Bring tickets and conversations together again where they differ; the conversation is the truth."""
    settled = clock.now() - SETTLED
    for ticket in HandoffTicket.objects(is_open=True, created_at__lt=settled).order_by("created_at").limit(BATCH):
        _repair_ticket(ticket)
    for conversation in waiting_conversations(before=settled, limit=BATCH):
        if claims.open_ticket_of(conversation.tenant_id, conversation.id) is None and open_ticket(
            tenant_id=conversation.tenant_id,
            conversation_id=conversation.id,
            reason=HandoffReason.ASSISTANT_DECIDED,
            queue=conversation.queue,
            turn=conversation.turn,
        ):
            log.warning("ticket_was_missing", extra={"conversation": conversation.id})


def _requeue_vanished(now: datetime, watching_since: datetime) -> None:
    held = list(
        HandoffTicket.objects(is_open=True, is_watched__ne=False, state__in=_values(HELD))
        .order_by("held_since")
        .limit(BATCH)
    )
    by_tenant: dict[str, set[str]] = {}
    for ticket in held:
        by_tenant.setdefault(ticket.tenant_id, set()).add(ticket.attendant_id)
    seen = {tenant_id: presence_store.read(tenant_id, sorted(ids)) for tenant_id, ids in by_tenant.items()}
    for ticket in held:
        holder = seen[ticket.tenant_id][ticket.attendant_id]
        held_since = ticket.held_since or ticket.created_at
        if has_vanished(holder, held_since=held_since, watching_since=watching_since, now=now):
            queue = queue_of(ticket.tenant_id, ticket.queue)
            wait = wait_in(queue, people_of(queue))
            if _step(ticket, partial(saga.undo_acceptance, ticket, queue=queue, wait=wait)):
                metrics.COMPENSATIONS.labels("accepted").inc()


def _undo_overdue_offers(now: datetime) -> None:
    overdue = HandoffTicket.objects(is_open=True, state__in=_values(WAITING), due_at__lte=now)
    for ticket in overdue.order_by("due_at").limit(BATCH):
        queue = queue_of(ticket.tenant_id, ticket.queue)
        if not queue.is_open:
            # The customer was told that nobody is there; the limit begins when somebody could be.
            later = now + timedelta(seconds=queue.accept_limit_seconds)
            HandoffTicket.objects(id=ticket.id, due_at=ticket.due_at).update_one(set__due_at=later)
            continue
        if _was_answered_elsewhere(ticket):
            HandoffTicket.objects(id=ticket.id, due_at=ticket.due_at).update_one(unset__due_at=True)
            continue
        default = tenants.default_queue(ticket.tenant_id)
        wider = default if default and default.slug != queue.slug else None
        wait = wait_in(queue, people_of(queue))
        if _step(ticket, partial(saga.undo_offer, ticket, queue=queue, wider=wider, wait=wait)):
            metrics.COMPENSATIONS.labels("offered").inc()


def _was_answered_elsewhere(ticket: HandoffTicket) -> bool:
    """Somebody answered on the phone's own app: an apology for the wait would be wrong."""
    conversation = conversation_queries.conversation(ticket.tenant_id, ticket.conversation_id)
    return conversation is not None and not conversation.awaits_reply


def _follow_queues() -> None:
    """Offer what waited for somebody to come, and tell who is next that they are."""
    people: dict[tuple[str, str], list[PresenceValue]] = {}
    waiting = HandoffTicket.objects(is_open=True, state__in=_values(WAITING)).order_by("-priority", "queued_at")
    for ticket in waiting.limit(BATCH):
        place = (ticket.tenant_id, ticket.queue)
        if place not in people:
            people[place] = people_of(queue_of(*place)) or []
        available = [person.attendant_id for person in candidates(people[place])][:20]
        if available and ticket.state != TicketState.OFFERED.value:
            _step(ticket, partial(saga.offer, ticket, available))
        elif should_tell_progress(told=ticket.told_position, position=claims.position_of(ticket)):
            _step(ticket, partial(saga.tell_progress, ticket))


def _repair_ticket(ticket: HandoffTicket) -> None:
    conversation = conversation_queries.conversation(ticket.tenant_id, ticket.conversation_id)
    if conversation is None or conversation.status in (ConversationStatus.CLOSED, ConversationStatus.ACTIVE):
        _step(ticket, partial(saga.cancel, ticket))
        return
    holder: Holder = conversation.holder
    if holder.kind is HolderKind.ATTENDANT and holder.id != ticket.attendant_id:
        attendant = tenants.attendant(ticket.tenant_id, holder.id)
        if attendant is not None:
            _step(ticket, partial(saga.adopt, ticket, attendant))
    elif holder.kind is HolderKind.QUEUE and ticket.attendant_id:
        queue = queue_of(ticket.tenant_id, holder.id)
        _step(ticket, partial(saga.hand_back, ticket, queue, reason=ticket.transfer_reason, now=clock.now()))


def _step(ticket: HandoffTicket, take: Callable[[], object]) -> bool:
    """Take one step; somebody who was faster is no fault."""
    try:
        take()
    except (Superseded, NotHolder):
        return False
    log.info("handoff_step", extra={"ticket": str(ticket.id), "conversation": ticket.conversation_id})
    return True


def _values(states: Iterable[TicketState]) -> list[str]:
    return [state.value for state in states]
