"""What a page can do without: asked of Redis, and left out for a while after Redis did not answer in time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from redis.exceptions import RedisError

T = TypeVar("T")

#: Redis answers within milliseconds; a call that took this long was waiting for one that does not answer.
SLOW_SECONDS = 1.5
PAUSE_SECONDS = 5.0


@dataclass
class _Patience:
    away_until: float = 0.0


_patience = _Patience()


def unless_away(ask: Callable[[], T], otherwise: T) -> T:
    """Ask, or give `otherwise` when Redis fails, or failed a moment ago: one page must not wait for every question."""
    started = time.monotonic()
    if started < _patience.away_until:
        return otherwise
    try:
        answer = ask()
    except RedisError:
        _patience.away_until = time.monotonic() + PAUSE_SECONDS
        return otherwise
    if time.monotonic() - started > SLOW_SECONDS:
        _patience.away_until = time.monotonic() + PAUSE_SECONDS
    return answer
