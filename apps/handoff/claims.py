"""Places: in a queue, and with an attendant. Called inside a transaction, where the guards serialise those who compete."""

from apps.common import clock
from apps.common.mongo import Q
from apps.contracts.errors import CapacityReached
from apps.contracts.people import AttendantValue
from apps.handoff.documents import AttendantLoad, HandoffTicket, QueueLine
from apps.handoff.domain import HELD, WAITING


def open_ticket_of(tenant_id: str, conversation_id: str) -> HandoffTicket | None:
    found: HandoffTicket | None = HandoffTicket.objects(
        tenant_id=tenant_id, conversation_id=conversation_id, is_open=True
    ).first()
    return found


def position_of(ticket: HandoffTicket) -> int:
    """The place in the queue, from 1: those with a higher priority, then those who came earlier, stand before."""
    before = Q(priority__gt=ticket.priority) | Q(priority=ticket.priority, queued_at__lt=ticket.queued_at)
    before |= Q(priority=ticket.priority, queued_at=ticket.queued_at, id__lt=ticket.id)
    waiting = HandoffTicket.objects(
        tenant_id=ticket.tenant_id, queue=ticket.queue, is_open=True, state__in=[state.value for state in WAITING]
    )
    return int(waiting.filter(before).count()) + 1


def claim_place(attendant: AttendantValue) -> None:
    """Make sure, inside a transaction, that the attendant may hold one conversation more. Raises CapacityReached.

    Writing the guard makes two claims of one attendant conflict; the loser runs again and counts what the winner
    committed, so nobody gets above their capacity and no counter can drift.
    """
    AttendantLoad.objects(tenant_id=attendant.tenant_id, attendant_id=attendant.id).update_one(
        inc__claims=1, set_on_insert__created_at=clock.now(), upsert=True
    )
    if load_of(attendant.tenant_id, attendant.id) >= attendant.capacity:
        raise CapacityReached(attendant.capacity)


def load_of(tenant_id: str, attendant_id: str) -> int:
    """How many conversations an attendant holds."""
    held = [state.value for state in HELD]
    return int(
        HandoffTicket.objects(tenant_id=tenant_id, is_open=True, attendant_id=attendant_id, state__in=held).count()
    )


def join(tenant_id: str, queue: str) -> None:
    """Serialise those who join a queue, so that no two customers are told the same place."""
    QueueLine.objects(tenant_id=tenant_id, queue=queue).update_one(
        inc__joined=1, set_on_insert__created_at=clock.now(), upsert=True
    )
