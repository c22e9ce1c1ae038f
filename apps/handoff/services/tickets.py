"""What happens to a ticket. Each command is one transaction with the conversation's own change inside."""

from apps.common import clock
from apps.common.mongo import AlreadyExists, after_commit, atomic
from apps.contracts.content import text_content
from apps.contracts.conversations import ConversationValue
from apps.contracts.errors import AlreadyAssigned, CapacityReached, NotHolder
from apps.contracts.events import HandoffCompleted
from apps.contracts.handoff import TicketState
from apps.contracts.people import AttendantValue, Holder, attendant_holder
from apps.contracts.words import Author, ConversationStatus, HandoffOutcome, HandoffReason, HolderKind
from apps.conversations import selectors as conversation_queries
from apps.conversations import services as conversations
from apps.events.services import publish
from apps.handoff import claims, metrics, saga
from apps.handoff.documents import HandoffTicket
from apps.handoff.domain import candidates
from apps.handoff.selectors import people_of, queue_of, wait_in
from apps.tenants import selectors as tenants


def open_ticket(
    *,
    tenant_id: str,
    conversation_id: str,
    reason: HandoffReason,
    reason_detail: str = "",
    queue: str = "",
    turn: int = 0,
) -> bool:
    """Open a ticket and tell the customer at once, place in the queue included. False when there was nothing to open.

    Safe to repeat: only a conversation that waits for a person and has no open ticket gets one.
    """
    conversation = conversation_queries.conversation(tenant_id, conversation_id)
    if conversation is None or conversation.status is not ConversationStatus.WAITING_HUMAN:
        return False
    found = queue_of(tenant_id, conversation.queue or queue)
    people = people_of(found)
    try:
        saga.open_and_tell(
            conversation,
            queue=found,
            reason=reason,
            reason_detail=reason_detail,
            turn=turn,
            offered_to=[person.attendant_id for person in candidates(people or [])][:20],
            wait=wait_in(found, people),
        )
    except AlreadyExists:
        return False
    metrics.TICKETS_OPENED.labels(reason.value).inc()
    return True


def accept_conversation(*, attendant: AttendantValue, conversation_id: str, is_watched: bool = True) -> None:
    """Give a waiting conversation, or one that the assistant holds, to this attendant.

    `is_watched` False is for machines, which do not lose it for being silent. Taking again what one holds already changes nothing. Raises AlreadyAssigned when somebody else was first,
    CapacityReached, and NotHolder for a conversation that is closed, unknown or of a queue they do not serve.
    """
    try:
        _accept(attendant=attendant, conversation_id=conversation_id, is_watched=is_watched)
    except AlreadyAssigned:
        metrics.CLAIMS.labels("lost").inc()
        raise
    except CapacityReached:
        metrics.CLAIMS.labels("over_capacity").inc()
        raise
    metrics.CLAIMS.labels("won").inc()


@atomic
def _accept(*, attendant: AttendantValue, conversation_id: str, is_watched: bool) -> None:
    conversation = _takeable(attendant, conversation_id)
    if conversation.holder == attendant_holder(attendant.id):
        return
    conversations.take_conversation(
        tenant_id=attendant.tenant_id,
        conversation_id=conversation_id,
        attendant_id=attendant.id,
        attendant_name=attendant.name,
        expected=conversation.holder,
    )
    ticket = claims.open_ticket_of(attendant.tenant_id, conversation_id)
    if ticket is None:
        queue = queue_of(attendant.tenant_id, conversation.queue)
        saga.open_accepted(conversation, queue=queue.slug, attendant=attendant, is_watched=is_watched)
        return
    accepted = saga.accept(ticket, attendant, is_watched=is_watched)
    waited = (accepted.held_since - ticket.queued_at).total_seconds()
    after_commit(lambda: metrics.WAIT_SECONDS.observe(max(0.0, waited)))


def _takeable(attendant: AttendantValue, conversation_id: str) -> ConversationValue:
    conversation = conversation_queries.conversation(attendant.tenant_id, conversation_id)
    if conversation is None or conversation.status is ConversationStatus.CLOSED:
        raise NotHolder
    holder = conversation.holder
    if holder.kind is HolderKind.ATTENDANT and holder.id != attendant.id:
        other = tenants.attendant(attendant.tenant_id, holder.id)
        raise AlreadyAssigned(other.name if other else "")
    serves = attendant.is_supervisor or holder.id in attendant.queues
    if holder.kind is HolderKind.QUEUE and not serves:
        raise NotHolder
    return conversation


@atomic
def transfer(
    *, attendant: AttendantValue, conversation_id: str, to: Holder, reason: str, note: str = "", sentence: str = ""
) -> None:
    """Hand a conversation that this attendant holds to another attendant or to a queue.

    `note` is for the receiver, `sentence` goes to the customer exactly as written, and first. Raises NotHolder,
    CapacityReached when the receiver has no room, LookupError for a receiver that does not exist.
    """
    tenant_id = attendant.tenant_id
    if to == attendant_holder(attendant.id):
        return
    receiver = tenants.attendant(tenant_id, to.id) if to.kind is HolderKind.ATTENDANT else None
    queue = tenants.queue(tenant_id, to.id) if to.kind is HolderKind.QUEUE else None
    if receiver is None and queue is None:
        raise LookupError(str(to))
    if sentence:
        conversations.add_reply(
            tenant_id=tenant_id,
            conversation_id=conversation_id,
            author=Author.ATTENDANT,
            content=text_content(sentence),
            attendant_id=attendant.id,
            attendant_name=attendant.name,
        )
    conversations.transfer_conversation(
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        attendant_id=attendant.id,
        attendant_name=attendant.name,
        to=to,
        to_name=receiver.name if receiver else queue.name if queue else "",
        reason=reason,
        note=note,
    )
    ticket = _ticket_held_by(attendant, conversation_id)
    if receiver is not None:
        saga.hand_on(ticket, receiver, reason=reason)
    elif queue is not None:
        saga.hand_back(ticket, queue, reason=reason, now=clock.now())


@atomic
def complete(
    *, attendant: AttendantValue, conversation_id: str, outcome: HandoffOutcome, ask_rating: bool = True
) -> None:
    """End the attendant's part: close the conversation, or return it to the assistant. Raises NotHolder."""
    tenant_id = attendant.tenant_id
    if outcome is HandoffOutcome.CLOSED:
        conversations.close_conversation(
            tenant_id=tenant_id,
            conversation_id=conversation_id,
            attendant_id=attendant.id,
            by=attendant.name,
            outcome="attendant",
        )
    else:
        conversations.return_to_assistant(
            tenant_id=tenant_id,
            conversation_id=conversation_id,
            attendant_id=attendant.id,
            attendant_name=attendant.name,
        )
    ticket = saga.complete(_ticket_held_by(attendant, conversation_id), outcome)
    publish(
        HandoffCompleted(
            tenant_id=tenant_id,
            conversation_id=conversation_id,
            outcome=outcome,
            attendant_id=attendant.id,
            ticket_id=str(ticket.id),
            ask_rating=ask_rating,
        ),
        key=f"ho:{ticket.id}",
    )
    after_commit(lambda: metrics.TICKETS_ENDED.labels(outcome.value).inc())


@atomic
def note_first_reply(*, tenant_id: str, conversation_id: str, attendant_id: str) -> None:
    """Start of the conversing step: the first thing that a person said. Repeats change nothing."""
    ticket = claims.open_ticket_of(tenant_id, conversation_id)
    if ticket is None or ticket.state != TicketState.ACCEPTED.value or ticket.attendant_id != attendant_id:
        return
    saga.converse(ticket)


def _ticket_held_by(attendant: AttendantValue, conversation_id: str) -> HandoffTicket:
    """The open ticket of a conversation that is known to be this attendant's.

    The conversation is the truth: a ticket that is missing, or tells otherwise, is set right here.
    """
    ticket = claims.open_ticket_of(attendant.tenant_id, conversation_id)
    if ticket is None:
        conversation = conversation_queries.conversation(attendant.tenant_id, conversation_id)
        if conversation is None:
            raise NotHolder
        queue = queue_of(attendant.tenant_id, conversation.queue)
        return saga.open_accepted(conversation, queue=queue.slug, attendant=attendant)
    if ticket.attendant_id != attendant.id:
        return saga.adopt(ticket, attendant)
    return ticket
