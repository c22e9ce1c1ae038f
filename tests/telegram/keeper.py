"""The least a product can be: it takes updates, or refuses as many as it is told to."""

import json
import threading
from typing import Any, Self

from apps.simulator.server import asgi
from apps.simulator.standin import ServerThread
from apps.simulator.wire import WireRequest, WireResponse

PATIENCE_SECONDS = 10


class UpdateKeeper:
    def __init__(self) -> None:
        self.requests: list[WireRequest] = []
        self.answers: list[int] = []
        self._arrived = threading.Condition()
        self._server = ServerThread(asgi(self._answer))
        self.url = f"{self._server.url}/webhooks/telegram/robo"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def updates(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.requests]

    def wait_for(self, count: int) -> None:
        """Wait until at least so many posts have come."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.requests) >= count, PATIENCE_SECONDS), len(self.requests)

    async def _answer(self, request: WireRequest) -> WireResponse:
        with self._arrived:
            self.requests.append(request)
            status = self.answers.pop(0) if self.answers else 200
            self._arrived.notify_all()
        return WireResponse(status, b"", content_type="text/plain")
