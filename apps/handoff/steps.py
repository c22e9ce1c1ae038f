"""One step of a ticket: a conditional update whose answer says whether it was ours to take."""

from typing import Any

from apps.common import clock
from apps.contracts.handoff import TicketState
from apps.handoff.documents import HandoffTicket
from apps.handoff.domain import may_follow


class Superseded(Exception):
    """Somebody else took another step first; the whole transaction is undone."""


def move(ticket: HandoffTicket, to: TicketState, **changes: Any) -> HandoffTicket:
    """Take one step, if the ticket still is where this step may start. Raises Superseded."""
    found: HandoffTicket | None = HandoffTicket.objects(
        tenant_id=ticket.tenant_id,
        id=ticket.id,
        is_open=True,
        state__in=[state.value for state in may_follow(to)],
        attendant_id=ticket.attendant_id,
    ).modify(new=True, set__state=to.value, **{f"set__times__{to.value}": clock.now()}, **changes)
    if found is None:
        raise Superseded
    return found
