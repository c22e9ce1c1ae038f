"""Our outbound content → the bodies that `POST /messages` takes."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from apps.contracts.content import Content
from apps.contracts.messages import OutboundMessage
from apps.contracts.words import MEDIA_KINDS, MessageKind
from apps.gateway.channels import long_text
from apps.gateway.channels.whatsapp import limits
from apps.gateway.channels.whatsapp.identity import digits_of, is_business_scoped
from apps.gateway.channels.whatsapp.template_outbound import template_body

Body = dict[str, Any]


def bodies_for(message: OutboundMessage, *, media_id: str = "", address: str = "") -> list[Body]:
    """Build the bodies to post, nearly always one: only a text too long for WhatsApp makes several.

    `media_id` is the uploaded file's id. `address` replaces the message's own (the other form of a ninth digit).
    Raises SendError when WhatsApp would refuse the content.
    """
    content = message.content
    payloads = payloads_for(content, media_id=media_id)
    common = _envelope(message, address or message.address)
    bodies = [{**common, **payload} for payload in payloads]
    if message.replies_to and content.kind is not MessageKind.REACTION:
        bodies[0]["context"] = {"message_id": message.replies_to}
    return bodies


def payloads_for(content: Content, *, media_id: str = "") -> list[Body]:
    """Build what the bodies say, without whom they are for. Raises SendError as `bodies_for` does."""
    if content.kind is MessageKind.TEXT:
        limits.check_body(content.text, long_text.length_of(content.text))
        return [_text(part) for part in _parts(content.text)]
    if content.kind in MEDIA_KINDS:
        return [_media(content, media_id)]
    if content.kind is MessageKind.TEMPLATE:
        return [template_body(content, media_id)]
    if content.kind in BUILDERS:
        return [BUILDERS[content.kind](content)]
    raise limits.refuse(_("O WhatsApp não envia este tipo de mensagem."))


def _parts(text: str) -> list[str]:
    return long_text.split(text, longest=limits.TEXT_CHARACTERS, part=limits.SPLIT_CHARACTERS)


def recipient(address: str) -> Body:
    """Name whom it is for. Without the plus sign WhatsApp may read a number as a local one of the business's country."""
    return {"recipient": address} if is_business_scoped(address) else {"to": f"+{digits_of(address)}"}


def _envelope(message: OutboundMessage, address: str) -> Body:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **recipient(address),
        "biz_opaque_callback_data": message.callback,
    }


def _text(part: str) -> Body:
    return {"type": "text", "text": {"preview_url": False, "body": part}}


def _media(content: Content, media_id: str) -> Body:
    kind = content.kind.value
    found: Body = {"id": media_id}
    if content.text:
        if content.kind in (MessageKind.AUDIO, MessageKind.STICKER):
            raise limits.refuse(_("Áudio e figurinha não levam texto: mande o texto em outra mensagem."))
        limits.check_body(content.text, limits.CAPTION_CHARACTERS)
        found["caption"] = content.text
    media = content.media
    if media and media.filename and content.kind is MessageKind.DOCUMENT:
        found["filename"] = media.filename
    if media and media.voice and content.kind is MessageKind.AUDIO:
        found["voice"] = True
    return {"type": kind, kind: found}


def _buttons(content: Content) -> Body:
    if len(content.choices) > limits.BUTTONS:
        return _list(content)
    limits.check_body(content.text, limits.BUTTON_BODY_CHARACTERS)
    limits.check_choices(
        content, most=limits.BUTTONS, title=limits.BUTTON_TITLE_CHARACTERS, identifier=limits.BUTTON_ID_CHARACTERS
    )
    buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in content.choices]
    return _interactive("button", content, {"buttons": buttons})


def _list(content: Content) -> Body:
    limits.check_body(content.text, limits.LIST_BODY_CHARACTERS)
    limits.check_choices(
        content, most=limits.ROWS, title=limits.ROW_TITLE_CHARACTERS, identifier=limits.ROW_ID_CHARACTERS
    )
    limits.check_list(content)
    rows = [
        {"id": one.id, "title": one.title} | ({"description": one.description} if one.description else {})
        for one in content.choices
    ]
    button = content.list_button or _("Ver opções")
    return _interactive("list", content, {"button": button, "sections": [{"rows": rows}]})


def _interactive(kind: str, content: Content, action: Body) -> Body:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": content.text}, "action": action}}


def _location(content: Content) -> Body:
    place = content.place
    if place is None:
        raise limits.refuse(_("Falta o lugar."))
    if abs(place.latitude) > 90 or abs(place.longitude) > 180:
        raise limits.refuse(_("Estas coordenadas não existem."))
    found = {"latitude": str(place.latitude), "longitude": str(place.longitude)}
    named = {name: value for name, value in (("name", place.name), ("address", place.address)) if value}
    return {"type": "location", "location": found | named}


def _contacts(content: Content) -> Body:
    if not 1 <= len(content.people) <= limits.CONTACT_CARDS:
        raise limits.refuse(_("Falta o contato."))
    if any(not person.name.strip() or not person.phones for person in content.people):
        raise limits.refuse(_("Cada contato precisa de um nome e de um telefone."))
    cards = [
        {
            "name": {"formatted_name": person.name, "first_name": person.name.split(" ")[0] or person.name},
            "phones": [{"phone": phone, "type": "WORK"} for phone in person.phones],
        }
        for person in content.people
    ]
    return {"type": "contacts", "contacts": cards}


def _reaction(content: Content) -> Body:
    if not content.target:
        raise limits.refuse(_("Falta a mensagem da reação."))
    return {"type": "reaction", "reaction": {"message_id": content.target, "emoji": content.emoji}}


BUILDERS: dict[MessageKind, Callable[[Content], Body]] = {
    MessageKind.BUTTONS: _buttons,
    MessageKind.LIST: _list,
    MessageKind.LOCATION: _location,
    MessageKind.CONTACTS: _contacts,
    MessageKind.REACTION: _reaction,
}
