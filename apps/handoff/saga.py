"""The handoff saga: each step is one transaction, and each has the step that undoes it.

    step                what it does                                    when it goes no further
    requested           conversations gave the baton to a queue         no ticket yet → `repair` opens one
    opened, told        a ticket, and the customer hears their place    all or nothing: nothing to undo
    offered             somebody present could take it                  nobody accepts in time → `undo_offer`
    accepted            one attendant holds it                          the attendant vanished → `undo_acceptance`
    conversing          the attendant replied                           the attendant vanished → `undo_acceptance`
    completed           closed or returned; the rest hears of it        the bus delivers the event until it is handled

Every step requires the state it starts from, so a step that runs twice, or late, changes nothing: `Superseded`.
"""

from datetime import datetime, timedelta
from typing import Any

from apps.common import clock
from apps.common.mongo import atomic
from apps.contracts.conversations import ConversationValue
from apps.contracts.handoff import TicketState, Unaccepted, Wait
from apps.contracts.people import AttendantValue, QueueValue
from apps.contracts.words import Author, HandoffOutcome, HandoffReason
from apps.conversations import services as conversations
from apps.conversations.services.queues import move_to_queue
from apps.handoff import claims, wording
from apps.handoff.documents import HandoffTicket
from apps.handoff.domain import FRONT_OF_QUEUE, opening_words
from apps.handoff.steps import Superseded, move


@atomic
def open_and_tell(
    conversation: ConversationValue,
    *,
    queue: QueueValue,
    reason: HandoffReason,
    reason_detail: str,
    turn: int,
    offered_to: list[str],
    wait: Wait,
) -> HandoffTicket:
    """Requested → opened → told → offered. Raises AlreadyExists when the conversation has an open ticket.

    Who was answered on the phone's own app does not wait: they hear nothing of a place, and no limit runs.
    """
    now = clock.now()
    waits = reason is not HandoffReason.TAKEN_BY_ATTENDANT
    claims.join(conversation.tenant_id, queue.slug)
    ticket = HandoffTicket(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        queue=queue.slug,
        reason=reason.value,
        reason_detail=reason_detail,
        turn=turn,
        state=(TicketState.OFFERED if offered_to else TicketState.TOLD).value,
        queued_at=conversation.waiting_since or now,
        due_at=now + timedelta(seconds=queue.accept_limit_seconds) if waits else None,
        offered_to=offered_to,
        times={"requested": conversation.waiting_since or now, "opened": now, "told": now}
        | ({"offered": now} if offered_to else {}),
    )
    ticket.save(force_insert=True)
    if waits:
        _tell(_place(ticket), "told", wait=wait, opening=opening_words(reason))
    return ticket


@atomic
def tell_progress(ticket: HandoffTicket) -> None:
    """Tell the customer, once, that they are the next one."""
    changed = HandoffTicket.objects(
        tenant_id=ticket.tenant_id, id=ticket.id, is_open=True, state=ticket.state, told_position=ticket.told_position
    ).update_one(set__told_position=1)
    if not changed:
        raise Superseded
    _tell(ticket, "next")


@atomic
def accept(ticket: HandoffTicket, attendant: AttendantValue, *, is_watched: bool) -> HandoffTicket:
    """Told or offered → accepted, by an attendant who has room. Raises CapacityReached, Superseded."""
    claims.claim_place(attendant)
    return move(ticket, TicketState.ACCEPTED, **_holder_fields(attendant, is_watched=is_watched))


@atomic
def open_accepted(
    conversation: ConversationValue, *, queue: str, attendant: AttendantValue, is_watched: bool = True
) -> HandoffTicket:
    """Open a ticket that is accepted from the start: the attendant took the conversation from the assistant."""
    now = clock.now()
    claims.claim_place(attendant)
    ticket = HandoffTicket(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        queue=queue,
        reason=HandoffReason.TAKEN_BY_ATTENDANT.value,
        turn=conversation.turn,
        state=TicketState.ACCEPTED.value,
        queued_at=now,
        times={"requested": now, "accepted": now},
        attendant_id=attendant.id,
        attendant_name=attendant.name,
        held_since=now,
        is_watched=is_watched,
    )
    ticket.save(force_insert=True)
    return ticket


@atomic
def hand_on(ticket: HandoffTicket, attendant: AttendantValue, *, reason: str) -> HandoffTicket:
    """Accepted → accepted by somebody else, who must have room."""
    claims.claim_place(attendant)
    return move(ticket, TicketState.ACCEPTED, set__transfer_reason=reason, **_holder_fields(attendant))


@atomic
def hand_back(ticket: HandoffTicket, queue: QueueValue, *, reason: str, now: datetime) -> HandoffTicket:
    """Accepted → told, at the end of a queue: the attendant transferred it there."""
    claims.join(ticket.tenant_id, queue.slug)
    return move(
        ticket,
        TicketState.TOLD,
        set__queue=queue.slug,
        set__queued_at=now,
        set__priority=0,
        set__due_at=now + timedelta(seconds=queue.accept_limit_seconds),
        set__transfer_reason=reason,
        set__told_position=0,
        **_NOBODY,
    )


@atomic
def adopt(ticket: HandoffTicket, attendant: AttendantValue) -> HandoffTicket:
    """Set right a ticket that does not know yet who holds its conversation."""
    return move(ticket, TicketState.ACCEPTED, **_holder_fields(attendant))


@atomic
def converse(ticket: HandoffTicket) -> HandoffTicket:
    """Accepted → conversing: the attendant said something."""
    return move(ticket, TicketState.CONVERSING)


@atomic
def complete(ticket: HandoffTicket, outcome: HandoffOutcome) -> HandoffTicket:
    """Accepted or conversing → completed."""
    return move(ticket, TicketState.COMPLETED, set__is_open=False, set__outcome=outcome.value)


@atomic
def cancel(ticket: HandoffTicket) -> HandoffTicket:
    """End a ticket whose conversation went another way."""
    return move(ticket, TicketState.CANCELLED, set__is_open=False)


@atomic
def offer(ticket: HandoffTicket, attendant_ids: list[str]) -> HandoffTicket:
    """Told → offered: somebody who could take it is there now."""
    return move(ticket, TicketState.OFFERED, set__offered_to=attendant_ids)


@atomic
def undo_offer(ticket: HandoffTicket, *, queue: QueueValue, wider: QueueValue | None, wait: Wait) -> None:
    """Nobody accepted in time: apologise, and do what the queue says. Only once per stay in a queue."""
    if queue.unaccepted is Unaccepted.RETURN:
        conversations.return_to_assistant(tenant_id=ticket.tenant_id, conversation_id=ticket.conversation_id)
        move(ticket, TicketState.COMPLETED, set__is_open=False, set__outcome=HandoffOutcome.RETURNED.value)
        _tell(ticket, "returned")
        return
    if queue.unaccepted is Unaccepted.WIDEN and wider is not None:
        _widen(ticket, wider)
        return
    still_due = HandoffTicket.objects(
        tenant_id=ticket.tenant_id, id=ticket.id, state=ticket.state, due_at=ticket.due_at
    )
    if not still_due.update_one(unset__due_at=True):
        raise Superseded
    _tell(_place(ticket), "sorry", wait=wait)


@atomic
def undo_acceptance(ticket: HandoffTicket, *, queue: QueueValue, wait: Wait) -> None:
    """The attendant vanished: back to the front of the queue, and the customer hears why."""
    if not conversations.requeue_conversation(
        tenant_id=ticket.tenant_id,
        conversation_id=ticket.conversation_id,
        attendant_id=ticket.attendant_id,
        reason=HandoffReason.ATTENDANT_LEFT.value,
        waiting_since=ticket.times.get("requested"),
    ):
        raise Superseded
    moved = move(
        ticket,
        TicketState.TOLD,
        set__queue=queue.slug,
        set__priority=FRONT_OF_QUEUE,
        set__due_at=clock.now() + timedelta(seconds=queue.accept_limit_seconds),
        set__reason=HandoffReason.ATTENDANT_LEFT.value,
        **_NOBODY,
    )
    _tell(_place(moved), "requeued", wait=wait)


_NOBODY: dict[str, Any] = {
    "set__attendant_id": "",
    "set__attendant_name": "",
    "unset__held_since": True,
    "set__offered_to": [],
}


def _holder_fields(attendant: AttendantValue, *, is_watched: bool = True) -> dict[str, Any]:
    return {
        "set__attendant_id": attendant.id,
        "set__attendant_name": attendant.name,
        "set__held_since": clock.now(),
        "set__is_watched": is_watched,
        "unset__due_at": True,
    }


def _widen(ticket: HandoffTicket, wider: QueueValue) -> None:
    if not move_to_queue(
        tenant_id=ticket.tenant_id, conversation_id=ticket.conversation_id, queue=wider.slug, reason="widened"
    ):
        raise Superseded
    claims.join(ticket.tenant_id, wider.slug)
    moved = move(ticket, TicketState.OFFERED, set__queue=wider.slug, set__priority=FRONT_OF_QUEUE, unset__due_at=True)
    _tell(_place(moved), "widened")


def _place(ticket: HandoffTicket) -> HandoffTicket:
    """Write down the place that the customer is about to hear."""
    ticket.told_position = claims.position_of(ticket)
    HandoffTicket.objects(tenant_id=ticket.tenant_id, id=ticket.id).update_one(set__told_position=ticket.told_position)
    return ticket


def _tell(ticket: HandoffTicket, what: str, *, wait: Wait | None = None, opening: str = "") -> None:
    """Write to the customer, with the place in the queue that the ticket remembers having told."""
    wait = (wait or Wait(position=1)).model_copy(update={"position": ticket.told_position or 1})
    content = wording.to_customer(what, wait=wait, opening=opening)
    conversations.add_reply(
        tenant_id=ticket.tenant_id, conversation_id=ticket.conversation_id, author=Author.SYSTEM, content=content
    )
