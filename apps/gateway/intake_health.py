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
#: For as long as Meta posts again what was refused, and a day.
SIGNATURES_KEPT_SECONDS = 8 * 24 * 3600

# ARGV: now, 1 when something may have been refused since the last beat, the longest pause, how long it is remembered.
_BEAT = """
local at = tonumber(redis.call('HGET', KEYS[1], 'at') or '0')
local now = tonumber(ARGV[1])
if at == 0 or ARGV[2] == '1' or now - at > tonumber(ARGV[3]) or now < at - 1 then
  redis.call('HSET', KEYS[1], 'since', ARGV[1])
end
redis.call('HSET', KEYS[1], 'at', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return tostring(at)
"""


class Account(NamedTuple):
    """The least that names an account."""

    tenant_id: str
    slug: str


def beat(*, refused: bool, rejected: Iterable[Account] = (), verified: Iterable[Account] = ()) -> float:
    """Say once a second that a web process accepts webhooks; give when one said so before, 0 when that is not known.

    refused: one was answered 503 since the last beat, or nobody listened, as before the first beat of a process.
    rejected, verified: accounts that got a webhook with a wrong, or right, signature since then. Raises RedisError.
    """
    now = time.time()
    commands = redis.client().pipeline(transaction=False)
    commands.eval(_BEAT, 1, _key(), now, int(refused), LONGEST_PAUSE_SECONDS, SIGNATURES_KEPT_SECONDS)
    for field, accounts in (("rejected", rejected), ("verified", verified)):
        for account in accounts:
            commands.hset(_signatures_key(account), field, str(now))
            commands.expire(_signatures_key(account), SIGNATURES_KEPT_SECONDS)
    return float(commands.execute()[0])


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


def is_rejecting(account: Account, *, since: float | None = None) -> bool:
    """Tell whether this account's latest webhook carried a wrong signature, or any one since a Unix time.

    What it said may be among what somebody waits for; a right signature after it does not bring that back.
    """
    try:
        found = cast(list[str | None], redis.client().hmget(_signatures_key(account), ["rejected", "verified"]))
    except RedisError:
        return True
    rejected, verified = (float(one) if one else 0.0 for one in found)
    return rejected > verified or (since is not None and rejected >= since)


def _key() -> str:
    return redis.key("intake", "health")


def _signatures_key(account: Account) -> str:
    return redis.key("intake", "signatures", account.tenant_id, account.slug)
