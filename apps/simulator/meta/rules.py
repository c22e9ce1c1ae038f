"""What Meta accepts at `/messages`. Each rule names the paragraph of protocols/whatsapp.md that it enforces."""

import re
from collections.abc import Callable

from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.rules_interactive import check_interactive
from apps.simulator.meta.rules_template import checked_text
from apps.simulator.meta.shapes import (
    Body,
    characters,
    check_place,
    flag,
    mapping,
    one_of,
    refuse,
    sequence,
    strings,
    text,
)

BSUID = re.compile(r"^[A-Z]{2}\.[A-Za-z0-9]{1,128}$")
MEDIA_TYPES = ("image", "audio", "video", "document", "sticker")
CAPTION_TYPES = ("image", "video", "document")


def check_message(body: Body) -> None:
    """Refuse what Meta would refuse in the body of a send. Raises GraphError."""
    _check_envelope(body)
    kind = text(body, "type", "§7") if "type" in body else "text"
    check = CHECKS.get(kind)
    if check is None:
        raise GraphError(131051, f"Unsupported message type {kind}", rule="§11 D")
    check(body)


def address(body: Body) -> str:
    """The digits or the business-scoped id that a send goes to (§6.1: `to` wins over `recipient`)."""
    if body.get("to"):
        return re.sub(r"[+\s()-]", "", text(body, "to", "§6.2"))
    return text(body, "recipient", "§6.1")


def _check_envelope(body: Body) -> None:
    if body.get("messaging_product") != "whatsapp":
        raise refuse("§7", "messaging_product must be whatsapp")
    if body.get("recipient_type", "individual") not in ("individual", "group"):
        raise refuse("§7", "recipient_type must be individual or group")
    if not body.get("to") and not body.get("recipient"):
        raise GraphError(131008, "to or recipient is required", rule="§6.1")
    wanted = address(body)
    if body.get("to"):
        if not re.fullmatch(r"\d{7,15}", wanted) and not BSUID.match(wanted):
            raise GraphError(131009, "to is not a phone number", rule="§6.2")
    elif not BSUID.match(wanted):
        raise GraphError(131009, "recipient is not a business-scoped id", rule="§6.1")
    if "biz_opaque_callback_data" in body:
        characters(body, "biz_opaque_callback_data", 512, "§7.3")
    if "context" in body:
        text(mapping(body, "context", "§7"), "message_id", "§7")


def _check_text(body: Body) -> None:
    part = mapping(body, "text", "§7.1")
    characters(part, "body", 4096, "§7.3")
    flag(part, "preview_url", "§7.1")


def _check_media(kind: str) -> Callable[[Body], None]:
    def check(body: Body) -> None:
        part = mapping(body, kind, "§7.1")
        if ("id" in part) == ("link" in part):
            raise refuse("§7.1", f"{kind} needs either id or link")
        if "link" in part and not text(part, "link", "§8").startswith(("https://", "http://")):
            raise refuse("§8", "link must be a web address")
        if "caption" in part:
            if kind not in CAPTION_TYPES:
                raise refuse("§7.1", f"{kind} takes no caption")
            characters(part, "caption", 1024, "§7.3")
        flag(part, "voice", "§7.1")
        strings(part, ("id", "filename"), "§7.1")

    return check


def _check_location(body: Body) -> None:
    check_place(mapping(body, "location", "§7.1"))


def _check_contacts(body: Body) -> None:
    cards = sequence(body, "contacts", "§7.1")
    if not 1 <= len(cards) <= 257:
        raise refuse("§7.3", "contacts must have 1 to 257 cards")
    for card in cards:
        name = mapping(card, "name", "§7.1")
        text(name, "formatted_name", "§7.1")
        if not any(name.get(part) for part in ("first_name", "last_name", "middle_name", "suffix", "prefix")):
            raise GraphError(131009, "name needs formatted_name and one more part", rule="§7.1")
        sequence(card, "phones", "§7.1", required=False)


def _check_reaction(body: Body) -> None:
    part = mapping(body, "reaction", "§7.1")
    text(part, "message_id", "§7.1")
    if not isinstance(part.get("emoji"), str):
        raise GraphError(131008, "emoji is required, empty to remove the reaction", rule="§7.1")


def _check_interactive(body: Body) -> None:
    check_interactive(mapping(body, "interactive", "§7.1"))


def _check_template(body: Body) -> None:
    part = mapping(body, "template", "§7.1")
    text(part, "name", "§7.1")
    text(mapping(part, "language", "§7.1"), "code", "§7.1")
    for component in sequence(part, "components", "§7.1", required=False):
        one_of(component, "type", ("header", "body", "button"), "§7.1")
        for parameter in sequence(component, "parameters", "§7.1", required=False):
            if parameter.get("type") == "text":
                checked_text(parameter)


CHECKS: dict[str, Callable[[Body], None]] = {
    "text": _check_text,
    **{kind: _check_media(kind) for kind in MEDIA_TYPES},
    "interactive": _check_interactive,
    "location": _check_location,
    "contacts": _check_contacts,
    "reaction": _check_reaction,
    "template": _check_template,
}
