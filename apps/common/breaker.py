"""Circuit breakers whose state all processes share through Redis.

Closed: calls go through, failures are counted. Open: nobody calls. After at most 60 s one caller at a time is let
through to probe; its success closes the breaker, its failure opens it again. While Redis is away nothing is known,
and calls go through.
"""

from dataclasses import dataclass
from typing import cast

from redis.exceptions import RedisError

from apps.common.redis import client

LONGEST_OPEN_SECONDS = 60.0

# ARGV: how long a probe may take (ms). Gives the milliseconds to wait, 0 = go.
_CHECK = """
local open = redis.call('PTTL', KEYS[1] .. ':open')
if open > 0 then return open end
if redis.call('EXISTS', KEYS[1] .. ':tripped') == 0 then return 0 end
if redis.call('SET', KEYS[1] .. ':probe', '1', 'NX', 'PX', ARGV[1]) then return 0 end
return math.max(1, redis.call('PTTL', KEYS[1] .. ':probe'))
"""

# ARGV: failures that open, their window (ms), how long to stay open (ms), 1 to open at once.
_FAIL = """
local failures = redis.call('INCR', KEYS[1] .. ':failures')
if failures == 1 then redis.call('PEXPIRE', KEYS[1] .. ':failures', ARGV[2]) end
local was_tripped = redis.call('EXISTS', KEYS[1] .. ':tripped')
if was_tripped == 0 and ARGV[4] == '0' and failures < tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1] .. ':open', '1', 'PX', ARGV[3])
redis.call('SET', KEYS[1] .. ':tripped', '1', 'EX', 86400)
redis.call('DEL', KEYS[1] .. ':probe', KEYS[1] .. ':failures')
return 1
"""


@dataclass(frozen=True)
class Breaker:
    """`key` comes from `common.redis.key`. Opens after `failures` within `window_seconds`."""

    key: str
    failures: int = 5
    window_seconds: float = 30.0
    open_seconds: float = 15.0
    probe_seconds: float = 15.0

    def wait_seconds(self) -> float:
        """Ask before each call: 0 means go (perhaps as the one probe), else how long to wait."""
        return float(cast(int, self._run(_CHECK, self.probe_seconds * 1000) or 0)) / 1000

    def record_success(self) -> None:
        """The call went through: close."""
        try:
            client().delete(*(f"{self.key}:{part}" for part in ("open", "tripped", "probe", "failures")))
        except RedisError:
            return

    def record_failure(self) -> bool:
        """The other side failed. Gives True when the breaker is open now."""
        return self._fail(at_once=False, open_seconds=self.open_seconds)

    def open_now(self, *, seconds: float) -> None:
        """Open without counting: it is known that no call can succeed until somebody acts."""
        self._fail(at_once=True, open_seconds=seconds)

    def state(self) -> str:
        """Name the state for people and metrics: "closed", "open" or "half_open"."""
        try:
            is_open, is_tripped = client().exists(f"{self.key}:open"), client().exists(f"{self.key}:tripped")
        except RedisError:
            return "closed"
        return "open" if is_open else "half_open" if is_tripped else "closed"

    def _fail(self, *, at_once: bool, open_seconds: float) -> bool:
        opened_ms = min(open_seconds, LONGEST_OPEN_SECONDS) * 1000
        answer = self._run(_FAIL, self.failures, self.window_seconds * 1000, opened_ms, int(at_once))
        return bool(answer)

    def _run(self, script: str, *values: float) -> object:
        try:
            return client().eval(script, 1, self.key, *(int(value) for value in values))
        except RedisError:
            return None
