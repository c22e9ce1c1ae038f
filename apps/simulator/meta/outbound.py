"""Turns the body of a send into the bubble that the customer sees."""

from apps.contracts.content import Choice
from apps.simulator.meta.media import Shelf
from apps.simulator.meta.payloads import Json, card_line
from apps.simulator.meta.rules import MEDIA_TYPES
from apps.simulator.meta.rules_template import Filled
from apps.simulator.phone.changes import PhoneMessage


def shown_message(
    body: Json, wamid: str, customer: str, at: float, shelf: Shelf, template: Filled | None = None
) -> PhoneMessage:
    """The bubble of an accepted send; `template` is what a template says once filled in."""
    kind = body.get("type", "text")
    fields: Json = {}
    if kind == "text":
        fields = {"text": body["text"]["body"]}
    elif kind in MEDIA_TYPES:
        fields = _media(body[kind], shelf)
    elif kind == "interactive":
        fields = _interactive(body["interactive"])
    elif kind == "location":
        fields = _place(body["location"])
    elif kind == "contacts":
        fields = {"text": "\n".join(card_line(card) for card in body["contacts"])}
    elif template is not None:
        fields = _template(template, shelf)
    return PhoneMessage(
        wamid=wamid,
        customer=customer,
        is_mine=False,
        kind=kind,
        at=at,
        quoted=(body.get("context") or {}).get("message_id", ""),
        callback=body.get("biz_opaque_callback_data", ""),
        **fields,
    )


def _media(part: Json, shelf: Shelf) -> Json:
    file = shelf.get(str(part.get("id", "")))
    return {
        "text": part.get("caption", "") or part.get("link", ""),
        "media_id": str(part.get("id", "")),
        "mime_type": file.mime_type if file else "",
        "filename": part.get("filename", "") or (file.filename if file else ""),
        "voice": part.get("voice") is True,
    }


def _interactive(part: Json) -> Json:
    action: Json = part.get("action") or {}
    fields: Json = {
        "text": (part.get("body") or {}).get("text", ""),
        "header": (part.get("header") or {}).get("text", ""),
        "footer": (part.get("footer") or {}).get("text", ""),
        "choice_kind": part["type"],
    }
    if part["type"] == "button":
        fields["choices"] = tuple(
            Choice(id=button["reply"]["id"], title=button["reply"]["title"]) for button in action["buttons"]
        )
    elif part["type"] == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        fields["choices"] = tuple(
            Choice(id=row["id"], title=row["title"], description=row.get("description", "")) for row in rows
        )
        fields["list_button"] = action["button"]
    elif part["type"] == "cta_url":
        fields["text"] += f"\n{action['parameters']['url']}"
    return fields


def _place(part: Json) -> Json:
    return {
        "latitude": float(part["latitude"]),
        "longitude": float(part["longitude"]),
        "place": part.get("name", "") or part.get("address", ""),
    }


def _template(filled: Filled, shelf: Shelf) -> Json:
    linked = [str(filled.media["link"])] if "link" in filled.media else []
    text = "\n".join((*linked, filled.body, *filled.links))
    fields: Json = {"header": filled.header, "footer": filled.footer}
    fields |= _media(filled.media, shelf) if filled.media else {}
    fields |= _place(filled.place) if filled.place else {}
    return {**fields, "text": text, "choices": filled.replies, "choice_kind": "template"}
