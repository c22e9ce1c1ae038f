"""T2 and speaking: every outbound message requires that its author still holds the conversation."""

from typing import Any

from apps.common import clock
from apps.common.mongo import atomic, new_id
from apps.contracts.content import Content, text_content
from apps.contracts.errors import NotHolder, WindowClosed
from apps.contracts.people import ASSISTANT, attendant_holder
from apps.contracts.words import (
    Author,
    ConversationStatus,
    HandoffReason,
    MessageKind,
    SilenceReason,
)
from apps.conversations import domain
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.intake import handing_off


@atomic
def add_reply(
    *,
    tenant_id: str,
    conversation_id: str,
    author: Author,
    content: Content,
    turn: int | None = None,
    attendant_id: str = "",
    attendant_name: str = "",
    replies_to: str = "",
    provenance: dict[str, Any] | None = None,
    collected: dict[str, str] | None = None,
    is_failed: bool = False,
    client_id: str = "",
    is_bulk: bool = False,
) -> str | None:
    """Commit what an author says, and queue it. Gives the message's id.

    assistant: answers `turn`, while it holds the conversation and nobody wrote since; otherwise the text is discarded,
    on the record, and None is given. `is_failed` counts an answer that did not help. system: always; nobody's turn.
    attendant: raises NotHolder, or WindowClosed when only a template would arrive. The same `client_id` is one message.
    `is_bulk` is what nobody waits for: it is sent with what replies leave over of the channel's pace.
    """
    message_id = new_id()
    said = writing.last_of(author, content, status="queued", message_id=message_id)
    if author is Author.ASSISTANT:
        conversation = _claim_turn(tenant_id, conversation_id, turn or 0, said, collected, is_failed=is_failed)
    elif author is Author.ATTENDANT:
        if before := _posted_before(conversation_id, client_id):
            return before
        conversation = _hold(tenant_id, conversation_id, attendant_id, content.kind, said)
    else:
        conversation = _step(tenant_id, conversation_id)
    if conversation is None:
        return None
    who: dict[str, Any] = {"author_id": attendant_id, "author_name": attendant_name, "client_id": client_id}
    who |= {"message_id": message_id, "turn": turn or 0, "replies_to": replies_to, "provenance": provenance}
    if is_bulk:
        who["is_bulk"] = True
    writing.insert_outbound(conversation, author=author, content=content, **who)
    writing.announce(conversation, "reply_added", message_id=message_id)
    return message_id


@atomic
def request_handoff(
    *,
    tenant_id: str,
    conversation_id: str,
    reason: HandoffReason,
    detail: str = "",
    queue: str = "",
    turn: int | None = None,
    reply: Content | None = None,
    provenance: dict[str, Any] | None = None,
    collected: dict[str, str] | None = None,
) -> bool:
    """Put a conversation that the assistant holds into a queue. With `turn`, only if that turn is still the newest.

    `reply` is what the assistant says while it hands over, from what `provenance` tells. False when somebody else was first.
    """
    condition: dict[str, Any] = {"tenant_id": tenant_id, "id": conversation_id, "holder": str(ASSISTANT)}
    if turn is not None:
        condition |= {"turn": turn, "answered__lt": turn}
    message_id = new_id()
    changes: dict[str, Any] = {"inc__version": 1, **handing_off(tenant_id, queue)}
    changes |= {f"set__collected__{name}": value for name, value in (collected or {}).items()}
    if reply is not None:
        changes |= {"inc__seq": 1, **writing.last_of(Author.ASSISTANT, reply, status="queued", message_id=message_id)}
    conversation = Conversation.objects(**condition).modify(new=True, **changes)
    if conversation is None:
        return False
    if reply is not None:
        where: dict[str, Any] = {"turn": conversation.turn, "message_id": message_id}
        writing.insert_outbound(conversation, author=Author.ASSISTANT, content=reply, provenance=provenance, **where)
    writing.request_person(conversation, reason=reason, detail=detail)
    writing.announce(conversation, "handed_off")
    return True


@atomic
def record_silence(*, tenant_id: str, conversation_id: str, turn: int, reason: SilenceReason) -> bool:
    """Write down why nobody answers a turn, and count it as answered. False when the turn is not open any more."""
    conversation = Conversation.objects(
        tenant_id=tenant_id,
        id=conversation_id,
        holder=str(ASSISTANT),
        turn=turn,
        answered__lt=turn,
    ).modify(new=True, set__answered=turn, inc__version=1)
    if conversation is None:
        return False
    Message.objects(conversation_id=conversation_id, author=Author.CUSTOMER.value, turn=turn).update(
        set__silence=reason.value
    )
    writing.announce(conversation, "silenced", detail=reason.value)
    return True


@atomic
def add_note(
    *,
    tenant_id: str,
    conversation_id: str,
    attendant_id: str,
    attendant_name: str,
    text: str,
    client_id: str = "",
) -> str | None:
    """Write an internal note: for the team only, never sent. Anyone who may see the conversation may write one."""
    if before := _posted_before(conversation_id, client_id):
        return before
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).modify(new=True, inc__version=1)
    if conversation is None:
        return None
    note_id = writing.insert_note(
        conversation,
        author=Author.ATTENDANT,
        content=text_content(text),
        author_id=attendant_id,
        author_name=attendant_name,
        client_id=client_id,
    )
    writing.announce(conversation, "note_added", message_id=note_id)
    return note_id


def _claim_turn(
    tenant_id: str,
    conversation_id: str,
    turn: int,
    said: dict[str, Any],
    collected: dict[str, str] | None,
    *,
    is_failed: bool,
) -> Conversation | None:
    """T2's condition: the assistant holds it, the turn is the newest, nobody answered it."""
    changes: dict[str, Any] = {"inc__failed_replies": 1} if is_failed else {"set__failed_replies": 0}
    changes |= {f"set__collected__{name}": value for name, value in (collected or {}).items()}
    conversation: Conversation | None = Conversation.objects(
        tenant_id=tenant_id,
        id=conversation_id,
        holder=str(ASSISTANT),
        turn=turn,
        answered__lt=turn,
    ).modify(
        new=True,
        set__answered=turn,
        inc__seq=1,
        inc__version=1,
        inc__assistant_replies=1,
        set__unread=0,
        **changes,
        **said,
    )
    if conversation is None:
        _record_discarded(tenant_id, conversation_id, turn)
    return conversation


def _record_discarded(tenant_id: str, conversation_id: str, turn: int) -> None:
    """Say in the thread that the assistant's answer came too late; a mere re-run of an answered turn says nothing."""
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).first()
    if conversation is None or conversation.holder == str(ASSISTANT):
        return
    if Message.objects(conversation_id=conversation_id, author=Author.ASSISTANT.value, turn=turn).count():
        return
    conversation = Conversation.objects(id=conversation_id).modify(new=True, inc__version=1)
    writing.insert_event(conversation, "reply_discarded")
    writing.announce(conversation, "reply_discarded", key=f"discarded:{conversation_id}:{turn}")


def _hold(
    tenant_id: str, conversation_id: str, attendant_id: str, kind: MessageKind, said: dict[str, Any]
) -> Conversation:
    """The condition under which a person speaks, with the changes that speaking makes."""
    found = Conversation.objects(tenant_id=tenant_id, id=conversation_id).first()
    if found is None or found.holder != str(attendant_holder(attendant_id)):
        raise NotHolder
    if kind is not MessageKind.TEMPLATE and not domain.is_window_open(found.window_expires_at, clock.now()):
        raise WindowClosed
    conversation: Conversation | None = Conversation.objects(
        id=conversation_id,
        holder=str(attendant_holder(attendant_id)),
        status=ConversationStatus.WITH_HUMAN.value,
    ).modify(
        new=True,
        set__answered=found.turn,
        inc__seq=1,
        inc__version=1,
        set__unread=0,
        **said,
    )
    if conversation is None:
        raise NotHolder
    return conversation


def _step(tenant_id: str, conversation_id: str) -> Conversation | None:
    """An automatic message needs no holder, only its place in the order."""
    stepped: Conversation | None = Conversation.objects(tenant_id=tenant_id, id=conversation_id).modify(
        new=True, inc__seq=1, inc__version=1
    )
    return stepped


def _posted_before(conversation_id: str, client_id: str) -> str | None:
    before = Message.objects(conversation_id=conversation_id, client_id=client_id).first() if client_id else None
    return None if before is None else str(before.id)
