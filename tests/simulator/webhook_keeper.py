"""The least a product can be: it answers 200 to webhooks and keeps them."""

import json
import threading
from typing import Any, Self

from apps.simulator.server import asgi
from apps.simulator.standin import ServerThread
from apps.simulator.wire import WireRequest, WireResponse

PATIENCE_SECONDS = 5


class WebhookKeeper:
    """`verify_token` is what it answers the handshake for; without one it refuses every handshake."""

    def __init__(self, *, verify_token: str = "", port: int = 0) -> None:
        self.verify_token = verify_token
        self.requests: list[WireRequest] = []
        self.answers: list[int] = []
        self._arrived = threading.Condition()
        self._server = ServerThread(asgi(self._answer), port=port)
        self.url = f"{self._server.url}/webhooks/whatsapp/simulator"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def refuse_next(self, *statuses: int) -> None:
        self.answers.extend(statuses)

    def values(self) -> list[dict[str, Any]]:
        """The values of every webhook so far, unwrapped."""
        bodies = [json.loads(request.body) for request in self.requests]
        return [change["value"] for body in bodies for entry in body["entry"] for change in entry["changes"]]

    def fields(self) -> list[str]:
        """The field of every change so far."""
        bodies = [json.loads(request.body) for request in self.requests]
        return [change["field"] for body in bodies for entry in body["entry"] for change in entry["changes"]]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values() for status in value.get("statuses", [])]

    def wait_for(self, *, messages: int = 0, statuses: int = 0, requests: int = 0, news: int = 0) -> None:
        """Wait until at least so many have arrived; `news` are changes of any field but `messages`."""

        def is_enough() -> bool:
            told = [field for field in self.fields() if field != "messages"]
            return (
                len(self.messages()) >= messages
                and len(self.statuses()) >= statuses
                and len(self.requests) >= requests
                and len(told) >= news
            )

        with self._arrived:
            assert self._arrived.wait_for(is_enough, PATIENCE_SECONDS), f"{len(self.requests)} webhooks came"

    async def _answer(self, request: WireRequest) -> WireResponse:
        if request.method == "GET":
            is_right = bool(self.verify_token) and request.query.get("hub.verify_token") == self.verify_token
            challenge = request.query.get("hub.challenge", "") if is_right else ""
            return WireResponse(200 if is_right else 403, challenge.encode(), content_type="text/plain")
        with self._arrived:
            self.requests.append(request)
            status = self.answers.pop(0) if self.answers else 200
            self._arrived.notify_all()
        return WireResponse(status, b"", content_type="text/plain")
