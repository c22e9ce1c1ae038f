"""What can be made to go wrong with a send, and what the phone calls it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SendFault:
    """`code` refuses the send with Meta's error; `fails_later` accepts it and reports the code in a status (§4, §11).

    `is_accepted` says whether the customer gets the message although the caller does not hear so: after `hangs_seconds`
    without an answer, or with `resets` because the connection breaks, or because `code` is told all the same.
    """

    code: int = 0
    fails_later: bool = False
    hangs_seconds: float = 0
    resets: bool = False
    is_accepted: bool = False


#: Longer than the product's total deadline for a Graph call (10 s).
HANG_SECONDS = 15

FAULTS: dict[str, SendFault] = {
    "500": SendFault(code=131000),
    "500_after": SendFault(code=131000, is_accepted=True),
    "503": SendFault(code=131016),
    "timeout": SendFault(hangs_seconds=HANG_SECONDS),
    "timeout_after": SendFault(hangs_seconds=HANG_SECONDS, is_accepted=True),
    "reset": SendFault(resets=True),
    "reset_after": SendFault(resets=True, is_accepted=True),
}


def send_fault(name: str) -> SendFault:
    """A fault by its name: one of FAULTS, a code of Meta's ("130429"), or a code that a status tells ("131047_later")."""
    if name in FAULTS:
        return FAULTS[name]
    code, _, when = name.partition("_")
    if not code.isdigit() or when not in ("", "later"):
        raise ValueError(f"there is no fault {name}")
    return SendFault(code=int(code), fails_later=when == "later", is_accepted=when == "later")
