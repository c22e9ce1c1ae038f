"""Who this process is to the bus, and how long what it claims stays its own."""

import os
import socket
import uuid
from datetime import timedelta
from functools import cache

#: A claim ends by itself after this long, unless the process renews it: it died, or is frozen.
LEASE = timedelta(seconds=10)
RENEW_EVERY_SECONDS = 3.0

#: No handler may hold a claim longer, whatever it waits for; the same limit as Celery's own for tasks.
LONGEST_HOLD = timedelta(seconds=120)

#: The queue where an entry that outlived its worker too often runs alone.
QUARANTINE = "quarantine"


@cache
def _name_of(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{uuid.uuid4().hex[:8]}"


def process_id() -> str:
    """Name this process, anew after a fork and never the same twice."""
    return _name_of(os.getpid())
