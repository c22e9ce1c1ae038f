"""Taking in the tickets of conversations that already happened. Nobody is told, offered or called absent for the past."""

from collections.abc import Mapping
from datetime import datetime

from apps.common.mongo import AlreadyExists
from apps.contracts.handoff import TicketState
from apps.contracts.history import PastConversation
from apps.contracts.words import Author, ConversationStatus, HandoffOutcome, HandoffReason
from apps.handoff.documents import HandoffTicket

#: The step that each event of a thread stands for.
_STEPS = {"handed_off": "requested", "taken": "accepted", "closed": "completed"}


def import_tickets(*, conversations: Mapping[str, PastConversation]) -> None:
    """Store one ticket for each conversation that a person holds or closed, with the times its thread tells.

    `conversations` by their new ids; those that never reached a person are passed over.
    """
    for conversation_id, past in conversations.items():
        times = _times(past)
        if not past.attendant_id or not {"requested", "accepted"} <= times.keys():
            continue
        ticket = _ticket(conversation_id, past, times)
        try:
            ticket.save(force_insert=True)
        except AlreadyExists:
            continue


def _ticket(conversation_id: str, past: PastConversation, times: dict[str, datetime]) -> HandoffTicket:
    is_over = past.status is ConversationStatus.CLOSED
    speaks = TicketState.CONVERSING if "conversing" in times else TicketState.ACCEPTED
    return HandoffTicket(
        tenant_id=past.tenant_id,
        created_at=times["requested"],
        conversation_id=conversation_id,
        queue=past.queue,
        reason=_reason(past).value,
        state=(TicketState.COMPLETED if is_over else speaks).value,
        is_open=not is_over,
        queued_at=times["requested"],
        attendant_id=past.attendant_id,
        attendant_name=past.attendant_name,
        held_since=times["accepted"],
        is_watched=False,
        times=times,
        outcome=HandoffOutcome.CLOSED.value if is_over else "",
    )


def _times(past: PastConversation) -> dict[str, datetime]:
    times: dict[str, datetime] = {}
    for message in past.messages:
        step = _STEPS.get(message.content.fields.get("event", ""), "")
        if message.author is Author.ATTENDANT and not message.is_note:
            step = "conversing"
        if step:
            times.setdefault(step, message.at)
    return times


def _reason(past: PastConversation) -> HandoffReason:
    told = (message.content.fields.get("reason", "") for message in past.messages)
    known = [HandoffReason(reason) for reason in told if reason in set(HandoffReason)]
    return known[0] if known else HandoffReason.ASKED_FOR_PERSON
