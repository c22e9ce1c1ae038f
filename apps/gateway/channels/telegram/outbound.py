"""Our content in the vendor's calls. Raises SendError, with a sentence for people, for what it would refuse."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from apps.contracts.content import Choice, Content, Person, Place
from apps.contracts.words import MEDIA_KINDS, MessageKind
from apps.gateway.channels import long_text
from apps.gateway.channels.telegram import ids, limits
from apps.gateway.channels.telegram.bot_api import Params
from apps.gateway.channels.telegram.choices import data_for
from apps.gateway.channels.telegram.limits import check_body, check_choices, check_length, refuse
from apps.gateway.channels.telegram.markup import as_html

#: Titles so short stand side by side, as the numbers of a rating do.
SHORT_TITLE = 3
PLAIN_PICTURES = ("image/jpeg", "image/png", "image/webp", "")


@dataclass(frozen=True)
class Call:
    """One call. `written` is the text before its markup, under the name `text_field`; `file_field` carries the file."""

    method: str
    params: Params = field(default_factory=dict)
    written: str = ""
    text_field: str = ""
    file_field: str = ""

    @property
    def marked_up(self) -> Params:
        html = as_html(self.written) if self.text_field else None
        if html is None:
            return self.plain
        return {**self.params, self.text_field: html, "parse_mode": "HTML"}

    @property
    def plain(self) -> Params:
        return {**self.params, self.text_field: self.written} if self.text_field else self.params


def calls_for(content: Content, *, chat: str, replies_to: str = "") -> list[Call]:
    """The calls that send this content, in order."""
    builder = BUILDERS.get(content.kind)
    if builder is None:
        raise refuse(_("Este canal não envia mensagens deste tipo."))
    calls = builder(content)
    quoted = ids.place_of(replies_to)
    if quoted is not None and quoted.chat == chat and content.kind is not MessageKind.REACTION:
        quote = {"message_id": int(quoted.message), "allow_sending_without_reply": True}
        calls[0] = replace(calls[0], params={**calls[0].params, "reply_parameters": quote})
    return [replace(one, params={"chat_id": chat_id(chat), **one.params}) for one in calls]


def chat_id(chat: str) -> int | str:
    return int(chat) if ids.is_whole(chat) else chat


def _say(text: str, **params: Any) -> Call:
    return Call("sendMessage", params, written=text, text_field="text")


def _text(content: Content) -> list[Call]:
    if not content.text.strip():
        raise refuse(_("A mensagem está vazia."))
    parts = long_text.split(content.text, longest=limits.TEXT_CHARACTERS)
    return [_say(part) for part in parts]


def _buttons(content: Content) -> list[Call]:
    check_choices(content)
    check_body(content.text, limits.TEXT_CHARACTERS)
    return [_say(content.text, reply_markup={"inline_keyboard": _lines(content.choices)})]


def _list(content: Content) -> list[Call]:
    """A button has no second line, so what describes a row stands in the text."""
    check_choices(content)
    described = [f"{one.title}: {one.description}" for one in content.choices if one.description]
    text = "\n".join([content.text, "", *described]) if described else content.text
    check_body(content.text, limits.TEXT_CHARACTERS)
    check_length(text, limits.TEXT_CHARACTERS)
    return [_say(text, reply_markup={"inline_keyboard": _lines(content.choices)})]


def _lines(choices: tuple[Choice, ...]) -> list[list[dict[str, str]]]:
    buttons = [{"text": one.title, "callback_data": data_for(one.id)} for one in choices]
    width = limits.BUTTONS_PER_LINE if all(len(one.title) <= SHORT_TITLE for one in choices) else 1
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]


def _media(content: Content) -> list[Call]:
    media = content.media
    if media is None or not (media.channel_media_id or media.file):
        raise refuse(_("O arquivo não existe."))
    if media.size_bytes is not None:
        limits.check_media_size(content.kind, media.size_bytes)
    method, file_field = _method(content)
    params: Params = {file_field: media.channel_media_id} if media.channel_media_id else {}
    if content.kind is MessageKind.STICKER:
        return [Call(method, params, file_field=file_field)]
    check_length(content.text, limits.CAPTION_CHARACTERS)
    if not content.text.strip():
        return [Call(method, params, file_field=file_field)]
    return [Call(method, params, written=content.text, text_field="caption", file_field=file_field)]


def _method(content: Content) -> tuple[str, str]:
    media, mime_type = content.media, content.media.mime_type if content.media else ""
    match content.kind:
        case MessageKind.IMAGE if mime_type == "image/gif":
            return "sendAnimation", "animation"
        case MessageKind.IMAGE if mime_type in PLAIN_PICTURES:
            return "sendPhoto", "photo"
        case MessageKind.AUDIO if (media is not None and media.voice) or mime_type in ("audio/ogg", "audio/opus"):
            return "sendVoice", "voice"
        case MessageKind.AUDIO:
            return "sendAudio", "audio"
        case MessageKind.VIDEO:
            return "sendVideo", "video"
        case MessageKind.STICKER:
            return "sendSticker", "sticker"
    return "sendDocument", "document"


def _location(content: Content) -> list[Call]:
    place = content.place
    if place is None or abs(place.latitude) > 90 or abs(place.longitude) > 180:
        raise refuse(_("O lugar precisa de latitude e longitude."))
    params: Params = {"latitude": place.latitude, "longitude": place.longitude}
    if not (place.name or place.address):
        return [Call("sendLocation", params)]
    return [Call("sendVenue", {**params, **_named(place)})]


def _named(place: Place) -> Params:
    return {"title": place.name or place.address, "address": place.address or place.name}


def _cards(content: Content) -> list[Call]:
    if not 1 <= len(content.people) <= limits.CARDS:
        raise refuse(_("A mensagem precisa de 1 a %(most)d contatos.") % {"most": limits.CARDS})
    return [_card(one) for one in content.people]


def _card(person: Person) -> Call:
    phone = next((one.strip() for one in person.phones if one.strip()), "")
    if not person.name.strip() or not phone:
        raise refuse(_("Cada contato precisa de um nome e um telefone."))
    return Call("sendContact", {"phone_number": phone, "first_name": person.name.strip()})


def _reaction(content: Content) -> list[Call]:
    place = ids.place_of(content.target)
    if place is None:
        raise refuse(_("A reação não diz a que mensagem se refere."))
    # The vendor writes ❤ without the sign that makes it colourful.
    emoji = content.emoji.replace("\N{VARIATION SELECTOR-16}", "")
    if emoji and emoji not in limits.REACTIONS:
        raise refuse(_("Este canal não aceita esta reação."))
    reaction = [{"type": "emoji", "emoji": emoji}] if emoji else []
    return [Call("setMessageReaction", {"message_id": int(place.message), "reaction": reaction})]


BUILDERS: dict[MessageKind, Callable[[Content], list[Call]]] = {
    MessageKind.TEXT: _text,
    MessageKind.BUTTONS: _buttons,
    MessageKind.LIST: _list,
    MessageKind.LOCATION: _location,
    MessageKind.CONTACTS: _cards,
    MessageKind.REACTION: _reaction,
    **dict.fromkeys(MEDIA_KINDS, _media),
}
