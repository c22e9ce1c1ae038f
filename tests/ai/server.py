"""A local HTTP server that answers as a model's server would, or misbehaves as told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def answer(reply: str = "Posso ajudar sim!", **fields: Any) -> str:
    """The content of a completion that follows the schema."""
    given = {"action": "answer", "confidence": 0.9, "sources": [], "reason": "", "collected": []}
    return json.dumps({**given, "reply": reply, **fields})


def completion(content: str | None, *, finish: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1795357200,
        "model": "gpt-6-luna",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, "refusal": refusal},
            }
        ],
        "usage": {
            "prompt_tokens": 1200,
            "completion_tokens": 40,
            "total_tokens": 1240,
            "prompt_tokens_details": {"cached_tokens": 1024},
        },
    }


class Reply:
    """One HTTP answer: a status with JSON or raw bytes, after a delay, or dripped a byte at a time."""

    def __init__(
        self,
        body: Any = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        delay: float = 0.0,
        drip: float = 0.0,
        cut: bool = False,
        content_type: str = "application/json",
    ) -> None:
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status = status
        self.headers = headers or {}
        self.delay = delay
        self.drip = drip
        self.cut = cut
        self.content_type = content_type


def says(content: str | None, **options: Any) -> Reply:
    return Reply(completion(content, **options))


def fails(status: int, code: str | None = None, **options: Any) -> Reply:
    return Reply({"error": {"message": "no", "type": "error", "param": None, "code": code}}, status=status, **options)


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_args: Any) -> None:
        """A client that hung up is part of the test."""


class ModelServer:
    """`replies` are given in their order, the last one again and again. `requests` keeps what was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [says(answer())]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._server = _QuietServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    @contextmanager
    def running(self) -> Iterator["ModelServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = server.next_reply()
            try:
                self._give(reply)
            except OSError:
                self.close_connection = True

        def _give(self, reply: Reply) -> None:
            time.sleep(reply.delay)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.cut:
                self.wfile.write(reply.body[: len(reply.body) // 2])
                self.close_connection = True
            elif reply.drip:
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(reply.drip)
            else:
                self.wfile.write(reply.body)

        def log_message(self, *_args: Any) -> None:
            """Silence."""

    return Handler
