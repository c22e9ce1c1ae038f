"""A server that plays Meta's file hosts, badly when told to: it counts who asked, and with which token."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

PART = b"x" * 65_536


class FileServer:
    """Use it as a context manager. `size_bytes` is how long its file is, `expired` how many addresses it has forgotten.

    `redirects_to` sends every request for the file elsewhere. `asked` are (path, Authorization) in order.
    """

    def __init__(self) -> None:
        self.size_bytes = 10
        self.expired = 0
        self.redirects_to = ""
        self.announces_size = True
        self.asked: list[tuple[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path.partition("?")[0], self.headers.get("Authorization", "")))
                server.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if not request.path.startswith("/file"):
            self._say(request, 200, json.dumps({"url": f"{self.url}/file"}).encode(), "application/json")
        elif self.redirects_to:
            request.send_response(302)
            request.send_header("Location", self.redirects_to)
            request.send_header("Content-Length", "0")
            request.end_headers()
        elif self.expired:
            self.expired -= 1
            self._say(request, 404, b"{}", "application/json")
        else:
            self._stream(request)

    def _say(self, request: BaseHTTPRequestHandler, status: int, body: bytes, mime_type: str) -> None:
        request.send_response(status)
        request.send_header("Content-Type", mime_type)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _stream(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/pdf")
        if self.announces_size:
            request.send_header("Content-Length", str(self.size_bytes))
        request.end_headers()
        left = self.size_bytes
        try:
            while left > 0:
                request.wfile.write(PART[:left])
                left -= len(PART)
        except OSError:
            # Whoever asked has seen enough.
            return
