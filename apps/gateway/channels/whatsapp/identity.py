"""Who wrote: phone numbers with and without the ninth digit, and business-scoped ids with no phone at all."""

import re
from typing import Any

from apps.contracts.messages import Sender
from apps.gateway.channels.reading import items, mapping, text

BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
PARENT_BSUID = re.compile(r"[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}")
OLD_BRAZILIAN_MOBILE = re.compile(r"55([1-9][1-9])([6-9]\d{7})")
NEW_BRAZILIAN_MOBILE = re.compile(r"55([1-9][1-9])9([6-9]\d{7})")
LONGEST_PHONE = 20


def is_business_scoped(address: str) -> bool:
    return BSUID.fullmatch(address) is not None or PARENT_BSUID.fullmatch(address) is not None


def digits_of(phone: str) -> str:
    return "".join(one for one in phone if one in "0123456789")


def canonical_phone(phone: str) -> str:
    """Give the digits of a number, a Brazilian mobile one always with its ninth digit.

    WhatsApp may name one person with and without it. Landlines and other countries stay as they are.
    """
    digits = digits_of(phone)
    if old := OLD_BRAZILIAN_MOBILE.fullmatch(digits):
        return f"55{old[1]}9{old[2]}"
    return digits


def other_form(phone: str) -> str:
    """Give a Brazilian mobile number with the ninth digit toggled, "" for any other number."""
    digits = digits_of(phone)
    if old := OLD_BRAZILIAN_MOBILE.fullmatch(digits):
        return f"55{old[1]}9{old[2]}"
    if new := NEW_BRAZILIAN_MOBILE.fullmatch(digits):
        return f"55{new[1]}{new[2]}"
    return ""


def read_sender(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Sender | None:
    """Name who wrote a message; None when nothing identifies them.

    The business-scoped id comes first because it survives a hidden phone number. The answer goes to the id that the
    webhook named, verbatim: WhatsApp's own form of a number is the one that works.
    """
    source = text(message, "from").strip()
    contact = _contact_of(message, source, contacts)
    candidates = (text(message, "from_user_id"), source, text(contact, "user_id"))
    business_scoped = next((one for one in candidates if is_business_scoped(one)), "")
    wa_id = next((one for one in (source, text(contact, "wa_id")) if _is_phone(one)), "")
    phone = canonical_phone(wa_id)
    identities = tuple(f"{kind}:{value}" for kind, value in (("bsuid", business_scoped), ("wa", phone)) if value)
    if not identities:
        return None
    profile = mapping(contact, "profile")
    return Sender(
        identities=identities,
        address=wa_id or business_scoped,
        name=text(profile, "name").strip()[:200],
        phone=phone,
        username=text(profile, "username")[:100],
    )


def sender_for(phone: str) -> Sender | None:
    """Name who has a phone number that a person typed; None when it is none. A Brazilian one may lack its country."""
    digits = digits_of(phone).lstrip("0")
    if not phone.strip().startswith("+") and len(digits) in (10, 11):
        digits = f"55{digits}"
    if not 10 <= len(digits) <= LONGEST_PHONE:
        return None
    known = canonical_phone(digits)
    return Sender(identities=(f"wa:{known}",), address=known, phone=known)


def contacts_of(value: dict[str, Any]) -> list[dict[str, Any]]:
    return items(value, "contacts")


def _is_phone(address: str) -> bool:
    return not is_business_scoped(address) and 5 <= len(digits_of(address)) <= LONGEST_PHONE


def _contact_of(message: dict[str, Any], source: str, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    """Find the sender's contact by id, never by position; the only one belongs to a sender who gave no id."""
    own = {_key(one) for one in (source, text(message, "from_user_id")) if one}
    for contact in contacts:
        if own & {_key(one) for one in (text(contact, "wa_id"), text(contact, "user_id")) if one}:
            return contact
    return contacts[0] if not own and len(contacts) == 1 else {}


def _key(address: str) -> str:
    return address if is_business_scoped(address) else canonical_phone(address)
