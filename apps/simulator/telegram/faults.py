"""What can be made to go wrong with a send."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """`code` refuses; `hangs_seconds` holds the answer back past the caller's deadline; `cuts` breaks it off.

    `is_accepted` says whether the customer gets the message all the same.
    """

    code: int = 0
    details: str = ""
    parameters: dict[str, int] = field(default_factory=dict)
    hangs_seconds: float = 0
    cuts: bool = False
    says_nothing: bool = False
    is_accepted: bool = False


#: Longer than the product's total deadline for one call (10 s).
HANG_SECONDS = 15

FAULTS: dict[str, Fault] = {
    "nothing": Fault(),
    "429": Fault(429, "retry after 30", {"retry_after": 30}),
    "429_without_time": Fault(429, "retry later"),
    "400": Fault(400, "the request makes no sense"),
    "401": Fault(401),
    "403": Fault(403, "bot was blocked by the user"),
    "403_deactivated": Fault(403, "user is deactivated"),
    "404": Fault(404),
    "409": Fault(409, "terminated by other getUpdates request"),
    "413": Fault(413),
    "500": Fault(500),
    "502": Fault(502),
    "502_after": Fault(502, is_accepted=True),
    "timeout": Fault(hangs_seconds=HANG_SECONDS),
    "timeout_after": Fault(hangs_seconds=HANG_SECONDS, is_accepted=True),
    "reset_after": Fault(cuts=True, is_accepted=True),
    "silent_after": Fault(says_nothing=True, is_accepted=True),
}
