"""The webhook behind uvicorn as the Procfile starts it, for one account, with shorter patience: for attackers."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from apps.common import http_limits  # noqa: E402
from apps.gateway.body import BodyReader  # noqa: E402
from apps.gateway.webhook import WebhookApplication  # noqa: E402
from tests.gateway.payloads import ACCOUNT  # noqa: E402

PATIENCE_SECONDS = 1.0

http_limits.HEAD_SECONDS = PATIENCE_SECONDS
_webhook = WebhookApplication(accounts=lambda: {ACCOUNT.slug: ACCOUNT}, wake=lambda: None)
_webhook._bodies = BodyReader(slowest_seconds=PATIENCE_SECONDS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "lifespan":
        await _webhook(scope, receive, send)
        return
    await receive()
    await _webhook.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _webhook.stop()
    await send({"type": "lifespan.shutdown.complete"})
