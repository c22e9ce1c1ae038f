"""Token buckets shared by all processes through Redis, taken all together or not at all.

The server's own clock refills them, so processes whose clocks differ agree. While Redis is away each process limits
itself by the same numbers: what is sent may then exceed the limit by the number of processes, and nothing is lost.
"""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from redis.exceptions import RedisError

from apps.common.redis import client

# KEYS: one hash per bucket. ARGV: per bucket its rate per second, its burst, and how many tokens must stay for others.
# Gives the seconds to wait, 0 = taken, and how long it takes until all who asked in vain during the last second can
# have been served.
_TAKE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local levels, wait = {}, 0
for i, key in ipairs(KEYS) do
  local rate, burst, kept = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local known = redis.call('HMGET', key, 'level', 'at')
  local level = tonumber(known[1]) or burst
  level = math.min(burst, level + math.max(0, now - (tonumber(known[2]) or now)) * rate)
  levels[i] = level
  local needed = math.min(1 + kept, burst)
  if level < needed then wait = math.max(wait, (needed - level) / rate) end
end
if wait > 0 then
  local rate = tonumber(ARGV[1])
  local waiting = redis.call('INCR', KEYS[1] .. ':waiting')
  if waiting == 1 then redis.call('PEXPIRE', KEYS[1] .. ':waiting', 1000) end
  return tostring(wait) .. ' ' .. tostring((waiting - 1) / rate)
end
for i, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  redis.call('HSET', key, 'level', tostring(levels[i] - 1), 'at', tostring(now))
  redis.call('PEXPIRE', key, math.ceil((burst - levels[i] + 2) / rate * 1000) + 1000)
end
return '0 0'
"""

# KEYS: one bucket. ARGV: its rate, its burst, and "add" or "hold" with how many tokens, or for how many seconds.
_ADD = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(known[1]) or burst
level = math.min(burst, level + math.max(0, now - (tonumber(known[2]) or now)) * rate)
if ARGV[3] == 'hold' then level = math.min(level, 1 - tonumber(ARGV[4]) * rate)
else level = math.min(burst, level + tonumber(ARGV[4])) end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - level + 2) / rate * 1000) + 1000)
return 1
"""


@dataclass(frozen=True)
class Bucket:
    """`key` comes from `common.redis.key`. Holds at most `burst` tokens and gains `per_second` of them.

    Who takes with a `reserve` leaves so many tokens for those who take without: they never find it empty because of him.
    """

    key: str
    per_second: float
    burst: float
    reserve: float = 0.0

    @property
    def needed(self) -> float:
        """How many tokens must be there before one is taken."""
        return min(1 + self.reserve, self.burst)


def take(buckets: Sequence[Bucket]) -> float:
    """Take one token from every bucket, or none: gives 0 when taken, else the seconds until it can succeed."""
    if not buckets:
        return 0.0
    limits = [value for bucket in buckets for value in (bucket.per_second, bucket.burst, bucket.reserve)]
    try:
        answer = client().eval(_TAKE, len(buckets), *[bucket.key for bucket in buckets], *limits)
    except RedisError:
        return _take_here(buckets)
    wait, queue = (float(part) for part in cast(str, answer).split())
    # Spread over that time: a thousand who all came back at the next token would find one.
    return wait + random.uniform(0, queue) if wait else 0.0  # noqa: S311 - a spread, not a secret


def give_back(buckets: Sequence[Bucket]) -> None:
    """Return tokens that were taken for nothing."""
    for bucket in buckets:
        _change(bucket, "add", 1.0)


def spend(bucket: Bucket, *, tokens: float) -> None:
    """Take tokens away without asking: the pace slows down until they have come back."""
    _change(bucket, "add", -tokens)


def hold(bucket: Bucket, *, seconds: float) -> None:
    """Let nobody take from this bucket for so long, because the other side said it is too fast."""
    _change(bucket, "hold", seconds)


def _change(bucket: Bucket, how: str, amount: float) -> None:
    try:
        client().eval(_ADD, 1, bucket.key, bucket.per_second, bucket.burst, how, amount)
    except RedisError:
        # Kept by the time of its next use: without Redis nobody else sees this bucket.
        return


_levels: dict[str, tuple[float, float]] = {}
_lock = threading.Lock()
_MOST_KEPT = 10_000


def _take_here(buckets: Sequence[Bucket]) -> float:
    now = time.monotonic()
    with _lock:
        if len(_levels) > _MOST_KEPT:
            _levels.clear()
        found = [(bucket, _level_here(bucket, now)) for bucket in buckets]
        wait = max((bucket.needed - level) / bucket.per_second for bucket, level in found)
        if wait > 0:
            return wait
        _levels.update({bucket.key: (level - 1, now) for bucket, level in found})
    return 0.0


def _level_here(bucket: Bucket, now: float) -> float:
    level, at = _levels.get(bucket.key, (bucket.burst, now))
    return min(bucket.burst, level + (now - at) * bucket.per_second)
