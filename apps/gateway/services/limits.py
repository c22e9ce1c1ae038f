"""How fast an account may send: its number's tokens, and each customer's. Replies come before what nobody waits for."""

import hashlib
from datetime import timedelta

from redis.exceptions import RedisError

from apps.common import redis, throttle
from apps.common.breaker import Breaker
from apps.common.throttle import Bucket
from apps.contracts.people import ChannelAccountValue

#: WhatsApp lets a business write 45 messages to one customer before the interval binds.
PAIR_BURST = 45.0
#: How much longer each refusal in a row makes the wait, and where it ends: Meta's 4^n for a pair, 2^n for a number.
PAIR_GROWTH, LONGEST_PAIR_WAIT = 4.0, timedelta(seconds=256)
NUMBER_GROWTH, LONGEST_NUMBER_WAIT = 2.0, timedelta(seconds=120)
#: The part of every bucket that is kept for replies.
KEPT_FOR_REPLIES = 0.5
#: From here on the channel's own account of what is used up slows us down; at 100 % to this part of the pace.
USAGE_SLOWS_FROM_PERCENT, SLOWEST_PACE = 80.0, 0.1
#: What can fail for itself: sending, files, templates, and looking after the account.
ENDPOINTS = ("messages", "media", "templates", "management")


def account_bucket(account: ChannelAccountValue, *, is_bulk: bool = False) -> Bucket | None:
    """The number's own limit; none when it is configured as 0."""
    if account.messages_per_second <= 0:
        return None
    key = redis.key("rate", account.tenant_id, account.kind, account.slug)
    burst = max(1.0, account.messages_per_second)
    return Bucket(key, account.messages_per_second, burst, burst * KEPT_FOR_REPLIES if is_bulk else 0.0)


def pair_bucket(account: ChannelAccountValue, customer_id: str, *, is_bulk: bool = False) -> Bucket | None:
    if account.pair_interval_seconds <= 0:
        return None
    key = redis.key("rate", account.tenant_id, account.kind, account.slug, customer_id)
    reserve = PAIR_BURST * KEPT_FOR_REPLIES if is_bulk else 0.0
    return Bucket(key, 1 / account.pair_interval_seconds, PAIR_BURST, reserve)


def breaker_for(account: ChannelAccountValue, endpoint: str = "messages") -> Breaker:
    """One breaker per account and endpoint: a number that fails does not stop the others.

    A new token is a new breaker, so that what a bad one held goes on as soon as it was replaced.
    """
    token = hashlib.sha256(account.access_token.get_secret_value().encode()).hexdigest()[:8]
    return Breaker(redis.key("breaker", account.tenant_id, account.kind, account.slug, endpoint, token))


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


def ease_off(account: ChannelAccountValue, usage_percent: float) -> None:
    """Slow an account down before the channel does: each send costs more tokens the more of the allowance is used up."""
    bucket = account_bucket(account)
    if bucket is None or usage_percent < USAGE_SLOWS_FROM_PERCENT:
        return
    left = (100 - usage_percent) / (100 - USAGE_SLOWS_FROM_PERCENT)
    throttle.spend(bucket, tokens=1 / max(SLOWEST_PACE, left) - 1)
