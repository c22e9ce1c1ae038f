"""What the clock does for intake: the spool goes back to MongoDB, and forgotten bodies are woken."""

import logging
import time

from redis.exceptions import RedisError

from apps.gateway import spool
from apps.gateway.documents import RECEIVED, WebhookDelivery, insert_deliveries
from apps.gateway.services.claims import ALONE_AFTER

log = logging.getLogger(__name__)

OVERDUE_NS = 1_000_000_000
SPOOL_BATCH = 500
SWEEP_SECONDS = 20.0


def sweep_deliveries() -> tuple[bool, bool]:
    """Move the spool, then say whether bodies wait: (for the ordinary ingest, for the quarantine).

    Safe to run twice: a spooled body carries its id.
    """
    drain_spool()
    overdue = WebhookDelivery.objects(status=RECEIVED, received_ns__lt=time.time_ns() - OVERDUE_NS)
    return (
        overdue.filter(attempts__lt=ALONE_AFTER).first() is not None,
        overdue.filter(attempts__gte=ALONE_AFTER).first() is not None,
    )


def drain_spool() -> int:
    """Move spooled bodies to MongoDB, oldest first; each leaves Redis only after MongoDB has it."""
    until = time.monotonic() + SWEEP_SECONDS
    moved = 0
    try:
        while time.monotonic() < until and (entries := spool.oldest(SPOOL_BATCH)):
            insert_deliveries(row for _, row in entries)
            spool.remove([entry_id for entry_id, _ in entries])
            moved += len(entries)
    except RedisError as error:
        log.warning("spool_unavailable", extra={"reason": type(error).__name__})
    if moved:
        log.info("spool_drained", extra={"count": moved})
    return moved
