"""Whether intake has missed nothing, as far as anybody can know: the evidence behind sending a text again.

Kept in Redis on purpose. What a flush forgets counts as a gap, and a gap only ever makes us ask a person.
"""

import time
from collections.abc import Iterable
from typing import NamedTuple, cast

from redis.exceptions import RedisError

from apps.common import redis

BEAT_SECONDS = 1.0
#: A longer pause between two beats of any web process is a gap.
LONGEST_PAUSE_SECONDS = 4.0
REJECTED_KEPT_SECONDS = 3600

# ARGV: now, 1 when something may have been refused since the last beat, the longest pause.
_BEAT = """
local at = tonumber(redis.call('HGET', KEYS[1], 'at') or '0')
local now = tonumber(ARGV[1])
if at == 0 or ARGV[2] == '1' or now - at > tonumber(ARGV[3]) or now < at - 1 then
  redis.call('HSET', KEYS[1], 'since', ARGV[1])
end
redis.call('HSET', KEYS[1], 'at', ARGV[1])
redis.call('EXPIRE', KEYS[1], 60)
return 1
"""


class Account(NamedTuple):
    """The least that names an account."""

    tenant_id: str
    slug: str


def beat(*, refused: bool, rejected: Iterable[Account] = (), verified: Iterable[Account] = ()) -> None:
    """Say once a second that a web process accepts webhooks.

    refused: one was answered 503 since the last beat, or nobody listened, as before the first beat of a process.
    rejected, verified: accounts that got a webhook with a wrong, or right, signature since then. Raises RedisError.
    """
    redis.client().eval(_BEAT, 1, _key(), time.time(), int(refused), LONGEST_PAUSE_SECONDS)
    for account in rejected:
        redis.client().set(_rejected_key(account), time.time(), ex=REJECTED_KEPT_SECONDS)
    for account in verified:
        redis.client().delete(_rejected_key(account))


def was_whole(since: float, until: float) -> bool | None:
    """Tell whether every webhook between these Unix times was accepted. None: the next beat will say. Unknown is no."""
    try:
        found = cast(list[str | None], redis.client().hmget(_key(), ["since", "at"]))
    except RedisError:
        return False
    started, at = (float(one) if one else 0.0 for one in found)
    if not 0 < started <= since or time.time() - at > LONGEST_PAUSE_SECONDS:
        return False
    return True if at >= until else None


def is_rejecting(account: Account) -> bool:
    """Tell whether this account's latest webhooks carried a wrong signature: its statuses may be among them."""
    try:
        return bool(redis.client().exists(_rejected_key(account)))
    except RedisError:
        return True


def _key() -> str:
    return redis.key("intake", "health")


def _rejected_key(account: Account) -> str:
    return redis.key("intake", "rejected", account.tenant_id, account.slug)
