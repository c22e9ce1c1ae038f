"""The stand-ins as servers of their own: raw ASGI, so that a benchmark measures the product and not its double."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from apps.simulator.wire import WireRequest, WireResponse, query_values

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = Callable[[WireRequest], Awaitable[WireResponse]]


def asgi(answer: Answer, *, on_stop: Callable[[], Awaitable[None]] | None = None) -> Callable[..., Awaitable[None]]:
    """Make an ASGI application of a function from request to response."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send, on_stop)
        elif scope["type"] == "http":
            response = await answer(await _request(scope, receive))
            if response.is_reset:
                await _break(scope, receive)
            else:
                await _respond(send, response)

    return application


async def _live(receive: Receive, send: Send, on_stop: Callable[[], Awaitable[None]] | None) -> None:
    while True:
        event = await receive()
        if event["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif event["type"] == "lifespan.shutdown":
            if on_stop is not None:
                await on_stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _request(scope: Scope, receive: Receive) -> WireRequest:
    body = bytearray()
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    return WireRequest(
        method=scope["method"],
        path=scope["path"],
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        query=query_values(scope["query_string"]),
        body=bytes(body),
    )


async def _respond(send: Send, response: WireResponse) -> None:
    headers = [(b"content-type", response.content_type.encode("latin-1"))]
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if response.drip_seconds:
        for offset in range(0, len(response.body), DRIP_BYTES):
            chunk = response.body[offset : offset + DRIP_BYTES]
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await asyncio.sleep(response.drip_seconds)
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.body", "body": response.body[: response.cut_after]})


async def _break(scope: Scope, receive: Receive) -> None:
    """Break the connection (TCP RST), so that the caller never learns what became of its request."""
    transport = Line.open[scope["server"], scope["client"]]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


class Line(HttpToolsProtocol):
    """A connection that can be broken on order: ASGI itself offers no way."""

    #: The open connections by both ends' addresses.
    open: ClassVar[dict[tuple[Any, Any], asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.open[self.server, self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.pop((self.server, self.client), None)
        super().connection_lost(exc)


DRIP_BYTES = 8
