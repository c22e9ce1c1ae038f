"""Room in this process: whatever hangs holds only its own share of the threads that wait for the channels."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum

from django.conf import settings

from apps.contracts.errors import SendError

#: A call is expected to take so long; who finds no room comes back when those before may have been served.
USUAL_SECONDS = 0.2
SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 20.0
#: Whoever made a call hang is not given more than a small share for so long.
SUSPECT_SECONDS = 600.0
MOST_SUSPECTS = 10_000


class Errand(StrEnum):
    """What a thread wants to do at the channel's door."""

    REPLY = "reply"
    BULK = "bulk"
    FILE = "file"
    COURTESY = "courtesy"


#: The part of this process's threads that all errands of a kind, and all errands of one account, may hold together.
#: Replies are limited by their account only: together the other kinds leave a quarter of the threads to them.
SHARES = {Errand.BULK: 0.25, Errand.FILE: 0.25, Errand.COURTESY: 0.25}
ACCOUNT_SHARE, SUSPECT_SHARE = 0.75, 0.25

_lock = threading.Lock()
_held: Counter[str] = Counter()
_turned_away: Counter[str] = Counter()
_suspects: dict[str, float] = {}


@contextmanager
def room(errand: Errand, *, tenant_id: str, account: str, customer_id: str) -> Iterator[None]:
    """Hold one thread's place for an errand. Raises SendError ("busy"), to come back soon, when its share is taken.

    Nobody waits here: a thread that sleeps is a thread that somebody else needs.
    """
    wanted = _shares_of(errand, f"{tenant_id}:{account}", f"{tenant_id}:{account}:{customer_id}")
    with _lock:
        full = next((key for key, most in wanted.items() if _held[key] >= most), None)
        if full is not None:
            _turned_away[full] += 1
            waiting = _turned_away[full] / wanted[full]
        else:
            _held.update(wanted.keys())
    if full is not None:
        raise SendError("busy", "Its share of the threads is taken.", retry_after=_wait(waiting), counts=False)
    try:
        yield
    finally:
        with _lock:
            _held.subtract(wanted.keys())
            for key in wanted:
                if not _held[key]:
                    del _held[key]
                if _turned_away[key] > 1:
                    _turned_away[key] -= 1
                else:
                    del _turned_away[key]


def suspect(*, tenant_id: str, account: str, customer_id: str) -> None:
    """Remember that a call about this customer hung: the next one may hang as well."""
    with _lock:
        if len(_suspects) >= MOST_SUSPECTS:
            _suspects.clear()
        _suspects[f"{tenant_id}:{account}:{customer_id}"] = time.monotonic() + SUSPECT_SECONDS


def _shares_of(errand: Errand, account: str, customer: str) -> dict[str, int]:
    threads = settings.DELIVERY_THREADS
    wanted = {f"account {account}": _most(threads, ACCOUNT_SHARE)}
    if errand in SHARES:
        wanted[errand.value] = _most(threads, SHARES[errand])
    if errand is Errand.COURTESY:
        wanted[f"courtesy {customer}"] = 1
    if _suspects.get(customer, 0.0) > time.monotonic():
        wanted["suspects"] = _most(threads, SUSPECT_SHARE)
    return wanted


def _most(threads: int, share: float) -> int:
    return max(1, int(threads * share))


def _wait(waiting: float) -> timedelta:
    """A random moment within the time in which all who were turned away before can have been served."""
    longest = min(LONGEST_WAIT_SECONDS, SHORTEST_WAIT_SECONDS + waiting * USUAL_SECONDS)
    return timedelta(seconds=random.uniform(SHORTEST_WAIT_SECONDS, longest))  # noqa: S311 - a spread, not a secret
