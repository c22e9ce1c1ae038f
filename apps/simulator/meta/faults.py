"""What can be made to go wrong with a send, and what the phone calls it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SendFault:
    """`code` refuses the send with Meta's error; `fails_later` accepts it and reports the code in a status.

    `hangs_seconds` holds the answer back past the caller's deadline; `is_accepted` says whether the customer gets the message.
    """

    code: int = 0
    fails_later: bool = False
    hangs_seconds: float = 0
    is_accepted: bool = False


#: Longer than the product's total deadline for a Graph call (10 s).
HANG_SECONDS = 15

FAULTS: dict[str, SendFault] = {
    "130429": SendFault(code=130429),
    "131056": SendFault(code=131056),
    "500": SendFault(code=131000),
    "131047": SendFault(code=131047),
    "131047_later": SendFault(code=131047, fails_later=True, is_accepted=True),
    "131026_later": SendFault(code=131026, fails_later=True, is_accepted=True),
    "190": SendFault(code=190),
    "timeout": SendFault(hangs_seconds=HANG_SECONDS),
    "timeout_after": SendFault(hangs_seconds=HANG_SECONDS, is_accepted=True),
}
