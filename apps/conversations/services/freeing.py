"""Who is next in a lane: whoever leaves it lets the next message in, in the same transaction."""

from typing import Any

from apps.common.mongo import change_row, object_id
from apps.contracts.words import DeliveryStatus
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing


def next_queued(conversation_id: str) -> Message | None:
    """The message whose turn it is: replies in their order, then what nobody waits for."""
    queued = Message.objects(conversation_id=conversation_id, status=DeliveryStatus.QUEUED.value)
    found: Message | None = queued.order_by("is_bulk", "seq").first()
    return found


def free_lane(conversation_id: str, message_id: str, *, status: str = "") -> Conversation:
    """Take a message out of the lane and let the next queued one in; wake that one, if the lane was really its own.

    With `status`, also show it in the list if the message is the conversation's latest. Gives the conversation as it
    was, but for its version and its lane.
    """
    before = _take_out(conversation_id, message_id, status=status)
    if before.lane == message_id:
        before.lane = ""
        following = next_queued(conversation_id)
        if following is not None:
            _let_in(before, following, after=message_id)
    return before


def give_way(conversation_id: str, message_id: str) -> None:
    """Leave the lane without being done: what nobody waits for does not hold up a reply while it waits itself."""
    before = _take_out(conversation_id, message_id)
    following = next_queued(conversation_id)
    if before.lane == message_id and following is not None and str(following.id) != message_id:
        _let_in(before, following, after=f"{message_id}:{before.version}")


def _let_in(conversation: Conversation, following: Message, *, after: str) -> None:
    if not following.is_bulk:
        # What nobody waits for enters the lane only when it is claimed: a reply may still come before it.
        Conversation.objects(id=conversation.id).update_one(set__lane=str(following.id))
        conversation.lane = str(following.id)
    writing.wake_lane(conversation, following, after=after)


def _take_out(conversation_id: str, message_id: str, *, status: str = "") -> Conversation:
    """Free the lane if it is this message's, decided by the server on the conversation as it is: one round trip."""
    changes: dict[str, Any] = {
        "version": {"$add": [{"$ifNull": ["$version", 0]}, 1]},
        "lane": {"$cond": [{"$eq": ["$lane", message_id]}, "", {"$ifNull": ["$lane", ""]}]},
    }
    if status:
        is_latest = {"$eq": ["$last_message_id", message_id]}
        changes["last_status"] = {"$cond": [is_latest, status, "$last_status"]}
    before = change_row(Conversation, {"_id": object_id(conversation_id)}, [{"$set": changes}])
    if before is None:
        raise LookupError(conversation_id)
    before.version += 1
    return before
