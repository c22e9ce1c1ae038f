"""How often the assistant answered one customer within the last hour. Kept in Redis, where it may be lost."""

from apps.common import clock
from apps.common.redis import RedisError, client, key

HOUR_SECONDS = 3600


def turns_this_hour(tenant_id: str, customer_id: str, *, turn: str) -> int:
    """Count `turn` (once, however often it is asked) and give the number of turns in the last hour.

    0 while Redis is away: the guard is about cost, and an outage of it must not silence the assistant.
    """
    now = clock.now().timestamp()
    name = key("turns", tenant_id, customer_id)
    pipe = client().pipeline(transaction=False)
    pipe.zremrangebyscore(name, 0, now - HOUR_SECONDS)
    pipe.zadd(name, {turn: now}, nx=True)
    pipe.zcard(name)
    pipe.expire(name, HOUR_SECONDS)
    try:
        return int(pipe.execute()[2])
    except RedisError:
        return 0
