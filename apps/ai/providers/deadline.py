"""A transport that ends every exchange at one total deadline, even with a server that drips a byte at a time.

HTTP clients only limit the pause between two reads, so a server that never pauses long enough is never given up.
Here each read waits at most until the deadline, and an answer larger than the limit is cut off.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2

LARGEST_ANSWER_BYTES = 2 * 1024 * 1024


@dataclass
class _Allowance:
    ends_at: float
    bytes_left: int


_allowance: ContextVar[_Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def total_deadline(ends_at: float, *, limit_bytes: int = LARGEST_ANSWER_BYTES) -> Iterator[None]:
    """Limit everything this thread sends and reads inside the block. `ends_at` is a time of `time.monotonic`."""
    token = _allowance.set(_Allowance(ends_at, limit_bytes))
    try:
        yield
    finally:
        _allowance.reset(token)


def deadline_transport(*, max_connections: int = 100) -> httpx2.HTTPTransport:
    """A transport for a thread-safe client whose exchanges obey `total_deadline`."""
    transport = httpx2.HTTPTransport(
        limits=httpx2.Limits(max_connections=max_connections, max_keepalive_connections=20)
    )
    # httpx2 offers no public way to choose the network backend of its pool.
    setattr(vars(transport)["_pool"], "_network_backend", _Backend())
    return transport


def _left(timeout: float | None) -> float:
    """How long one operation may take. Raises ReadTimeout once the deadline has passed."""
    allowance = _allowance.get()
    if allowance is None:
        return 30.0 if timeout is None else timeout
    left = allowance.ends_at - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the total deadline has passed")
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, _left(timeout))
        allowance = _allowance.get()
        if allowance is not None:
            allowance.bytes_left -= len(data)
            if allowance.bytes_left < 0:
                raise httpcore2.ReadError("the answer is larger than the limit")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        return _Stream(self._backend.connect_tcp(host, port, _left(timeout), local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, _left(None)))
