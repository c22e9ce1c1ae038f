"""A filled-in template → the `template` object that `POST /messages` takes (protocols §7.1)."""

from typing import Any

from django.utils.translation import gettext as _

from apps.contracts.content import Content
from apps.contracts.words import MessageKind
from apps.gateway.channels.whatsapp import limits

Body = dict[str, Any]

DEFAULT_LANGUAGE = "pt_BR"
MEDIA_HEADERS = ("image", "video", "document")


def has_media_header(content: Content) -> bool:
    """Whether a file must be uploaded before this can be sent."""
    return content.kind is MessageKind.TEMPLATE and content.media is not None


def template_body(content: Content, media_id: str = "") -> Body:
    """Build the body. `content.template` holds name, language and what `services.filling` filled in.

    Given instead: Meta's own `components`, or a plain list of body `parameters`. Raises SendError.
    """
    template = content.template
    if not template.get("name"):
        raise limits.refuse(_("Falta o nome do modelo."))
    language = template.get("language") or DEFAULT_LANGUAGE
    found: Body = {"name": template["name"], "language": {"code": language, "policy": "deterministic"}}
    components = template.get("components") or _components(content, media_id)
    if components:
        found["components"] = components
    return {"type": "template", "template": found}


def _components(content: Content, media_id: str) -> list[Body]:
    filled: list[Body] = list(content.template.get("filled") or ())
    plain = [{"part": "body", "name": "1", "value": str(one)} for one in content.template.get("parameters") or ()]
    header = _header(content, media_id) or [_text(one) for one in filled if one["part"] == "header"]
    body = [_text(one) for one in filled or plain if one["part"] == "body"]
    parts = [{"type": kind, "parameters": values} for kind, values in (("header", header), ("body", body)) if values]
    return [*parts, *(_button(one) for one in filled if one["part"] == "button")]


def _header(content: Content, media_id: str) -> list[Body]:
    kind = content.template.get("header_kind")
    if kind in MEDIA_HEADERS and content.media is not None:
        # Without an id this only checks the content: a file is uploaded right before its message is sent.
        file: Body = {"id": media_id}
        if kind == "document" and content.media.filename:
            file["filename"] = content.media.filename
        return [{"type": kind, kind: file}]
    if kind == "location" and content.place is not None:
        place = content.place
        where = {"latitude": str(place.latitude), "longitude": str(place.longitude)}
        return [{"type": "location", "location": {**where, "name": place.name, "address": place.address}}]
    return []


def _text(filled: Body) -> Body:
    """A numbered blank is found by its place, a named one by its name."""
    found = {"type": "text", "text": filled["value"]}
    return found if filled["name"].isdecimal() else {**found, "parameter_name": filled["name"]}


def _button(filled: Body) -> Body:
    is_code = filled["kind"] == "copy_code"
    value = {"type": "coupon_code", "coupon_code": filled["value"]} if is_code else _button_text(filled)
    return {"type": "button", "sub_type": filled["kind"], "index": str(filled["button"]), "parameters": [value]}


def _button_text(filled: Body) -> Body:
    return {"type": "text", "text": filled["value"]}
