"""How fast an account may send: its number's tokens, and each customer's."""

from apps.common import redis
from apps.common.breaker import Breaker
from apps.common.throttle import Bucket
from apps.contracts.people import ChannelAccountValue

#: WhatsApp lets a business write 45 messages to one customer before the interval binds.
PAIR_BURST = 45.0


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
