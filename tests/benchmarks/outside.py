"""What stands outside the product while it is measured: Meta and a model, as lean as a server can be.

The stand-ins that enforce Meta's rules live in apps/simulator; here nothing may cost more than it must, because the
machine has two cores for everything.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

Answer = Callable[[str, bytes], Awaitable[dict[str, Any]]]

APP_SECRET = "benchmark"
PHONE_NUMBER_ID = "330000000000001"
TRIES = 5


class Server:
    """A keep-alive HTTP server on loopback that answers JSON."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self.url = ""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(found.group(1))) if found else b""
                content = json.dumps(await self._answer(head.split(b" ", 2)[1].decode(), body)).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(content)
                    + content
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()


class Client:
    """Posts over a few connections that stay open."""

    def __init__(self, host: str, port: int, *, connections: int = 32) -> None:
        self._address = (host, port)
        self._free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = asyncio.LifoQueue()
        for _ in range(connections):
            self._free.put_nowait(None)

    async def post(self, path: str, body: bytes, headers: str = "") -> int:
        """Post and give the status, 0 when the connection broke."""
        connection = await self._free.get()
        try:
            reader, writer = connection or await asyncio.open_connection(*self._address)
            writer.write(
                f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                f"content-length: {len(body)}\r\n{headers}\r\n".encode()
                + body
            )
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(found.group(1)) if found else 0)
            connection = (reader, writer)
            return int(head.split(b" ", 2)[1])
        except (OSError, asyncio.IncompleteReadError):
            connection = None
            return 0
        finally:
            self._free.put_nowait(connection)


class Meta:
    """Customers who write, and the Graph API that takes the answers and reports three statuses for each."""

    def __init__(self) -> None:
        self.server = Server(self._accept)
        self.client: Client | None = None
        self.written: dict[str, float] = {}
        self.answered: dict[str, list[float]] = {}
        self.refused = 0
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def write(self, customer: int, token: str) -> None:
        """Send one customer's message, signed, and remember when."""
        phone = f"55839{80000000 + customer}"
        message = {
            "from": phone,
            "id": f"wamid.IN.{token}",
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": f"pergunta {token}"},
        }
        contact = {"profile": {"name": f"Cliente {customer}"}, "wa_id": phone}
        self.written[token] = time.perf_counter()
        if await self._deliver({"contacts": [contact], "messages": [message]}) != 200:
            self.refused += 1

    async def _accept(self, path: str, body: bytes) -> dict[str, Any]:
        if not body:
            # A question about the account or its templates.
            return {"data": []}
        sent = json.loads(body)
        if "status" in sent:
            return {"success": True}
        token = re.search(r"[0-9a-f]+-\d+", sent.get("text", {}).get("body", ""))
        if token:
            self.answered.setdefault(token.group(), []).append(time.perf_counter())
        wamid = f"wamid.OUT.{next(self._numbers)}"
        task = asyncio.create_task(self._report(wamid, sent))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return {"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": wamid}]}

    async def _report(self, wamid: str, sent: dict[str, Any]) -> None:
        for status, pause in (("sent", 0.05), ("delivered", 0.2), ("read", 0.5)):
            await asyncio.sleep(pause)
            await self._deliver(
                {
                    "statuses": [
                        {
                            "id": wamid,
                            "status": status,
                            "timestamp": str(int(time.time())),
                            "recipient_id": sent["to"].lstrip("+"),
                            "biz_opaque_callback_data": sent.get("biz_opaque_callback_data", ""),
                        }
                    ]
                }
            )

    async def _deliver(self, value: dict[str, Any]) -> int:
        assert self.client is not None
        metadata = {"display_phone_number": "558333330350", "phone_number_id": PHONE_NUMBER_ID}
        change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        for _ in range(TRIES):
            # As Meta does: what is not acknowledged is sent again. An idle connection may have been closed meanwhile.
            status = await self.client.post(
                "/webhooks/whatsapp/default", body, f"x-hub-signature-256: sha256={digest}\r\n"
            )
            if status == 200:
                return status
        return status


class Model:
    """Thinks for a set time and answers what it was asked, by the schema."""

    def __init__(self, think_seconds: float) -> None:
        self.server = Server(self._answer)
        self._think_seconds = think_seconds

    async def _answer(self, path: str, body: bytes) -> dict[str, Any]:
        asked = json.loads(body)
        await asyncio.sleep(self._think_seconds)
        tokens = re.findall(r"pergunta ([0-9a-f]+-\d+)", json.dumps(asked["messages"]))
        answer = {
            "action": "answer",
            "reply": f"Resposta a {tokens[-1] if tokens else ''}",
            "confidence": 0.9,
            "sources": [],
            "reason": "",
            "collected": [],
        }
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": asked["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": json.dumps(answer), "refusal": None},
                }
            ],
            "usage": {"prompt_tokens": 1200, "completion_tokens": 30, "total_tokens": 1230},
        }
