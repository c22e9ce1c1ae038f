"""T2 and speaking: every outbound message requires that its author still holds the conversation."""

from typing import Any

from apps.common.mongo import atomic, new_id
from apps.contracts.content import Content
from apps.contracts.errors import NotHolder, WindowClosed
from apps.contracts.people import ASSISTANT, attendant_holder
from apps.contracts.words import Author, ConversationStatus, MessageKind
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.notes import posted_before
from apps.conversations.services.starting import refuse_opted_out
from apps.conversations.services.window import give_to_person, lets_out, say_if_open

#: Whose reaction it is, beside the customer's.
OURS = "business"


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
    `is_bulk`, what nobody waits for, takes the pace that replies leave over; it, and a template, may raise OptedOut.
    """
    if before := posted_before(conversation_id, client_id):
        return before
    refuse_opted_out(tenant_id, conversation_id, content, is_bulk=is_bulk)
    message_id = new_id()
    said = _latest(author, content, message_id)
    if author is Author.ASSISTANT:
        conversation = _claim_turn(tenant_id, conversation_id, turn or 0, said, collected, is_failed=is_failed)
    elif author is Author.ATTENDANT:
        conversation = _hold(tenant_id, conversation_id, attendant_id, content, said)
    else:
        conversation = _step(tenant_id, conversation_id)
    if conversation is None:
        return None
    who: dict[str, Any] = {"author_id": attendant_id, "author_name": attendant_name, "client_id": client_id}
    answered = _answered(conversation, author, turn)
    who |= {"turn": answered, "replies_to": replies_to, "provenance": provenance, "is_bulk": is_bulk}
    return _say(conversation, author, content, message_id, who)


def _answered(conversation: Conversation, author: Author, turn: int | None) -> int:
    """The turn that this answers: a person answers everything that the customer wrote until then."""
    return int(conversation.turn) if author is Author.ATTENDANT else turn or 0


def _latest(author: Author, content: Content, message_id: str) -> dict[str, Any]:
    """The changes that show it as the conversation's latest word; a reaction says nothing that a list could show."""
    if content.kind is MessageKind.REACTION:
        return {}
    return writing.last_of(author, content, status="queued", message_id=message_id)


def _say(conversation: Conversation, author: Author, content: Content, message_id: str, who: dict[str, Any]) -> str:
    """What the assistant or the product says after the window closed is kept as failed; the assistant's goes to a person."""
    is_let_out = say_if_open(conversation, author=author, content=content, message_id=message_id, **who)
    if content.kind is MessageKind.REACTION:
        show_reaction(conversation, content)
    if not is_let_out and author is Author.ASSISTANT:
        conversation = give_to_person(conversation)
    writing.announce(conversation, "reply_added", message_id=message_id)
    return message_id


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
    tenant_id: str, conversation_id: str, attendant_id: str, content: Content, said: dict[str, Any]
) -> Conversation:
    """The condition under which a person speaks, with the changes that speaking makes."""
    found = Conversation.objects(tenant_id=tenant_id, id=conversation_id).first()
    if found is None or found.holder != str(attendant_holder(attendant_id)):
        raise NotHolder
    if not lets_out(found, content):
        raise WindowClosed
    # A reaction is no answer: whoever waits still waits.
    answered = {} if content.kind is MessageKind.REACTION else {"set__answered": found.turn}
    conversation: Conversation | None = Conversation.objects(
        id=conversation_id,
        holder=str(attendant_holder(attendant_id)),
        status=ConversationStatus.WITH_HUMAN.value,
    ).modify(
        new=True,
        inc__seq=1,
        inc__version=1,
        set__unread=0,
        **answered,
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


def show_reaction(conversation: Conversation, content: Content) -> None:
    """Show our reaction on the message that it is about, or take it away."""
    target = Message.objects(
        account=conversation.account, conversation_id=str(conversation.id), external_id=content.target
    )
    mark = f"reactions__{OURS}"
    found = target.modify(new=True, **{f"set__{mark}": content.emoji} if content.emoji else {f"unset__{mark}": True})
    if found is not None:
        key = f"reaction:{found.id}:{conversation.version}"
        writing.announce(conversation, "reacted", key=key, message_id=str(found.id))
