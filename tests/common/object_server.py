"""A small server that speaks as much of S3 as a file needs, and checks that whoever asks has signed."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast


class ObjectServer(ThreadingHTTPServer):
    """Use it as a context manager. `objects` are bytes by "<bucket>/<name>"; `is_away` answers 503 to everything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.is_away = False
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """The verbs by which a file is kept, looked at, read and deleted."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("X-Amz-Decoded-Content-Length"):
            body = _unwrapped(body)
        if self._is_taken():
            self._store.objects[self._name] = body
            self._answer(200)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if not self._is_taken():
            return
        found = self._store.objects.get(self._name)
        if found is None:
            self._answer(404, b"" if self.command == "HEAD" else b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._answer(200, found)

    def do_DELETE(self) -> None:
        if self._is_taken():
            self._store.objects.pop(self._name, None)
            self._answer(204)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    @property
    def _store(self) -> ObjectServer:
        return cast(ObjectServer, self.server)

    @property
    def _name(self) -> str:
        return self.path.partition("?")[0].lstrip("/")

    def _is_taken(self) -> bool:
        """Answer what is refused: everything while away, and whoever did not sign."""
        if self._store.is_away:
            self._answer(503)
        elif "Credential=the-key/" not in self.headers.get("Authorization", ""):
            self._answer(403)
        else:
            return True
        return False

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _unwrapped(body: bytes) -> bytes:
    """The content of a body in signed chunks: "<hex length>;…", the bytes, and so on until a chunk of none."""
    found = b""
    while body:
        head, _, rest = body.partition(b"\r\n")
        size = int(head.partition(b";")[0], 16)
        if not size:
            break
        found += rest[:size]
        body = rest[size + 2 :]
    return found
