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

# ARGV: failures that open, their window (ms), how long to stay open (ms), 1 to open at once, why.
_FAIL = """
local failures = redis.call('INCR', KEYS[1] .. ':failures')
if failures == 1 then redis.call('PEXPIRE', KEYS[1] .. ':failures', ARGV[2]) end
local was_tripped = redis.call('EXISTS', KEYS[1] .. ':tripped')
if was_tripped == 0 and ARGV[4] == '0' and failures < tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1] .. ':open', '1', 'PX', ARGV[3])
redis.call('SET', KEYS[1] .. ':tripped', ARGV[5], 'EX', 86400)
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
        return float(cast(int, self._run(_CHECK, int(self.probe_seconds * 1000)) or 0)) / 1000

    def release_probe(self) -> None:
        """The one who was let through to probe did not call after all: let the next one."""
        self._forget("probe")

    def try_now(self) -> None:
        """Let one caller probe at once, whatever time is left: somebody says that the other side may be well again."""
        self._forget("open", "probe")

    def record_success(self) -> None:
        """The call went through: close."""
        self._forget("open", "tripped", "probe", "failures")

    def record_failure(self, *, why: str = "") -> bool:
        """The other side failed, in one word `why`. Gives True when the breaker is open now."""
        return self._fail(at_once=False, open_seconds=self.open_seconds, why=why)

    def open_now(self, *, seconds: float, why: str = "") -> None:
        """Open without counting: it is known that no call can succeed until somebody acts."""
        self._fail(at_once=True, open_seconds=seconds, why=why)

    def state(self) -> str:
        """Name the state for people and metrics: "closed", "open" or "half_open"."""
        try:
            is_open, is_tripped = client().exists(f"{self.key}:open"), client().exists(f"{self.key}:tripped")
        except RedisError:
            return "closed"
        return "open" if is_open else "half_open" if is_tripped else "closed"

    def look(self) -> tuple[str, str, float]:
        """Give the state, why it is not closed, and the seconds until it will be tried again. Asks in one round trip."""
        try:
            pipe = client().pipeline(transaction=False)
            pipe.pttl(f"{self.key}:open")
            pipe.get(f"{self.key}:tripped")
            open_ms, why = pipe.execute()
        except RedisError:
            return "closed", "", 0.0
        if open_ms > 0:
            return "open", str(why or ""), open_ms / 1000
        return ("closed", "", 0.0) if why is None else ("half_open", str(why), 0.0)

    def _fail(self, *, at_once: bool, open_seconds: float, why: str) -> bool:
        opened_ms = int(min(open_seconds, LONGEST_OPEN_SECONDS) * 1000)
        window_ms = int(self.window_seconds * 1000)
        return bool(self._run(_FAIL, self.failures, window_ms, opened_ms, int(at_once), why))

    def _forget(self, *parts: str) -> None:
        try:
            client().delete(*(f"{self.key}:{part}" for part in parts))
        except RedisError:
            return

    def _run(self, script: str, *values: int | str) -> object:
        try:
            return client().eval(script, 1, self.key, *values)
        except RedisError:
            return None
