"""The clock's sweep: crash, flush, retry and quiet window are one mechanism, an entry whose `due` has passed."""

from collections import Counter
from datetime import timedelta

from redis.exceptions import RedisError

from apps.common import clock, redis
from apps.events import metrics
from apps.events.delivery import CLAIMS_IN_COMPANY, MAX_CLAIMS, bury, event_type_of
from apps.events.documents import EventRecord
from apps.events.process import QUARANTINE
from apps.events.wakeups import wake

OVERDUE_BY = timedelta(seconds=1)
#: So many wake-ups wait in a queue at most; a backlog drains from the store, not from the broker.
QUEUE_LIMIT = 300


def sweep() -> int:
    """Wake every entry overdue by a second, oldest first, as far as its queue has room. Gives how many."""
    now = clock.now()
    room: dict[str, int] = {}
    woken: Counter[str] = Counter()
    overdue = EventRecord.objects(pending__due__lte=now - OVERDUE_BY).only("type", "pending").order_by("pending.due")
    for record in overdue.limit(2 * QUEUE_LIMIT):
        for entry in record.pending:
            if entry.due > now - OVERDUE_BY:
                continue
            if entry.claims >= MAX_CLAIMS:
                bury(
                    str(record.id),
                    event_type_of(record.type),
                    entry.to,
                    "killed its worker",
                )
                continue
            queue = QUARANTINE if entry.claims >= CLAIMS_IN_COMPANY else entry.queue
            room.setdefault(queue, QUEUE_LIMIT - _depth(queue))
            if room[queue] > 0:
                room[queue] -= 1
                woken[entry.to] += 1
                wake(str(record.id), entry.to, queue=queue)
    for to, count in woken.items():
        metrics.OVERDUE.labels(to=to).inc(count)
    return woken.total()


def _depth(queue: str) -> int:
    """How many wake-ups wait in a queue already; 0 when the broker cannot say (RabbitMQ, or Redis away)."""
    try:
        return int(redis.client().llen(redis.key(queue)))
    except RedisError:
        return 0
