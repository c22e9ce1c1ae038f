"""One update → our messages. There are no batches and no receipts; only private conversations are read. Nothing raises."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from apps.contracts.channels import ParsedWebhook
from apps.contracts.content import Content
from apps.contracts.messages import InboundMessage, Sender
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import MessageKind
from apps.gateway.channels.reading import Unreadable, as_json, is_true, items, mapping, number, read_json, text
from apps.gateway.channels.telegram import consent, ids
from apps.gateway.channels.telegram.abilities import ABILITIES, KIND
from apps.gateway.channels.telegram.choices import chosen
from apps.gateway.channels.telegram.content import read_content, unsupported

#: Before the vendor existed, or further ahead than a wrong clock explains: the time of arrival serves instead.
EARLIEST_SECOND = 1_370_000_000
FURTHEST_AHEAD_SECONDS = 2 * 86_400
LONGEST_KEPT_RAW = 20_000
PRIVATE = "private"


class Update(NamedTuple):
    """One update being read. `about` is the object that its kind names."""

    account: ChannelAccountValue
    received_ns: int
    update_id: str
    about: dict[str, Any]

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(self.received_ns / 1e9, tz=UTC)

    def moment(self, name: str) -> datetime:
        """Read a Unix time in seconds."""
        seconds = number(self.about, name)
        if seconds is None or not EARLIEST_SECOND <= seconds <= self.received_ns // 10**9 + FURTHEST_AHEAD_SECONDS:
            return self.received_at
        return datetime.fromtimestamp(int(seconds), tz=UTC)


class NotForUs(Exception):
    """Nobody here acts on this update. The message says what it was."""


class Unclear(Exception):
    """Something that every update of this kind has is missing. The message says what."""


def parse(account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
    """Normalise one update. What cannot be read becomes a problem, what nobody here acts on a notice."""
    try:
        content = read_json(body)
    except Unreadable as error:
        return ParsedWebhook(problems=((f"the body is not JSON ({error})", ""),))
    raw = as_json(content)[:LONGEST_KEPT_RAW]
    if not isinstance(content, dict):
        return ParsedWebhook(problems=(("the body is no update", raw),))
    kind = next((name for name in READERS if isinstance(content.get(name), dict)), "")
    if not kind:
        named = next((name for name in content if name != "update_id"), "without content")
        return ParsedWebhook(notices=((f"update {named[:60]}", raw),))
    try:
        if not ids.is_whole(text(content, "update_id")):
            raise Unclear("an update without its number")
        update = Update(account, received_ns, text(content, "update_id"), content[kind])
        return ParsedWebhook(messages=(READERS[kind](update),))
    except NotForUs as why:
        return ParsedWebhook(notices=((str(why), raw),))
    except Unclear as why:
        return ParsedWebhook(problems=((str(why), raw),))


def _message(update: Update) -> InboundMessage:
    return _inbound(update, ids.message_id(*_place(update.about)), read_content(update.about), at="date")


def _edited(update: Update) -> InboundMessage:
    """The text after the edit; what it said before stands in the message that `target` names."""
    chat, message = _place(update.about)
    after = read_content(update.about)
    content = Content(
        kind=MessageKind.EDIT, text=after.text, media=after.media, target=ids.message_id(chat, message), raw=after.raw
    )
    return _inbound(update, ids.update_key(chat, "edit", update.update_id), content, at="edit_date")


def _tapped(update: Update) -> InboundMessage:
    """A button of ours: the vendor's app waits until the tap is acknowledged."""
    offer = mapping(update.about, "message")
    query, data = text(update.about, "id"), text(update.about, "data")
    if not re.fullmatch(r"\w{1,64}", query):
        raise Unclear("a tap without its number")
    chat, message = _place(offer)
    offered_by = ids.message_id(chat, message)
    content = unsupported(update.about, said="callback_query")
    if data:
        choice = chosen(update.account, data, title=_title_of(offer, data), offered_by=offered_by)
        content = Content(kind=MessageKind.BUTTON_REPLY, text=choice.title, choice=choice)
    # The tap itself has no time; that of the offer would be the past.
    inbound = _inbound(update, ids.update_key(chat, "tap", query), content, at="", chat=mapping(offer, "chat"))
    return inbound.model_copy(update={"replies_to": offered_by})


def _title_of(offer: dict[str, Any], data: str) -> str:
    lines = mapping(offer, "reply_markup").get("inline_keyboard")
    for line in lines if isinstance(lines, list) else ():
        for button in items({"line": line}, "line"):
            if text(button, "callback_data") == data:
                return text(button, "text")
    return ""


def _reacted(update: Update) -> InboundMessage:
    chat, message = _place(update.about)
    latest = items(update.about, "new_reaction")[-1:]
    emoji = text(latest[0], "emoji") if latest else ""
    content = Content(kind=MessageKind.REACTION, emoji=emoji, target=ids.message_id(chat, message))
    if latest and not emoji:
        content = unsupported(update.about, said=f"reaction {text(latest[0], 'type')}".strip())
    return _inbound(update, ids.update_key(chat, "reaction", update.update_id), content, at="date", by="user")


def _membership(update: Update) -> InboundMessage:
    """The customer blocked the account, or let it write again: their own word on whether they want to hear from us."""
    before = text(mapping(update.about, "old_chat_member"), "status")
    after = text(mapping(update.about, "new_chat_member"), "status")
    chat = text(mapping(update.about, "chat"), "id")
    content = consent.read(before, after)
    if content is None:
        raise NotForUs(f"membership {before[:20]} to {after[:20]}")
    return _inbound(update, ids.update_key(chat, "member", update.update_id), content, at="date")


def _place(about: dict[str, Any]) -> tuple[str, str]:
    chat, message = text(mapping(about, "chat"), "id"), text(about, "message_id")
    if not ids.is_whole(chat) or not ids.is_whole(message):
        raise Unclear("a message without its numbers")
    return chat, message


def _inbound(
    update: Update,
    external_id: str,
    content: Content,
    *,
    at: str,
    by: str = "from",
    chat: dict[str, Any] | None = None,
) -> InboundMessage:
    """Put it together. `at` and `by` name the fields that say when and who."""
    account, chat = update.account, mapping(update.about, "chat") if chat is None else chat
    sent_at = update.moment(at) if at else update.received_at
    quoted = mapping(update.about, "reply_to_message")
    return InboundMessage(
        tenant_id=account.tenant_id,
        account=account.slug,
        channel=KIND,
        external_id=external_id,
        sender=_sender(update, mapping(update.about, by), chat),
        content=content,
        sent_at=sent_at,
        received_at=update.received_at,
        # Deliveries run in parallel and overtake one another: within a second the vendor's own count decides.
        order=f"{int(sent_at.timestamp()):012d}.{max(0, int(update.update_id)):020d}.0000",
        replies_to=ids.message_id(*_place(quoted)) if text(quoted, "message_id") and mapping(quoted, "chat") else "",
        window_seconds=ABILITIES.window_seconds,
    )


def _sender(update: Update, person: dict[str, Any], chat: dict[str, Any]) -> Sender:
    kind, address, person_id = text(chat, "type"), text(chat, "id"), text(person, "id")
    if kind != PRIVATE:
        # Nobody but a group's members may be answered there, and the assistant never is one.
        raise NotForUs(f"a message in a {kind[:20] or 'conversation of no kind'}")
    if is_true(person, "is_bot"):
        raise NotForUs("a message of another program")
    if not re.fullmatch(r"\d{1,19}", person_id) or not ids.is_whole(address):
        raise Unclear("a message whose sender nothing identifies")
    names = (text(person, "first_name").strip(), text(person, "last_name").strip())
    return Sender(
        identities=(f"{KIND}:{person_id}",),
        address=address,
        name=" ".join(one for one in names if one)[:200],
        phone=_own_phone(update.about, person_id),
        username=text(person, "username")[:100],
    )


def _own_phone(about: dict[str, Any], person_id: str) -> str:
    """The sender's number, when the card that they shared is their own by the vendor's word."""
    card = mapping(about, "contact")
    if text(card, "user_id") != person_id:
        return ""
    return "".join(one for one in text(card, "phone_number") if one in "0123456789")[:20]


READERS: dict[str, Callable[[Update], InboundMessage]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _tapped,
    "message_reaction": _reacted,
    "my_chat_member": _membership,
}
