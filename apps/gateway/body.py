"""Reads request bodies within limits of size, time and memory, before anybody proved who they are."""

import asyncio
import time
from typing import Any

LARGEST_BODY_BYTES = 4 * 1024 * 1024
SLOWEST_BODY_SECONDS = 10.0
#: Bodies larger than this count against one budget for all.
SMALL_BODY_BYTES = 64 * 1024
UNPROVEN_BYTES = 256 * 1024 * 1024
WATCH_SECONDS = 1.0


class Refused(Exception):
    """The request is answered with this status and goes no further."""

    def __init__(self, status: int, outcome: str) -> None:
        super().__init__(outcome)
        self.status = status
        self.outcome = outcome


class BodyReader:
    """Reads bodies; one watcher cuts off those that drip, because a timeout for each would cost more than its read."""

    def __init__(self, *, slowest_seconds: float = SLOWEST_BODY_SECONDS) -> None:
        self._slowest_seconds = slowest_seconds
        self._unproven_bytes = 0
        self._reading: dict[asyncio.Task[Any], float] = {}
        self._cut_off: set[asyncio.Task[Any]] = set()

    async def watch(self) -> None:
        """Cut off, for as long as the process lives, whoever takes too long."""
        while True:
            await asyncio.sleep(min(WATCH_SECONDS, self._slowest_seconds))
            oldest = time.monotonic() - self._slowest_seconds
            for task in [task for task, since in self._reading.items() if since < oldest]:
                self._cut_off.add(task)
                task.cancel()

    async def read(self, declared_length: str, receive: Any) -> bytes:
        """Read one whole body. Raises Refused: too large, too slow, cut off, or too many large ones at once."""
        declared = _declared_bytes(declared_length)
        if declared <= SMALL_BODY_BYTES:
            return await self._read_in_time(receive, SMALL_BODY_BYTES)
        if self._unproven_bytes + declared > UNPROVEN_BYTES:
            raise Refused(503, "busy")
        self._unproven_bytes += declared
        try:
            return await self._read_in_time(receive, declared)
        finally:
            self._unproven_bytes -= declared

    async def _read_in_time(self, receive: Any, limit: int) -> bytes:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a body is read inside a task")
        self._reading[task] = time.monotonic()
        try:
            message = await receive()
            # Almost every body comes in one piece.
            if not message.get("more_body", False) and message["type"] != "http.disconnect":
                body: bytes = message.get("body", b"")
                _check_size(len(body), limit)
                return body
            return await _read_rest(message, receive, limit)
        except asyncio.CancelledError:
            if task not in self._cut_off:
                raise
            self._cut_off.discard(task)
            task.uncancel()
            raise Refused(408, "too_slow") from None
        finally:
            del self._reading[task]


def _declared_bytes(declared_length: str) -> int:
    """How large the body says it is; a chunked one does not say, and counts as the largest."""
    if not declared_length:
        return LARGEST_BODY_BYTES
    if not declared_length.isdecimal() or len(declared_length) > 10 or int(declared_length) > LARGEST_BODY_BYTES:
        raise Refused(413, "too_large")
    return int(declared_length)


async def _read_rest(message: Any, receive: Any, limit: int) -> bytes:
    """Read a body that comes in pieces, `message` being the first."""
    body = bytearray()
    while message["type"] != "http.disconnect":
        body += message.get("body", b"")
        _check_size(len(body), limit)
        if not message.get("more_body", False):
            return bytes(body)
        message = await receive()
    raise Refused(400, "cut_off")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise Refused(413, "too_large")
