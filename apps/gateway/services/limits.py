"""How fast an account may send: its number's tokens, and each customer's."""

from datetime import timedelta

from redis.exceptions import RedisError

from apps.common import redis
from apps.common.breaker import Breaker
from apps.common.throttle import Bucket
from apps.contracts.people import ChannelAccountValue

#: WhatsApp lets a business write 45 messages to one customer before the interval binds.
PAIR_BURST = 45.0
#: How much longer each refusal in a row makes the wait, and where it ends: Meta's 4^n for a pair, 2^n for a number.
PAIR_GROWTH, LONGEST_PAIR_WAIT = 4.0, timedelta(seconds=256)
NUMBER_GROWTH, LONGEST_NUMBER_WAIT = 2.0, timedelta(seconds=120)


def account_bucket(account: ChannelAccountValue) -> Bucket | None:
    """The number's own limit; none when it is configured as 0."""
    if account.messages_per_second <= 0:
        return None
    key = redis.key("rate", account.tenant_id, account.kind, account.slug)
    return Bucket(key, account.messages_per_second, max(1.0, account.messages_per_second))


def pair_bucket(account: ChannelAccountValue, customer_id: str) -> Bucket | None:
    if account.pair_interval_seconds <= 0:
        return None
    key = redis.key("rate", account.tenant_id, account.kind, account.slug, customer_id)
    return Bucket(key, 1 / account.pair_interval_seconds, PAIR_BURST)


def breaker_for(account: ChannelAccountValue, endpoint: str = "messages") -> Breaker:
    """One breaker per account and endpoint: a number that fails does not stop the others."""
    return Breaker(redis.key("breaker", account.tenant_id, account.kind, account.slug, endpoint))


def growing_wait(account: ChannelAccountValue, customer_id: str, first: timedelta) -> timedelta:
    """How long to wait after this refusal of the channel for being too fast; `customer_id` "" is the whole number.

    Refusals count as in a row until the number, or the pair, was left alone for as long again.
    """
    growth, longest = (PAIR_GROWTH, LONGEST_PAIR_WAIT) if customer_id else (NUMBER_GROWTH, LONGEST_NUMBER_WAIT)
    key = redis.key("refusals", account.tenant_id, account.kind, account.slug, customer_id)
    try:
        earlier = int(redis.client().incr(key)) - 1
        wait = max(first, min(first * growth ** min(earlier, 10), longest))
        redis.client().expire(key, timedelta(seconds=10) + 2 * wait)
    except RedisError:
        return first
    return wait
