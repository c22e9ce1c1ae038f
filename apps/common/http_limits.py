"""What uvicorn leaves open: how long and how large the head of a request may be. nginx has its own limits; this is ours."""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = logging.getLogger(__name__)

HEAD_SECONDS = 10.0
LARGEST_HEAD_BYTES = 64 * 1024
#: Counted with those that may follow a body.
MOST_HEADERS = 100


class LimitedHttp(HttpToolsProtocol):
    """uvicorn's own protocol; a connection that drips or piles up its head is closed.

    Named by `--http` where the web process is started.
    """

    _head_bytes = 0
    _is_in_head = True
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._end, "too_slow")

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        # What comes with the end of a body was counted as body, so a head is counted from its second piece on.
        was_in_head = self._is_in_head
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data) if was_in_head else 0
            if self._head_bytes > LARGEST_HEAD_BYTES:
                self._end("head_too_large")
            elif self._deadline is None and not self.transport.is_closing():
                self._deadline = self.loop.call_later(HEAD_SECONDS, self._end, "too_slow")
        elif self._deadline is not None or self._head_bytes:
            self._stop_clock()
            self._head_bytes = 0
        if self.headers is not None and len(self.headers) > MOST_HEADERS:
            self._end("too_many_headers")

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self, reason: str) -> None:
        self._stop_clock()
        if not self.transport.is_closing():
            log.info("connection_ended", extra={"reason": reason})
            self.send_400_response("The head of the request is not acceptable.")
