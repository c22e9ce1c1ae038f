"""What this process last read of each configuration version, at most a second ago."""

import threading
import time
from collections.abc import Callable

#: The scope of what belongs to no single tenant: every change of any tenant raises it.
EVERYONE = "*"
#: The promise is two seconds in every process; half of it leaves room for the reload.
READ_EVERY_SECONDS = 1.0

_known: dict[str, tuple[float, int]] = {}
_lock = threading.Lock()


def known_version(scope: str, *, read: Callable[[], int]) -> int:
    """The version of this scope, read again when what is known is older than a second."""
    with _lock:
        read_at, number = _known.get(scope, (float("-inf"), 0))
    if time.monotonic() - read_at < READ_EVERY_SECONDS:
        return number
    asked_at = time.monotonic()
    number = read()
    with _lock:
        # A slow reader must not put an older number over a newer reader's.
        if _known.get(scope, (float("-inf"), 0))[0] < asked_at:
            _known[scope] = (asked_at, number)
    return number


def forget_version(scope: str) -> None:
    with _lock:
        _known.pop(scope, None)
