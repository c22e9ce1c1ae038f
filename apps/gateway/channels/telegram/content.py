"""What one inbound message says: each of the vendor's kinds in our words. `text` holds only what the customer wrote."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from apps.contracts.content import Choice, Content, Media, Person, Place
from apps.contracts.words import MessageKind
from apps.gateway.channels.reading import is_true, items, mapping, number, text

Reader = Callable[[dict[str, Any]], Content]

START = "/start"
LONGEST_START = 64
#: What stands in every message, whatever it says; anything else may name a kind that is newer than this code.
ENVELOPE = frozenset(
    "message_id message_thread_id date edit_date chat from sender_chat entities caption_entities caption "
    "reply_to_message external_reply quote forward_origin via_bot media_group_id author_signature reply_markup "
    "link_preview_options has_protected_content show_caption_above_media is_from_offline effect_id".split()
)


def read_content(message: dict[str, Any]) -> Content:
    """Normalise one message; a kind nobody knows keeps its raw form."""
    for name, reader in READERS.items():
        if name in message:
            return reader(message)
    return unsupported(message)


def unsupported(message: dict[str, Any], *, said: str = "") -> Content:
    """`fields["type"]` says what it was: a poll, a die, or whatever the message has beside its envelope."""
    said = said or next((name for name in message if name not in ENVELOPE), "")
    return Content(kind=MessageKind.UNSUPPORTED, fields={"type": said} if said else {}, raw=message)


def _text(message: dict[str, Any]) -> Content:
    written = text(message, "text")
    command, _space, payload = written.partition(" ")
    if command != START:
        return Content(kind=MessageKind.TEXT, text=written)
    # Nobody types this: it is what the app sends when the customer presses the button that opens the conversation.
    referral = {"source_type": "link", "source_id": payload.strip()[:LONGEST_START]} if payload.strip() else {}
    title = _("Iniciar")
    return Content(kind=MessageKind.BUTTON_REPLY, text=title, choice=Choice(id=START, title=title), referral=referral)


def _file(kind: MessageKind, name: str, *, usual_type: str = "", voice: bool = False, animated: bool = False) -> Reader:
    def read(message: dict[str, Any]) -> Content:
        found = mapping(message, name)
        return _media(message, kind, found, usual_type=usual_type, voice=voice, animated=animated)

    return read


def _photo(message: dict[str, Any]) -> Content:
    """The same picture in several sizes: the largest counts."""
    sizes = items(message, "photo")
    largest = max(sizes, key=lambda one: (number(one, "width") or 0) * (number(one, "height") or 0), default={})
    return _media(message, MessageKind.IMAGE, largest, usual_type="image/jpeg")


def _sticker(message: dict[str, Any]) -> Content:
    found = mapping(message, "sticker")
    is_video, is_drawn = is_true(found, "is_video"), is_true(found, "is_animated")
    usual_type = "video/webm" if is_video else "application/x-tgsticker" if is_drawn else "image/webp"
    return _media(message, MessageKind.STICKER, found, usual_type=usual_type, animated=is_video or is_drawn)


def _media(
    message: dict[str, Any],
    kind: MessageKind,
    found: dict[str, Any],
    *,
    usual_type: str = "",
    voice: bool = False,
    animated: bool = False,
) -> Content:
    file_id = text(found, "file_id")
    if not file_id:
        return unsupported(message)
    size = number(found, "file_size")
    media = Media(
        channel_media_id=file_id,
        mime_type=text(found, "mime_type").split(";")[0].strip().lower() or usual_type,
        filename=text(found, "file_name")[:255],
        size_bytes=int(size) if size is not None and 0 <= size < 2**53 else None,
        voice=voice,
        animated=animated,
    )
    return Content(kind=kind, text=text(message, "caption"), media=media)


def _location(message: dict[str, Any]) -> Content:
    return _place(message, mapping(message, "location"), name="", address="")


def _venue(message: dict[str, Any]) -> Content:
    found = mapping(message, "venue")
    return _place(message, mapping(found, "location"), name=text(found, "title"), address=text(found, "address"))


def _place(message: dict[str, Any], found: dict[str, Any], *, name: str, address: str) -> Content:
    latitude, longitude = number(found, "latitude"), number(found, "longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return unsupported(message)
    place = Place(latitude=latitude, longitude=longitude, name=name, address=address)
    return Content(kind=MessageKind.LOCATION, text=", ".join(one for one in (name, address) if one), place=place)


def _card(message: dict[str, Any]) -> Content:
    found = mapping(message, "contact")
    name = " ".join(one for one in (text(found, "first_name"), text(found, "last_name")) if one)
    phone = text(found, "phone_number")
    person = Person(name=name or phone, phones=(phone,) if phone else ())
    return Content(kind=MessageKind.CONTACTS, text=person.name, people=(person,))


#: In this order: an animation fills `document` too, a venue `location`.
READERS: dict[str, Reader] = {
    "text": _text,
    "photo": _photo,
    "voice": _file(MessageKind.AUDIO, "voice", usual_type="audio/ogg", voice=True),
    "audio": _file(MessageKind.AUDIO, "audio", usual_type="audio/mpeg"),
    "video": _file(MessageKind.VIDEO, "video", usual_type="video/mp4"),
    "video_note": _file(MessageKind.VIDEO, "video_note", usual_type="video/mp4"),
    "animation": _file(MessageKind.VIDEO, "animation", usual_type="video/mp4", animated=True),
    "document": _file(MessageKind.DOCUMENT, "document"),
    "sticker": _sticker,
    "venue": _venue,
    "location": _location,
    "contact": _card,
}
