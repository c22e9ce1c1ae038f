"""Who wrote: phone numbers with and without the ninth digit, and business-scoped ids with no phone at all."""

import re
from typing import Any, NamedTuple

from apps.contracts.messages import Sender
from apps.gateway.channels.reading import mapping, text

BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
PARENT_BSUID = re.compile(r"[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}")
OLD_BRAZILIAN_MOBILE = re.compile(r"55([1-9][1-9])([6-9]\d{7})")
NEW_BRAZILIAN_MOBILE = re.compile(r"55([1-9][1-9])9([6-9]\d{7})")
LONGEST_PHONE = 20


class Named(NamedTuple):
    """By what a person is known, where they are answered, and their number if any."""

    identities: tuple[str, ...]
    address: str
    phone: str


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
    named = identities_of(
        next((one for one in (source, text(contact, "wa_id")) if _is_phone(one)), ""),
        (
            text(message, "from_user_id"),
            source,
            text(contact, "user_id"),
            text(message, "from_parent_user_id"),
            text(contact, "parent_user_id"),
        ),
    )
    if not named.identities:
        return None
    profile = mapping(contact, "profile")
    return Sender(
        identities=named.identities,
        address=named.address,
        name=text(profile, "name").strip()[:200],
        phone=named.phone,
        username=text(profile, "username")[:100],
    )


def read_receiver(echo: dict[str, Any], contacts: list[dict[str, Any]]) -> Sender | None:
    """Name the customer to whom somebody of the business wrote; None when nothing identifies them."""
    named = {"from": "to", "from_user_id": "to_user_id", "from_parent_user_id": "to_parent_user_id"}
    return read_sender({name: text(echo, source) for name, source in named.items()}, contacts)


def sender_for(phone: str) -> Sender | None:
    """Name who has a phone number that a person typed; None when it is none. A Brazilian one may lack its country."""
    digits = digits_of(phone).lstrip("0")
    if not phone.strip().startswith("+") and len(digits) in (10, 11):
        digits = f"55{digits}"
    if not 10 <= len(digits) <= LONGEST_PHONE:
        return None
    known = canonical_phone(digits)
    return Sender(identities=(f"wa:{known}",), address=known, phone=known)


def identities_of(wa_id: str, user_ids: tuple[str, ...]) -> Named:
    """Give the canonical identities of these ids, most stable first; what is none of them is left out.

    The parent id joins the portfolios of one company. It comes last because no message can be addressed to it.
    """
    own = next((one for one in user_ids if BSUID.fullmatch(one)), "")
    parent = next((one for one in user_ids if PARENT_BSUID.fullmatch(one)), "")
    wa_id = wa_id if _is_phone(wa_id) else ""
    phone = canonical_phone(wa_id)
    found = (("bsuid", own), ("wa", phone), ("bsuid", parent))
    identities = tuple(f"{kind}:{value}" for kind, value in found if value)
    return Named(identities, wa_id or own or parent, phone)


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
