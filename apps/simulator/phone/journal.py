"""The stand-in's memory between web processes and restarts: a bounded Redis stream of changes. It may be lost."""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from apps.simulator.phone.changes import CHANGE, Change
from apps.simulator.phone.world import World

logger = logging.getLogger(__name__)

KEPT = 3_000
READ_AT_ONCE = 500
WAIT_MS = 1_000
RETRY_SECONDS = 1


class Journal:
    """Writes this process's changes and takes in those of the others. With Redis away the phone goes on, alone."""

    def __init__(self, world: World, *, redis_url: str, key: str, tell: Callable[[Change], None]) -> None:
        self._world = world
        self._url = redis_url
        self._key = key
        self._tell = tell
        self._me = secrets.token_hex(6)
        self._redis: Redis | None = None
        self._pending: asyncio.Queue[Change] = asyncio.Queue(maxsize=KEPT)
        #: Set once the past has been read, or could not be.
        self.has_caught_up = threading.Event()

    def append(self, change: Change) -> None:
        if not self._pending.full():
            self._pending.put_nowait(change)

    async def run(self) -> None:
        """Write and read until cancelled."""
        self._redis = Redis.from_url(self._url, decode_responses=True, socket_timeout=5, socket_connect_timeout=1)
        await asyncio.gather(self._write(self._redis), self._read(self._redis))

    async def _write(self, redis: Redis) -> None:
        while True:
            change = await self._pending.get()
            entry: dict[Any, Any] = {"by": self._me, "change": change.model_dump_json()}
            try:
                await redis.xadd(self._key, entry, maxlen=KEPT, approximate=True)
            except (RedisError, OSError):
                logger.warning("the simulator's journal could not be written")

    async def _read(self, redis: Redis) -> None:
        last = "0"
        while True:
            wait_ms = WAIT_MS if self.has_caught_up.is_set() else None
            try:
                answer: Any = await redis.xread({self._key: last}, count=READ_AT_ONCE, block=wait_ms)
            except (RedisError, OSError):
                self.has_caught_up.set()
                await asyncio.sleep(RETRY_SECONDS)
                continue
            entries: list[tuple[str, dict[str, str]]] = answer[0][1] if answer else []
            for entry_id, entry in entries:
                last = entry_id
                self._take(entry)
            if len(entries) < READ_AT_ONCE:
                self.has_caught_up.set()

    def _take(self, entry: dict[str, str]) -> None:
        if entry.get("by") == self._me:
            return
        try:
            change = CHANGE.validate_json(entry.get("change", ""))
        except ValidationError:
            return
        self._world.apply(change)
        self._tell(change)
