"""T3: who holds a conversation. Taking it silences the assistant in the same step."""

from datetime import datetime
from typing import Any

from apps.common import clock
from apps.common.mongo import Q, atomic
from apps.contracts.errors import AlreadyAssigned, NotHolder
from apps.contracts.people import ASSISTANT, NOBODY, Holder, attendant_holder
from apps.contracts.words import (
    Author,
    ConversationStatus,
    DeliveryStatus,
    Direction,
    HolderKind,
)
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.freeing import free_lane
from apps.conversations.services.handing import handing_off


@atomic
def take_conversation(
    *,
    tenant_id: str,
    conversation_id: str,
    attendant_id: str,
    attendant_name: str,
    expected: Holder | None = None,
) -> None:
    """Give a conversation to an attendant. Raises AlreadyAssigned, naming who was first.

    `expected` is who held it when the attendant looked; None takes it from the assistant or any queue. Taking what
    one holds already changes nothing.
    """
    mine = attendant_holder(attendant_id)
    found = Conversation.objects(tenant_id=tenant_id, id=conversation_id).first()
    if found is None or not found.is_open:
        raise NotHolder
    holder = Holder.parse(found.holder)
    if holder == mine:
        return
    if holder.kind is HolderKind.ATTENDANT or (expected is not None and holder != expected):
        raise AlreadyAssigned(found.attendant_name)
    conversation = Conversation.objects(id=conversation_id, holder=found.holder).modify(
        new=True,
        set__holder=str(mine),
        set__status=ConversationStatus.WITH_HUMAN.value,
        set__attendant_id=attendant_id,
        set__attendant_name=attendant_name,
        add_to_set__participants=attendant_id,
        unset__waiting_since=True,
        set__answered=found.turn,
        inc__seq=1,
        inc__version=1,
    )
    if conversation is None:
        raise AlreadyAssigned(found.attendant_name)
    silence_assistant(conversation)
    writing.insert_event(conversation, "taken", by=attendant_name)
    writing.announce(conversation, "taken")


def silence_assistant(conversation: Conversation) -> None:
    """Cancel what the assistant has queued; what may be on its way is unknown and holds nobody else's text back."""
    conversation_id = str(conversation.id)
    spoken = {"conversation_id": conversation_id, "author": Author.ASSISTANT.value}
    Message.objects(**spoken, status=DeliveryStatus.QUEUED.value).update(
        set__status=DeliveryStatus.CANCELLED.value, set__times__cancelled=clock.now()
    )
    Message.objects(**spoken, status=DeliveryStatus.UNCONFIRMED.value).update(
        set__status=DeliveryStatus.UNKNOWN.value, set__times__unknown=clock.now()
    )
    if conversation.lane:
        in_lane = Message.objects(id=conversation.lane).only("status").first()
        if in_lane is None or in_lane.status in (
            DeliveryStatus.CANCELLED.value,
            DeliveryStatus.UNKNOWN.value,
        ):
            free_lane(conversation_id, conversation.lane)


@atomic
def transfer_conversation(
    *,
    tenant_id: str,
    conversation_id: str,
    attendant_id: str,
    attendant_name: str,
    to: Holder,
    to_name: str,
    reason: str,
    note: str = "",
) -> None:
    """Pass a conversation on to an attendant or a queue. Raises NotHolder; the old holder loses it in the same step."""
    changes = {"set__holder": str(to), "inc__version": 1, **_handing_to(tenant_id, to, to_name)}
    conversation = Conversation.objects(
        tenant_id=tenant_id,
        id=conversation_id,
        holder=str(attendant_holder(attendant_id)),
    ).modify(new=True, **changes)
    if conversation is None:
        raise NotHolder
    writing.insert_event(
        conversation,
        "transferred",
        by=attendant_name,
        to=to_name,
        reason=reason,
        note=note,
    )
    writing.announce(conversation, "transferred", detail=str(to))


def _handing_to(tenant_id: str, to: Holder, to_name: str) -> dict[str, Any]:
    if to.kind is HolderKind.ATTENDANT:
        return {
            "set__attendant_id": to.id,
            "set__attendant_name": to_name,
            "add_to_set__participants": to.id,
            "inc__unread": 1,
        }
    return {"set__attendant_id": "", "set__attendant_name": "", **handing_off(tenant_id, to.id)}


@atomic
def requeue_conversation(
    *, tenant_id: str, conversation_id: str, attendant_id: str, reason: str, waiting_since: datetime | None = None
) -> bool:
    """Put back into its queue what an attendant held who is gone. False when they do not hold it any more.

    `waiting_since` is when the customer first asked for a person, so that they stand where they stood.
    """
    found = Conversation.objects(
        tenant_id=tenant_id,
        id=conversation_id,
        holder=str(attendant_holder(attendant_id)),
    ).first()
    if found is None:
        return False
    conversation = Conversation.objects(id=conversation_id).modify(
        new=True,
        inc__version=1,
        set__attendant_id="",
        set__attendant_name="",
        **handing_off(tenant_id, found.queue) | ({"set__waiting_since": waiting_since} if waiting_since else {}),
    )
    writing.insert_event(conversation, "requeued", by=found.attendant_name, reason=reason)
    writing.announce(conversation, "requeued")
    return True


@atomic
def return_to_assistant(
    *,
    tenant_id: str,
    conversation_id: str,
    attendant_id: str = "",
    attendant_name: str = "",
    reason: str = "",
) -> None:
    """Give a conversation back to the assistant; if the customer wrote last, that turn is published again.

    By its holder, or by nobody in particular (`attendant_id` "") for what waits in a queue. Raises NotHolder.
    """
    held = (
        {"holder": str(attendant_holder(attendant_id))}
        if attendant_id
        else {"status": ConversationStatus.WAITING_HUMAN.value}
    )
    changes: dict[str, Any] = {"inc__turn": 1} if _customer_wrote_last(conversation_id) else {}
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id, is_open=True, **held).modify(
        new=True,
        set__holder=str(ASSISTANT),
        set__status=ConversationStatus.ACTIVE.value,
        set__attendant_id="",
        set__attendant_name="",
        set__failed_replies=0,
        unset__waiting_since=True,
        inc__version=1,
        **changes,
    )
    if conversation is None:
        raise NotHolder
    # The marker tells the model where the person stopped speaking.
    writing.insert_event(conversation, "returned", by=attendant_name, reason=reason)
    if changes:
        writing.await_assistant(conversation, due=clock.now(), change="returned")
    else:
        writing.announce(conversation, "returned")


def _customer_wrote_last(conversation_id: str) -> bool:
    """Whether nobody answered the customer's last message; what was cancelled was never said.

    Judged by turns: a message that reached us late stands before an answer in the thread that does not know of it. Only
    what a person wrote elsewhere has no turn, and is placed by its time. Then the conversation goes back with a turn of
    its own, because the last one may have had an answer that was cancelled when the person took over, and an answer is
    unique in its turn.
    """
    written = Message.objects(conversation_id=conversation_id, direction=Direction.INBOUND.value, turn__gt=0)
    last = written.order_by("-turn", "-order").only("turn", "order").first()
    if last is None:
        return False
    answer = Q(turn__gte=last.turn) | Q(turn=0, order__gt=last.order)
    spoken = Message.objects(
        answer,
        conversation_id=conversation_id,
        author__in=[Author.ASSISTANT.value, Author.ATTENDANT.value],
        direction=Direction.OUTBOUND.value,
        status__ne=DeliveryStatus.CANCELLED.value,
    )
    return spoken.only("id").first() is None


@atomic
def close_conversation(
    *,
    tenant_id: str,
    conversation_id: str,
    outcome: str,
    attendant_id: str = "",
    by: str = "",
) -> bool:
    """Close a conversation: by its holder, or, with no `attendant_id`, by the assistant or the clock. Raises NotHolder."""
    condition: dict[str, Any] = {
        "tenant_id": tenant_id,
        "id": conversation_id,
        "is_open": True,
    }
    if attendant_id:
        condition["holder"] = str(attendant_holder(attendant_id))
    now = clock.now()
    conversation = Conversation.objects(**condition).modify(
        new=True,
        set__status=ConversationStatus.CLOSED.value,
        set__is_open=False,
        set__holder=str(NOBODY),
        set__closed_at=now,
        set__outcome=outcome,
        set__unread=0,
        unset__waiting_since=True,
        inc__version=1,
    )
    if conversation is None:
        if attendant_id:
            raise NotHolder
        return False
    writing.insert_event(conversation, "closed", by=by, outcome=outcome)
    writing.announce(conversation, "closed", detail=outcome)
    return True
