"""Our external ids: the vendor numbers messages per conversation, so its number alone names nothing."""

import re
from typing import NamedTuple

_WHOLE = re.compile(r"-?\d{1,19}")
_MESSAGE = re.compile(r"(-?\d{1,19}):(\d{1,19})")
_ANY = re.compile(r"(-?\d{1,19}):(\w+)(?::(\w+))?(?::.*)?")


class Place(NamedTuple):
    """One message: in which conversation of the vendor, and its number there."""

    chat: str
    message: str


def message_id(chat: str, message: str) -> str:
    return f"{chat}:{message}"


def update_key(chat: str, what: str, key: str) -> str:
    """The id of something that is no message of its own: an edit, a tap, a reaction, a block."""
    return f"{chat}:{what}:{key}"


def place_of(external_id: str) -> Place | None:
    """Find the message that an id names; None for ids of anything else."""
    found = _MESSAGE.fullmatch(external_id)
    return Place(found[1], found[2]) if found else None


def chat_of(external_id: str) -> str:
    """In which conversation something happened, "" when the id is not one of ours."""
    found = _ANY.fullmatch(external_id)
    return found[1] if found else ""


def key_of(external_id: str, what: str) -> str:
    """Give the vendor's key of a tap (or edit, …), "" when the id names anything else."""
    found = _ANY.fullmatch(external_id)
    return found[3] if found and found[2] == what and found[3] else ""


def is_whole(written: str) -> bool:
    return _WHOLE.fullmatch(written) is not None
