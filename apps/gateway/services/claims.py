"""Which stored bodies this drain takes: a courtesy through Redis, so that two drains seldom do the same work.

Only a courtesy: ingesting a body twice changes nothing, so while Redis is away every drain takes everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from redis.exceptions import RedisError

from apps.common import clock, redis
from apps.gateway.documents import RECEIVED, WebhookDelivery

BATCH = 20
#: How far to look past bodies that other drains hold.
LOOK_AHEAD = 400
#: After a kill the body is free again when its claim ends.
CLAIM_MS = 8_000
#: How long a drain that was asked for may take to begin before another is asked for.
WAKEUP_MS = 1_000
#: Only a body that is late may have been cut off; what is fresh pays no write for being counted.
LATE_AFTER = timedelta(seconds=6)
#: A body that was cut off so often is ingested alone, so that its neighbours are not taken along.
ALONE_AFTER = 2


@contextmanager
def claimed_batch() -> Iterator[list[WebhookDelivery]]:
    """Give the oldest bodies that nobody else ingests now, and free them afterwards."""
    rows = WebhookDelivery.objects(status=RECEIVED, attempts__lt=ALONE_AFTER).order_by("received_ns").only("id")
    candidates = [str(row.id) for row in rows.limit(LOOK_AHEAD)]
    mine = _claim(candidates)
    if not mine:
        yield []
        return
    try:
        # Read only now: a body that another drain finished meanwhile is not received any more.
        yield _counted(list(WebhookDelivery.objects(id__in=mine, status=RECEIVED).order_by("received_ns")))
    finally:
        _free(mine)


def _claim(candidates: list[str]) -> list[str]:
    mine: list[str] = []
    for start in range(0, len(candidates), BATCH):
        wanted = candidates[start : start + BATCH - len(mine)]
        if not wanted:
            break
        try:
            commands = redis.client().pipeline(transaction=False)
            for delivery_id in wanted:
                commands.set(_key(delivery_id), 1, nx=True, px=CLAIM_MS)
            mine.extend(one for one, is_mine in zip(wanted, commands.execute(), strict=True) if is_mine)
        except RedisError:
            return candidates[:BATCH]
    return mine


def _counted(deliveries: list[WebhookDelivery]) -> list[WebhookDelivery]:
    late = [delivery.id for delivery in deliveries if delivery.received_at < clock.now() - LATE_AFTER]
    if late:
        WebhookDelivery.objects(id__in=late).update(inc__attempts=1)
    return deliveries


def _free(delivery_ids: list[str]) -> None:
    try:
        redis.client().delete(*map(_key, delivery_ids))
    except RedisError:
        return


def _key(delivery_id: str) -> str:
    return redis.key("ingest", delivery_id)


def claim_wakeup() -> bool:
    """Whether a drain must be asked for: False while one that was asked for has not begun, because it takes all.

    Under load one waiting task then stands for hundreds of bodies. Forgotten after a second, should the task be lost.
    """
    try:
        return bool(redis.client().set(redis.key("ingest-asked"), 1, nx=True, px=WAKEUP_MS))
    except RedisError:
        return True


def forget_wakeup() -> None:
    """A drain begins: what arrives from now on asks again."""
    try:
        redis.client().delete(redis.key("ingest-asked"))
    except RedisError:
        return
