"""Reactions, edits and deletions show on the message that they are about, in whatever order they arrive.

Everything said about a message is stored as a message of its own; what the target shows is always worked out from all
of them. So an edit that overtook its original, or two edits in the wrong order, end the same as in the right one.
"""

from collections.abc import Sequence
from typing import Any

from apps.contracts.people import ASSISTANT
from apps.contracts.words import Direction, MessageKind, SilenceReason
from apps.conversations.documents import Conversation, Message

_ABOUT_ANOTHER = (MessageKind.REACTION.value, MessageKind.EDIT.value, MessageKind.REVOKE.value)


def amend(account: str, external_id: str) -> Message | None:
    """Bring a message up to date with what was said about it; None when nothing was, or it is not here yet."""
    about = Message.objects(
        account=account, content__target=external_id, kind__in=_ABOUT_ANOTHER, direction__ne=Direction.NOTE.value
    )
    found = list(about.order_by("order"))
    target: Message | None = Message.objects(account=account, external_id=external_id).first() if found else None
    # Whoever knows the id of somebody else's message changes nothing by it.
    said = [one for one in found if target is not None and one.customer_id == target.customer_id]
    if target is None or not said:
        return None
    Message.objects(id=target.id).update_one(**_changes(target, said))
    target.reload()
    return target


def forget_revoked_turn(conversation: Conversation, target: Message) -> None:
    """Nobody answers what the customer took back: if nothing else is open, the turn counts as answered."""
    is_pending = conversation.holder == str(ASSISTANT) and conversation.turn > conversation.answered
    if not is_pending or target.revoked_at is None or target.turn <= conversation.answered:
        return
    heard = Message.objects(conversation_id=str(conversation.id), direction=Direction.INBOUND.value, silence=None)
    if heard.filter(turn=conversation.turn).count() == 0:
        # A turn of its own, such as after a person gave back the conversation.
        return
    if heard.filter(turn__gt=conversation.answered, revoked_at=None).count():
        return
    Conversation.objects(id=conversation.id, turn=conversation.turn).update_one(set__answered=conversation.turn)
    heard.filter(turn__gt=conversation.answered).update(set__silence=SilenceReason.NOTHING_TO_ANSWER.value)


def _changes(target: Message, said: Sequence[Message]) -> dict[str, Any]:
    changes: dict[str, Any] = {"set__reactions": _reactions(said)}
    edits = [one for one in said if one.kind == MessageKind.EDIT.value]
    if edits:
        changes |= {
            "set__text": edits[-1].text,
            "set__content__text": edits[-1].text,
            "set__edited_from": target.edited_from or target.text or " ",
            "set__edited_at": edits[-1].sent_at or edits[-1].created_at,
        }
    revokes = [one for one in said if one.kind == MessageKind.REVOKE.value]
    if revokes:
        changes |= {
            "set__revoked_at": revokes[0].sent_at or revokes[0].created_at,
            "set__revoked_by": _side(revokes[0]),
        }
    return changes


def _reactions(said: Sequence[Message]) -> dict[str, str]:
    """The latest of each side; an empty one takes it back."""
    latest = {_side(one): one.content.get("emoji", "") for one in said if one.kind == MessageKind.REACTION.value}
    return {side: emoji for side, emoji in latest.items() if emoji}


def _side(said: Message) -> str:
    return "customer" if said.direction == Direction.INBOUND.value else "business"
