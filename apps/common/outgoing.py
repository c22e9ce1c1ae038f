"""HTTP to foreign systems with one total deadline, so that no server can hold a worker by hanging or dripping.

Each process runs one event loop in a thread of its own for this: only there can a whole exchange, headers included,
be cut off at a moment.
"""

import asyncio
import ipaddress
import os
import threading
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from functools import cache
from typing import IO, Any, TypeVar

import httpx

T = TypeVar("T")

#: Some servers refuse a library that does not say who it is.
PRODUCT = "UrbanaConnect/1"
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=15.0)
PART_BYTES = 256 * 1024
_NO_TIMEOUT = httpx.Timeout(None)
#: What went wrong before the first byte of a request was written.
_NOTHING_WRITTEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class NotSent(Exception):
    """No byte of the request left: asking again is safe."""


class NoAnswer(Exception):
    """The request was written, at least in part, and no whole answer came within the deadline."""


class TooLarge(Exception):
    """The answer is larger than the caller accepts."""


@dataclass(frozen=True)
class Answer:
    """A whole answer; `body` is at most `limit_bytes` long."""

    status: int
    headers: httpx.Headers
    body: bytes


def request(
    method: str,
    url: str,
    *,
    deadline_seconds: float,
    limit_bytes: int = 1_000_000,
    headers: Mapping[str, str] | None = None,
    **options: Any,
) -> Answer:
    """Ask once, following no redirect, and wait at most `deadline_seconds` in all.

    `options` are httpx's (`json`, `data`, `files`, `params`). Raises NotSent, NoAnswer or TooLarge.
    """
    sent_headers = {"User-Agent": PRODUCT, **(headers or {})}
    return _run(_ask(method, url, deadline_seconds, limit_bytes, headers=sent_headers, **options))


def download(
    url: str,
    *,
    into: IO[bytes],
    deadline_seconds: float,
    idle_seconds: float,
    limit_bytes: int,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask for a file and write it into `into` as it comes, so that its size costs no memory; the answer has no body then.

    Waits at most `deadline_seconds` in all and `idle_seconds` for the answer's head and for each part. What is not a
    200 is not written. Raises NotSent, NoAnswer or TooLarge.
    """
    sent_headers = {"User-Agent": PRODUCT, **(headers or {})}
    return _run(_download(url, into, deadline_seconds, idle_seconds, limit_bytes, headers=sent_headers))


def is_public_host(host: str, port: int) -> bool:
    """Tell whether every address that a name resolves to belongs to the public internet."""
    return _run(_resolves_publicly(host, port))


async def _ask(method: str, url: str, deadline_seconds: float, limit_bytes: int, **options: Any) -> Answer:
    written = False

    async def trace(event: str, _: Any) -> None:
        nonlocal written
        written = written or event.endswith("send_request_headers.started")

    try:
        async with asyncio.timeout(deadline_seconds):
            async with _client().stream(method, url, extensions={"trace": trace}, **options) as response:
                return Answer(response.status_code, response.headers, await _read(response, limit_bytes))
    except _NOTHING_WRITTEN as error:
        raise NotSent(type(error).__name__) from error
    except (TimeoutError, httpx.HTTPError) as error:
        raise (NoAnswer if written else NotSent)(type(error).__name__) from error


async def _download(
    url: str, into: IO[bytes], deadline_seconds: float, idle_seconds: float, limit_bytes: int, **options: Any
) -> Answer:
    timeout = httpx.Timeout(idle_seconds)
    try:
        async with asyncio.timeout(deadline_seconds):
            async with _client().stream("GET", url, timeout=timeout, **options) as response:
                if response.status_code == 200:
                    await _write(response, into, limit_bytes)
                return Answer(response.status_code, response.headers, b"")
    except _NOTHING_WRITTEN as error:
        raise NotSent(type(error).__name__) from error
    except (TimeoutError, httpx.HTTPError) as error:
        raise NoAnswer(type(error).__name__) from error


async def _write(response: httpx.Response, into: IO[bytes], limit_bytes: int) -> None:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit_bytes:
        raise TooLarge
    written = 0
    async for part in response.aiter_bytes(PART_BYTES):
        written += len(part)
        if written > limit_bytes:
            raise TooLarge
        into.write(part)


async def _read(response: httpx.Response, limit_bytes: int) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > limit_bytes:
            raise TooLarge
    return bytes(body)


async def _resolves_publicly(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(5):
            found = await asyncio.get_running_loop().getaddrinfo(host, port)
    except (TimeoutError, OSError, UnicodeError):
        return False
    addresses = [ipaddress.ip_address(str(where[0]).partition("%")[0]) for *_, where in found]
    return bool(addresses) and all(one.is_global and not one.is_multicast for one in addresses)


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(work, _loop_of(os.getpid())).result()


_starting = threading.Lock()


@cache
def _started(pid: int) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="outgoing-http", daemon=True).start()
    while not loop.is_running():
        time.sleep(0.001)
    return loop


def _loop_of(pid: int) -> asyncio.AbstractEventLoop:
    """The loop of this process; a forked child starts its own, since threads do not cross a fork."""
    with _starting:
        return _started(pid)


@cache
def _client_of(pid: int) -> httpx.AsyncClient:
    # Timeouts are the caller's total deadline; a proxy of the environment would see tokens.
    return httpx.AsyncClient(timeout=_NO_TIMEOUT, limits=_LIMITS, follow_redirects=False, trust_env=False)


def _client() -> httpx.AsyncClient:
    return _client_of(os.getpid())
