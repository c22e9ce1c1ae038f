"""What Meta reports of a customer outside their own messages: other ids, and what they accept.

Each becomes a system message, so that it passes through the same intake, once, in order, and shows in the thread.
Meta gives these no id; ours is a digest of what was reported, so that a repeated webhook has no effect.

Source: protocols sheet §3 (system), §5 (user_preferences, user_id_update), §6.1.
"""

import hashlib
from typing import Any

from apps.contracts.content import Content
from apps.contracts.messages import Sender
from apps.contracts.words import MessageKind
from apps.gateway.channels.reading import as_json, items, mapping, text
from apps.gateway.channels.whatsapp.body import Reading
from apps.gateway.channels.whatsapp.identity import identities_of, read_sender

MARKETING = "marketing_messages"
CONSENTS = {"stop": "marketing_out", "resume": "marketing_in", "signup": "marketing_in"}


def read_system(message: dict[str, Any]) -> Content:
    """A number or id change, or a new identity key: shown to people, never given to the assistant."""
    found = mapping(message, "system")
    fields = {name: text(found, name) for name in ("type", "wa_id", "user_id", "identity") if text(found, name)}
    if known_hash := text(mapping(message, "identity"), "hash"):
        fields["identity_hash"] = known_hash
    fields |= _new_ids(text(found, "wa_id"), text(found, "user_id"), text(found, "parent_user_id"))
    return Content(kind=MessageKind.SYSTEM, text=text(found, "body"), fields=fields)


def read_user_id_updates(reading: Reading, entry: dict[str, Any], value: dict[str, Any]) -> None:
    """A business-scoped id was replaced: `user_id.previous` and `user_id.current` name one person."""
    updates = items(value, "user_id_update") or ([value] if mapping(value, "user_id") else [])
    for update in updates:
        ids, parents = mapping(update, "user_id"), mapping(update, "parent_user_id")
        wa_id = text(update, "wa_id")
        sender = _sender(
            {"from": wa_id, "from_user_id": text(ids, "previous"), "from_parent_user_id": text(parents, "previous")},
            items(value, "contacts"),
        )
        fields = _new_ids("", text(ids, "current"), text(parents, "current"))
        if sender is None or not fields:
            reading.problem("a user id update that names nobody", update)
            continue
        if sender.phone:
            # Who is known by a number is still answered there.
            fields["new_address"] = sender.address
        content = Content(kind=MessageKind.SYSTEM, fields={"type": "user_id_update", **fields})
        _add(reading, "user_id_update", sender, content, entry=entry, item=update)
    if not updates:
        reading.notice("field user_id_update", value)


def read_user_preferences(reading: Reading, entry: dict[str, Any], value: dict[str, Any]) -> None:
    """The customer told WhatsApp to stop, or to resume, marketing messages. Anything else is only noted."""
    preferences = items(value, "user_preferences")
    for preference in preferences:
        consent = CONSENTS.get(text(preference, "value"))
        if text(preference, "category") != MARKETING or consent is None:
            reading.notice("a preference about something else", preference)
            continue
        named = {
            "from": text(preference, "wa_id"),
            "from_user_id": text(preference, "user_id"),
            "from_parent_user_id": text(preference, "parent_user_id"),
        }
        sender = _sender(named, items(value, "contacts"))
        if sender is None:
            reading.problem("a preference of nobody", preference)
            continue
        fields = {"type": "user_preferences", "consent": consent}
        content = Content(kind=MessageKind.SYSTEM, text=text(preference, "detail"), fields=fields)
        _add(reading, "user_preferences", sender, content, entry=entry, item=preference)
    if not preferences:
        reading.notice("field user_preferences", value)


def _sender(named: dict[str, Any], contacts: list[dict[str, Any]]) -> Sender | None:
    return read_sender({name: value for name, value in named.items() if value}, contacts)


def _new_ids(wa_id: str, user_id: str, parent_id: str) -> dict[str, str]:
    """The fields that say by which ids a customer is known from now on, none when it says nothing new."""
    new = identities_of(wa_id, (user_id, parent_id))
    if not new.identities:
        return {}
    fields = {"new_identities": " ".join(new.identities), "new_address": new.address}
    return fields | ({"new_phone": new.phone} if new.phone else {})


def _add(
    reading: Reading, field: str, sender: Sender, content: Content, *, entry: dict[str, Any], item: dict[str, Any]
) -> None:
    stamp = text(item, "timestamp") or text(entry, "time")
    said = as_json([text(entry, "id"), field, stamp, item])
    external_id = f"{field}.{hashlib.sha256(said.encode()).hexdigest()[:40]}"
    reading.add_message(sender, content, external_id=external_id, stamp=stamp)
