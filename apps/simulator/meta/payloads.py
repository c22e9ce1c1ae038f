"""Webhook bodies as Meta writes them (protocols/whatsapp.md §2.4, §3 and §4)."""

import hashlib
import hmac
import json
from typing import Any

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.errors import status_error
from apps.simulator.phone.changes import PhoneCustomer

Json = dict[str, Any]


#: Fields whose value names the number; the others are about the account and carry the time beside its id (§2.4, §5).
NUMBER_FIELDS = ("messages", "user_preferences", "smb_message_echoes", "user_id_update")


def webhook_body(account: MetaAccount, changes: list[tuple[str, Json]], *, at: float) -> bytes:
    """Wrap (field, value) pairs in one envelope, with escaped non-ASCII as Meta's bytes have it (§2.1).

    What one customer wrote in a row shares a value, and what is left is spread over two entries: a reader must take
    every entry, every change and every message (§0.1).
    """
    changes = _together(changes)
    metadata = {"display_phone_number": account.display_number, "phone_number_id": account.phone_number_id}
    named = {"messaging_product": "whatsapp", "metadata": metadata}
    of_number = [{"field": field, "value": {**named, **value}} for field, value in changes if field in NUMBER_FIELDS]
    of_account = [{"field": field, "value": value} for field, value in changes if field not in NUMBER_FIELDS]
    half = (len(of_number) + 1) // 2
    entries: list[Json] = [
        {"id": account.business_account_id, "changes": part} for part in (of_number[:half], of_number[half:]) if part
    ]
    if of_account:
        entries.append({"id": account.business_account_id, "time": int(at), "changes": of_account})
    envelope = {"object": "whatsapp_business_account", "entry": entries}
    return json.dumps(envelope, separators=(",", ":")).encode()


def _together(changes: list[tuple[str, Json]]) -> list[tuple[str, Json]]:
    """Join neighbours that are messages of the same customer."""
    joined: list[tuple[str, Json]] = []
    for field, value in changes:
        before = joined[-1][1] if joined else {}
        if "messages" in value and "messages" in before and value["contacts"] == before["contacts"]:
            joined[-1] = (field, {**before, "messages": [*before["messages"], *value["messages"]]})
        else:
            joined.append((field, value))
    return joined


def signature(app_secret: str, body: bytes) -> str:
    """The header X-Hub-Signature-256 of a body (§2.1)."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def contact(customer: PhoneCustomer) -> Json:
    profile: Json = {"name": customer.name}
    if customer.username:
        profile["username"] = customer.username
    card: Json = {"profile": profile}
    if customer.phone:
        card["wa_id"] = customer.phone
    if customer.bsuid:
        card["user_id"] = customer.bsuid
    return card


def message_value(customer: PhoneCustomer, messages: list[Json]) -> Json:
    return {"contacts": [contact(customer)], "messages": messages}


def message(customer: PhoneCustomer, wamid: str, at: float, content: Json, *, context: Json | None = None) -> Json:
    """One element of `value.messages[]`; a customer without a number has no `from` (§6.1)."""
    element: Json = {"id": wamid, "timestamp": str(int(at)), **content}
    if customer.phone:
        element["from"] = customer.phone
    if customer.bsuid:
        element["from_user_id"] = customer.bsuid
    if context:
        element["context"] = context
    return element


def text(body: str) -> Json:
    return {"type": "text", "text": {"body": body}}


def place(latitude: float, longitude: float, name: str, address: str) -> Json:
    return {
        "type": "location",
        "location": {"latitude": latitude, "longitude": longitude, "name": name, "address": address},
    }


def reaction(wamid: str, emoji: str) -> Json:
    return {"type": "reaction", "reaction": {"message_id": wamid, "emoji": emoji}}


def choice(kind: str, choice_id: str, title: str, description: str) -> Json:
    """The reply to a button, a list row or a template's quick reply."""
    if kind == "template":
        return {"type": "button", "button": {"payload": choice_id, "text": title}}
    name = "list_reply" if kind == "list" else "button_reply"
    reply = {"id": choice_id, "title": title}
    if description and kind == "list":
        reply["description"] = description
    return {"type": "interactive", "interactive": {"type": name, name: reply}}


def form(fields: Json) -> Json:
    """The answer to a flow."""
    reply = {"name": "flow", "body": "Sent", "response_json": json.dumps(fields, ensure_ascii=False)}
    return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}


def unsupported(what: str) -> Json:
    error: Json = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}
    error["error_data"] = {"details": "Message type is currently not supported."}
    return {"type": "unsupported", "unsupported": {"type": what}, "errors": [error]}


def card_line(card: Json) -> str:
    """A contact card in one line, for the phone."""
    phones = ", ".join(str(phone.get("phone", "")) for phone in card.get("phones", []))
    return f"{card['name']['formatted_name']} {phones}".strip()


def status(
    wamid: str,
    state: str,
    at: float,
    *,
    phone: str,
    bsuid: str,
    callback: str = "",
    category: str = "service",
    error: int = 0,
) -> Json:
    """One element of `value.statuses[]`. A failure has no price."""
    element: Json = {"id": wamid, "status": state, "timestamp": str(int(at))}
    if phone:
        element["recipient_id"] = phone
    if bsuid:
        element["recipient_user_id"] = bsuid
    if callback:
        element["biz_opaque_callback_data"] = callback
    if error:
        element["errors"] = [status_error(error, "Message could not be delivered")]
    else:
        element["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": category}
    return element
