"""The two-level cache: this process's memory, then Redis, then whoever knows the truth.

Nothing is ever invalidated: a key carries the version of what it was made from, so a stale entry is one that
nobody asks for again.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Generic, TypeVar

from prometheus_client import Counter
from pydantic import TypeAdapter, ValidationError
from redis.exceptions import RedisError

from apps.common.redis import client, key

T = TypeVar("T")

CACHE_READS = Counter(
    "urbana_cache_reads_total", "Cache reads by kind and by the level that answered.", ["kind", "level"]
)

#: After an error of Redis the second level is skipped for this long, so that an outage costs one timeout.
REDIS_PAUSE_SECONDS = 5.0
MEMORY_ENTRIES = 2_000


class TwoLevelCache(Generic[T]):
    """Answers of one kind. `shape` is their type, which must survive JSON; `is_shared` False keeps secrets out of Redis."""

    def __init__(self, kind: str, shape: Any, *, ttl: timedelta, is_shared: bool = True) -> None:
        self.kind = kind
        self.ttl_seconds = ttl.total_seconds()
        self.is_shared = is_shared
        self._adapter: TypeAdapter[T] = TypeAdapter(shape)

    def get(self, tenant_id: str, *parts: str | int, load: Callable[[], T]) -> T:
        """Answer from the nearest level that has it. `parts` must name the version of what `load` reads."""
        name = key("cache", self.kind, tenant_id, *parts)
        found, value = _memory.read(name)
        if found:
            CACHE_READS.labels(self.kind, "memory").inc()
            return value  # type: ignore[no-any-return]
        if self.is_shared:
            found, value = self._read_shared(name)
            if found:
                CACHE_READS.labels(self.kind, "redis").inc()
                _memory.write(name, value, self.ttl_seconds)
                return value  # type: ignore[no-any-return]
        CACHE_READS.labels(self.kind, "load").inc()
        loaded = load()
        _memory.write(name, loaded, self.ttl_seconds)
        if self.is_shared:
            self._write_shared(name, loaded)
        return loaded

    def _read_shared(self, name: str) -> tuple[bool, Any]:
        if not _outage.is_over():
            return False, None
        try:
            raw = client().get(name)
        except RedisError:
            _outage.begin()
            return False, None
        if not isinstance(raw, str):
            return False, None
        try:
            return True, self._adapter.validate_json(raw)
        except ValidationError:
            # Written by another release whose value had other fields.
            return False, None

    def _write_shared(self, name: str, value: T) -> None:
        if not _outage.is_over():
            return
        try:
            client().set(name, self._adapter.dump_json(value), ex=max(1, int(self.ttl_seconds)))
        except RedisError:
            _outage.begin()


class _Memory:
    """A bounded map with an end of life per entry, shared by every kind and thread of the process."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, name: str) -> tuple[bool, Any]:
        with self._lock:
            expires, value = self._entries.get(name, (0.0, None))
            if expires <= time.monotonic():
                return False, None
            self._entries.move_to_end(name)
            return True, value

    def write(self, name: str, value: Any, ttl_seconds: float) -> None:
        with self._lock:
            self._entries[name] = (time.monotonic() + ttl_seconds, value)
            self._entries.move_to_end(name)
            while len(self._entries) > MEMORY_ENTRIES:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


class _Outage:
    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + REDIS_PAUSE_SECONDS

    def is_over(self) -> bool:
        return time.monotonic() >= self._until


_memory = _Memory()
_outage = _Outage()


def forget_memory() -> None:
    """Empty this process's level, as a restart would."""
    _memory.clear()
