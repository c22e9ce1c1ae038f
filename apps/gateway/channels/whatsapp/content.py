"""What one inbound message says: each WhatsApp type in our words. `text` holds only what the customer wrote or chose."""

import json
from collections.abc import Callable
from typing import Any

from apps.contracts.content import Choice, Content, Media, OrderItem, Person, Place
from apps.contracts.words import MessageKind
from apps.gateway.channels.reading import as_json, is_true, items, mapping, number, text
from apps.gateway.channels.whatsapp.customer_news import read_system

Reader = Callable[[dict[str, Any]], Content]


def read_message_content(message: dict[str, Any]) -> Content:
    """Everything that one element of `messages[]` says, with where it came from: a forward, a product, an advertisement."""
    context = mapping(message, "context")
    is_often = is_true(context, "frequently_forwarded")
    return read_content(message).model_copy(
        update={
            "referral": referral_of(message),
            "product": text(mapping(context, "referred_product"), "product_retailer_id")[:200],
            "is_forwarded": is_often or is_true(context, "forwarded"),
            "is_forwarded_often": is_often,
        }
    )


def read_content(message: dict[str, Any]) -> Content:
    """Normalise one element of `messages[]`; a type nobody knows keeps its raw form."""
    reader = READERS.get(text(message, "type"), _unsupported)
    return reader(message)


def referral_of(message: dict[str, Any]) -> dict[str, str]:
    """The advertisement or post that the customer came from, by Meta's field names."""
    return {
        name: text(message["referral"], name)
        for name in mapping(message, "referral")
        if text(message["referral"], name)
    }


def _text(message: dict[str, Any]) -> Content:
    return Content(kind=MessageKind.TEXT, text=text(mapping(message, "text"), "body"))


def _media(kind: MessageKind) -> Reader:
    def read(message: dict[str, Any]) -> Content:
        found = mapping(message, text(message, "type"))
        media = Media(
            channel_media_id=text(found, "id"),
            url=text(found, "url"),
            # "audio/ogg; codecs=opus": the parameters are not part of the type.
            mime_type=text(found, "mime_type").split(";")[0].strip().lower(),
            sha256=text(found, "sha256"),
            filename=text(found, "filename")[:255],
            voice=is_true(found, "voice"),
            animated=is_true(found, "animated"),
        )
        return Content(kind=kind, text=text(found, "caption"), media=media)

    return read


def _location(message: dict[str, Any]) -> Content:
    found = mapping(message, "location")
    latitude, longitude = number(found, "latitude"), number(found, "longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return _unsupported(message)
    name, address = text(found, "name"), text(found, "address")
    place = Place(latitude=latitude, longitude=longitude, name=name, address=address, url=text(found, "url"))
    return Content(kind=MessageKind.LOCATION, text=", ".join(one for one in (name, address) if one), place=place)


def _contacts(message: dict[str, Any]) -> Content:
    people = []
    for card in items(message, "contacts"):
        name = mapping(card, "name")
        parts = " ".join(one for one in (text(name, "first_name"), text(name, "last_name")) if one)
        phones = tuple(one for one in (text(p, "phone") or text(p, "wa_id") for p in items(card, "phones")) if one)
        people.append(
            Person(
                name=text(name, "formatted_name") or parts,
                phones=phones,
                emails=tuple(one for one in (text(e, "email") for e in items(card, "emails")) if one),
                organisation=text(mapping(card, "org"), "company"),
            )
        )
    return Content(
        kind=MessageKind.CONTACTS, text=", ".join(one.name for one in people if one.name), people=tuple(people)
    )


def _interactive(message: dict[str, Any]) -> Content:
    found = mapping(message, "interactive")
    match text(found, "type"):
        case "button_reply":
            return _chosen(MessageKind.BUTTON_REPLY, mapping(found, "button_reply"))
        case "list_reply":
            return _chosen(MessageKind.LIST_REPLY, mapping(found, "list_reply"))
        case "nfm_reply":
            return _flow(mapping(found, "nfm_reply"))
        case _:
            return _unsupported(message)


def _chosen(kind: MessageKind, reply: dict[str, Any]) -> Content:
    choice = Choice(id=text(reply, "id"), title=text(reply, "title"), description=text(reply, "description"))
    return Content(kind=kind, text=choice.title, choice=choice)


def _flow(reply: dict[str, Any]) -> Content:
    """`response_json` is text; decoded it is an object, at times a list, at times not JSON at all."""
    written = text(reply, "response_json")
    try:
        answers = json.loads(written)
    except (ValueError, RecursionError):
        answers = {"response": written} if written else reply.get("response_json")
    if isinstance(answers, list):
        answers = {str(position): value for position, value in enumerate(answers, start=1)}
    if not isinstance(answers, dict):
        answers = {} if answers is None else {"response": answers}
    fields = {_field_name(name): _field_text(value) for name, value in answers.items() if name != "flow_token"}
    return Content(
        kind=MessageKind.FLOW_REPLY, text="\n".join(f"{name}: {value}" for name, value in fields.items()), fields=fields
    )


def _field_name(name: str) -> str:
    return name.replace("$", "＄").replace(".", "．").replace("\x00", "").encode("utf-8", "replace").decode()


def _field_text(value: Any) -> str:
    written = value if isinstance(value, str) else as_json(value)
    return written.replace("\x00", "").encode("utf-8", "replace").decode()


def _template_button(message: dict[str, Any]) -> Content:
    button = mapping(message, "button")
    title = text(button, "text")
    choice = Choice(id=text(button, "payload") or title, title=title)
    return Content(kind=MessageKind.BUTTON_REPLY, text=title, choice=choice)


def _reaction(message: dict[str, Any]) -> Content:
    """A removed reaction has an empty emoji, or none at all."""
    found = mapping(message, "reaction")
    return Content(kind=MessageKind.REACTION, emoji=text(found, "emoji"), target=text(found, "message_id"))


def _order(message: dict[str, Any]) -> Content:
    found = mapping(message, "order")
    ordered = tuple(
        OrderItem(
            product=text(item, "product_retailer_id"),
            quantity=number(item, "quantity") or 0,
            price=text(item, "item_price"),
            currency=text(item, "currency"),
        )
        for item in items(found, "product_items")
    )
    fields = {"catalog_id": text(found, "catalog_id")} if text(found, "catalog_id") else {}
    return Content(kind=MessageKind.ORDER, text=text(found, "text"), order=ordered, fields=fields)


def _edit(message: dict[str, Any]) -> Content:
    """The text after the edit; what it said before stands in the message that `target` names."""
    found = mapping(message, "edit")
    changed = mapping(found, "message")
    inner = {"type": "unsupported"} if text(changed, "type") in ("edit", "revoke") else changed
    after = read_content(inner)
    return Content(
        kind=MessageKind.EDIT,
        text=after.text,
        media=after.media,
        target=text(found, "original_message_id"),
        raw=after.raw,
    )


def _revoke(message: dict[str, Any]) -> Content:
    return Content(kind=MessageKind.REVOKE, target=text(mapping(message, "revoke"), "original_message_id"))


def _welcome(message: dict[str, Any]) -> Content:
    return Content(kind=MessageKind.WELCOME)


def _unsupported(message: dict[str, Any]) -> Content:
    """`fields["type"]` says what it was: a poll, a type that is newer than this code, or nothing known."""
    said = text(mapping(message, "unsupported"), "type") or text(message, "type")
    error = next(iter(items(message, "errors")), {})
    fields = {"type": said, "error": text(error, "code")}
    return Content(
        kind=MessageKind.UNSUPPORTED, fields={name: value for name, value in fields.items() if value}, raw=message
    )


READERS: dict[str, Reader] = {
    "text": _text,
    "image": _media(MessageKind.IMAGE),
    "audio": _media(MessageKind.AUDIO),
    "voice": _media(MessageKind.AUDIO),
    "video": _media(MessageKind.VIDEO),
    "document": _media(MessageKind.DOCUMENT),
    "sticker": _media(MessageKind.STICKER),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _template_button,
    "reaction": _reaction,
    "order": _order,
    "system": read_system,
    "edit": _edit,
    "revoke": _revoke,
    "request_welcome": _welcome,
    "unsupported": _unsupported,
}
