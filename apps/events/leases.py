"""What this process holds, and the one thread that keeps it: a claim outlives its lease only while its process lives."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from apps.common import clock
from apps.common.mongo import STORE_ERRORS
from apps.events.documents import EventRecord
from apps.events.process import LEASE, LONGEST_HOLD, RENEW_EVERY_SECONDS, process_id

log = logging.getLogger(__name__)

_held: dict[tuple[str, str], float] = {}
_lock = threading.Lock()
_renewer: threading.Thread | None = None


def is_held(record_id: str, to: str) -> bool:
    """Tell whether a thread of this process runs the entry, even if its lease ran out while the store was away."""
    with _lock:
        return (record_id, to) in _held


@contextmanager
def holding(record_id: str, to: str) -> Iterator[None]:
    """Keep the claim on an entry renewed while the block runs."""
    _start_renewer()
    with _lock:
        _held[record_id, to] = time.monotonic()
    try:
        yield
    finally:
        with _lock:
            _held.pop((record_id, to), None)


def renew() -> None:
    """Renew every claim of this process that is not older than the longest hold."""
    oldest = time.monotonic() - LONGEST_HOLD.total_seconds()
    with _lock:
        records = [record_id for (record_id, _), since in _held.items() if since > oldest]
    if records:
        EventRecord.objects(id__in=records).update(
            __raw__={"$set": {"pending.$[mine].due": clock.now() + LEASE}}, array_filters=[{"mine.by": process_id()}]
        )


def _start_renewer() -> None:
    global _renewer
    with _lock:
        if _renewer is None or not _renewer.is_alive():
            _renewer = threading.Thread(target=_renew_for_ever, name="lease-renewer", daemon=True)
            _renewer.start()


def _renew_for_ever() -> None:
    while True:
        time.sleep(RENEW_EVERY_SECONDS)
        try:
            renew()
        except STORE_ERRORS as error:
            # The store is away: the claims may run out, and who finds them then runs them again, which is safe.
            log.warning("leases_not_renewed", extra={"reason": type(error).__name__})
