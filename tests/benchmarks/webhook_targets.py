"""What B1 compares: the product's webhook, and the least that a bare process could do with the same requests."""

import asyncio
import hashlib
import hmac
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "urbana.settings")
django.setup()

from pydantic import SecretStr  # noqa: E402
from redis.asyncio import Redis  # noqa: E402

from apps.contracts.people import ChannelAccountValue  # noqa: E402
from apps.gateway.webhook import WebhookApplication  # noqa: E402

APP_SECRET = "segredo-de-medida"
PATH = "/webhooks/whatsapp/default"
ACCOUNT = ChannelAccountValue(
    tenant_id="default",
    slug="default",
    kind="whatsapp",
    name="Medida",
    phone_number_id="330000000000001",
    app_secrets=(SecretStr(APP_SECRET),),
)


class Served:
    """Adds the lifespan that uvicorn asks for."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self._application(scope, receive, send)
            return
        await receive()
        await self._application.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._application.stop()
        await send({"type": "lifespan.shutdown.complete"})


class RawLimit:
    """HMAC check and batched append to an append-only Redis stream: what one process of this kind can do at most."""

    def __init__(self) -> None:
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()
        self._redis = Redis.from_url(os.environ["REDIS_URL"])
        self._writer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._writer = asyncio.create_task(self._write())

    async def stop(self) -> None:
        if self._writer:
            self._writer.cancel()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        claimed = next(value for name, value in scope["headers"] if name == b"x-hub-signature-256")
        expected = b"sha256=" + hmac.digest(APP_SECRET.encode(), body, hashlib.sha256).hex().encode()
        status = 403
        if hmac.compare_digest(expected, claimed):
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((body, done))
            self._arrived.set()
            await done
            status = 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _write(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._waiting = self._waiting, []
            commands = self._redis.pipeline(transaction=False)
            for body, _ in batch:
                commands.xadd("raw-limit", {"b": body})
            await commands.execute()
            for _, done in batch:
                done.set_result(None)


product = Served(WebhookApplication(accounts=lambda: {ACCOUNT.slug: ACCOUNT}))
raw_limit = Served(RawLimit())
