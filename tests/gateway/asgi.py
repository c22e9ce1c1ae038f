"""Asks the webhook the way a web server does, without one."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from apps.contracts.people import ChannelAccountValue
from apps.gateway.webhook import WebhookApplication
from tests.gateway.payloads import ACCOUNT

PATH = "/webhooks/whatsapp/default"
APP_SECRET = "segredo-de-teste"


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    text: str


def sign(body: bytes, app_secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def text_webhook(number: int, *, phone: str = "5511900000002", text: str = "", timestamp: int = 1_795_357_201) -> bytes:
    message = {
        "from": phone,
        "id": f"wamid.{phone}.{number}",
        "timestamp": str(timestamp),
        "type": "text",
        "text": {"body": text or f"mensagem {number}"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5511900000001", "phone_number_id": "330000000000001"},
        "contacts": [{"profile": {"name": "Carla"}, "wa_id": phone}],
        "messages": [message],
    }
    entry = {"id": "210000000000001", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


@asynccontextmanager
async def running(
    *accounts: ChannelAccountValue, wake: Callable[[], None] = lambda: None
) -> AsyncIterator[WebhookApplication]:
    """The webhook as it runs in the web process, with these accounts."""
    known = {account.slug: account for account in accounts or (ACCOUNT,)}
    application = WebhookApplication(accounts=lambda: known, wake=wake)
    await application.start()
    try:
        yield application
    finally:
        await application.stop()


async def ask(
    application: WebhookApplication,
    method: str = "POST",
    path: str = PATH,
    *,
    body: bytes = b"",
    chunks: list[bytes] | None = None,
    headers: dict[str, str] | None = None,
    query: bytes = b"",
) -> Response:
    parts = chunks if chunks is not None else [body]
    sent: list[dict[str, Any]] = []
    queue = [
        {"type": "http.request", "body": part, "more_body": index < len(parts) - 1} for index, part in enumerate(parts)
    ]

    async def receive() -> dict[str, Any]:
        if not queue:
            await asyncio.sleep(3600)
        return queue.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    given = headers if headers is not None else {"x-hub-signature-256": sign(body), "content-length": str(len(body))}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
    }
    await application(scope, receive, send)
    start, content = sent
    return Response(
        start["status"],
        {name.decode(): value.decode() for name, value in start["headers"]},
        content["body"].decode(),
    )
