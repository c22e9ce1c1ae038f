"""Meta's errors, classified once: the same table serves a refused request and a `failed` status."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext

from apps.contracts.errors import SendError, SendUnknown, UrbanaError
from apps.contracts.words import Consequence
from apps.gateway.channels.reading import is_true, mapping, text
from apps.gateway.channels.whatsapp.error_table import (
    FAMILIES,
    TABLE,
    THROTTLED,
    UNKNOWN_OUTCOME,
    UNKNOWN_REFUSAL,
    UNREACHABLE,
    ErrorClass,
    Explained,
)

PAIR_LIMIT = "131056"
UNDELIVERABLE = "131026"
#: A held account is tried again this often, so that it heals by itself once a person acted.
HELD_SECONDS = 60.0
#: What a code says beyond its own message; an account error always says that the account is held.
CONSEQUENCES = {131047: Consequence.WINDOW_CLOSED, 131050: Consequence.OPTED_OUT}


class Verdict(NamedTuple):
    """What a `failed` status leads to: further attempts in all, the wait before the next, and what else follows."""

    retries: int = 0
    retry_after_seconds: float = 0.0
    consequence: Consequence = Consequence.NOTHING


#: A late failure is repeated as its class says (protocols §11), each time under a new id of Meta's. An ambiguous one waits
#: for a `delivered` that contradicts it; a blocked account does not use up its messages' tries in five minutes.
LATE = {
    ErrorClass.REFUSED: (4, 5.0),
    ErrorClass.AMBIGUOUS: (2, 45.0),
    ErrorClass.MEDIA: (3, 30.0),
    ErrorClass.ACCOUNT: (4, 600.0),
}


def lookup(code: int) -> Explained | None:
    family = (explained for first, last, explained in FAMILIES if first <= code <= last)
    return TABLE.get(code) or next(family, None)


def explain(code: str) -> str:
    """Say in the reader's language what an error code means and what to do next."""
    return _sentence(_find(code))


def class_of(code: str) -> ErrorClass:
    """Give the class of a code that came in a `failed` status."""
    return _find(code).error_class


def verdict(code: str, *, has_other_form: bool) -> Verdict:
    """Judge a code that came in a `failed` status. `has_other_form`: the recipient's number may be written otherwise."""
    found = _find(code)
    if code == UNDELIVERABLE and has_other_form:
        return Verdict(4, 0.0, Consequence.OTHER_ADDRESS)
    retries, shortest = LATE.get(found.error_class, (0, 0.0))
    return Verdict(retries, max(shortest, found.wait_seconds) if retries else 0.0, _consequence(code, found))


def refusal(*, http_status: int, body: Any, retry_after_seconds: float | None = None) -> UrbanaError:
    """Turn an answer that is not a receipt into SendError or SendUnknown."""
    error = mapping(body, "error")
    code = text(error, "code")
    found = lookup(int(code)) if code.isdecimal() and len(code) < 10 else None
    if found is None:
        found = _by_status(http_status, is_transient=is_true(error, "is_transient"))
    return _as_error(found, code=code or f"http_{http_status}", wait=retry_after_seconds)


def unreachable() -> SendError:
    """Nothing was sent: no connection, no name, no route."""
    return SendError(
        "unreachable", _sentence(UNREACHABLE), retry_after=timedelta(seconds=UNREACHABLE.wait_seconds), counts=False
    )


def unknown_outcome(code: str) -> SendUnknown:
    """The request was written, and no readable answer came."""
    return SendUnknown(code, _sentence(UNKNOWN_OUTCOME))


def _find(code: str) -> Explained:
    return (lookup(int(code)) if code.isdecimal() and len(code) < 10 else None) or UNKNOWN_REFUSAL


def _consequence(code: str, found: Explained) -> Consequence:
    if found.error_class is ErrorClass.ACCOUNT:
        return Consequence.ACCOUNT_HELD
    return CONSEQUENCES.get(int(code), Consequence.NOTHING) if code.isdecimal() else Consequence.NOTHING


def _by_status(http_status: int, *, is_transient: bool) -> Explained:
    if http_status == 429:
        return THROTTLED
    if http_status >= 500 or is_transient:
        return UNKNOWN_OUTCOME
    if http_status == 401:
        return TABLE[190]
    return UNKNOWN_REFUSAL


def _as_error(found: Explained, *, code: str, wait: float | None) -> UrbanaError:
    sentence = _sentence(found)
    match found.error_class:
        case ErrorClass.AMBIGUOUS:
            return SendUnknown(code, sentence)
        case ErrorClass.REFUSED:
            seconds = wait if wait is not None else found.wait_seconds
            too_fast = "customer" if code == PAIR_LIMIT else "account"
            return SendError(code, sentence, retry_after=timedelta(seconds=seconds), counts=False, too_fast=too_fast)
        case ErrorClass.MEDIA:
            return SendError(code, sentence, retry_after=timedelta(seconds=found.wait_seconds))
        case ErrorClass.ACCOUNT:
            return SendError(
                code,
                sentence,
                retry_after=timedelta(seconds=HELD_SECONDS),
                counts=False,
                blocks_account=True,
                consequence=Consequence.ACCOUNT_HELD,
            )
        case ErrorClass.NEVER:
            return SendError(code, sentence, consequence=_consequence(code, found))


def _sentence(found: Explained) -> str:
    return f"{gettext(found.sentence)} {gettext(found.next_step)}"
