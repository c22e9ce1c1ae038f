"""A load of prepared HTTP requests over kept-alive connections, light enough not to be what is measured."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast


@dataclass
class Outcome:
    """What came back. `latencies` are seconds, from the request (or from when it was due) to its last byte."""

    seconds: float = 0.0
    accepted: int = 0
    refused: int = 0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.accepted / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Connection(asyncio.Protocol):
    """One request at a time; answers are known to have a Content-Length and a short body."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._started = 0.0
        self._received = b""
        self.is_busy = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes, started: float) -> None:
        self.is_busy = True
        self._started = started
        assert self.transport is not None
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._received = b""
        self.is_busy = False
        self._load.answered(self, is_accepted=b" 200 " in head[:16], latency=time.perf_counter() - self._started)

    def connection_lost(self, error: Exception | None) -> None:
        self._load.lost()


class _Load:
    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self.requests = requests
        self.until = until
        self.outcome = Outcome()
        self.idle: deque[_Connection] = deque()
        self.open = 0
        self.is_paced = False
        self.due: deque[float] = deque()

    def answered(self, connection: _Connection, *, is_accepted: bool, latency: float) -> None:
        self.outcome.latencies.append(latency)
        if is_accepted:
            self.outcome.accepted += 1
        else:
            self.outcome.refused += 1
        if self.is_paced:
            self.idle.append(connection)
            self.ask_what_is_due()
        elif time.perf_counter() < self.until:
            self.ask_next(connection)

    def ask_next(self, connection: _Connection) -> None:
        request = next(self.requests, None)
        if request is not None:
            connection.ask(request, time.perf_counter())

    def ask_what_is_due(self) -> None:
        while self.due and self.idle:
            request = next(self.requests, None)
            if request is None:
                return
            self.idle.popleft().ask(request, self.due.popleft())

    def lost(self) -> None:
        self.open -= 1


async def closed_loop(port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Outcome:
    """Keep every connection busy for so long: how much goes through."""
    load = _Load(requests, time.perf_counter() + seconds)
    opened = await _connect(load, port, connections)
    started = time.perf_counter()
    load.until = started + seconds
    for connection in opened:
        load.ask_next(connection)
    await _until_quiet(opened)
    load.outcome.seconds = time.perf_counter() - started
    _close(opened)
    return load.outcome


async def open_loop(
    port: int, requests: Iterator[bytes], *, connections: int, per_second: float, seconds: float
) -> Outcome:
    """Offer a rate, whether or not answers keep up; latency counts from when a request was due."""
    load = _Load(requests, 0)
    load.is_paced = True
    opened = await _connect(load, port, connections)
    load.idle.extend(opened)
    started = time.perf_counter()
    offered = 0
    while (now := time.perf_counter()) < started + seconds:
        while offered < (now - started) * per_second:
            load.due.append(started + offered / per_second)
            offered += 1
        load.ask_what_is_due()
        await asyncio.sleep(0.001)
    await _until_quiet(opened)
    load.outcome.seconds = time.perf_counter() - started
    _close(opened)
    return load.outcome


async def _connect(load: _Load, port: int, connections: int) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: _Connection(load), "127.0.0.1", port) for _ in range(connections)]
    return [protocol for _, protocol in opened]


async def _until_quiet(opened: list[_Connection]) -> None:
    deadline = time.perf_counter() + 15
    while any(connection.is_busy for connection in opened) and time.perf_counter() < deadline:
        await asyncio.sleep(0.002)


def _close(opened: list[_Connection]) -> None:
    for connection in opened:
        if connection.transport is not None:
            connection.transport.close()
