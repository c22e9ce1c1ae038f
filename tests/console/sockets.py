"""A WebSocket client in the test's own event loop, speaking ASGI to the product's routes."""

from typing import Any

from asgiref.testing import ApplicationCommunicator

SOON = 5.0


class WebSocket(ApplicationCommunicator):
    """One connection. `headers` are what a browser would send."""

    def __init__(self, application: Any, address: str, *, headers: list[tuple[bytes, bytes]]) -> None:
        path, _separator, query = address.partition("?")
        scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        super().__init__(application, scope)

    async def connect(self) -> bool:
        """Tell whether the product accepted."""
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(SOON))["type"] == "websocket.accept"

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def hear(self, *, seconds: float = SOON) -> str:
        """The next push. A closed socket is an AssertionError."""
        sent = await self.receive_output(seconds)
        assert sent["type"] == "websocket.send", sent
        return str(sent["text"])

    async def until_closed(self) -> int:
        """Read on until the product closes; gives its code."""
        while (sent := await self.receive_output(SOON))["type"] != "websocket.close":
            pass
        return int(sent["code"])

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(SOON)
