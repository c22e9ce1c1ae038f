"""Signs of life that every process leaves in Redis, and that readiness reads."""

import asyncio
import contextlib
import os
import socket
import time
from datetime import timedelta

from redis.exceptions import RedisError

from apps.common.metrics import HEARTBEATS
from apps.common.redis import client, key

INTERVAL = timedelta(seconds=3)
LIFETIME = timedelta(seconds=12)

_last_beat: dict[str, float] = {}


def beat(role: str) -> None:
    """Leave a sign of life, at most once per interval. A store that is away is not this process's fault."""
    now = time.monotonic()
    if now - _last_beat.get(role, float("-inf")) < INTERVAL.total_seconds():
        return
    _last_beat[role] = now
    HEARTBEATS.labels(role).inc()
    try:
        client().set(key("heartbeat", role, socket.gethostname(), os.getpid()), int(time.time()), ex=LIFETIME)
    except RedisError:
        return


def living(role: str) -> int:
    """Count the processes of this role that gave a sign of life lately."""
    return sum(1 for _ in client().scan_iter(match=key("heartbeat", role, "*"), count=500))


class WebHeartbeat:
    """Says, for as long as the web process's event loop turns, that it does."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to beat."""
        self._task = asyncio.create_task(self._beat_on())

    async def stop(self) -> None:
        """Stop beating."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _beat_on(self) -> None:
        while True:
            await asyncio.to_thread(beat, "web")
            await asyncio.sleep(INTERVAL.total_seconds())
