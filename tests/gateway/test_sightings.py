"""What a person who connects an account sees of its webhook: the handshake, and which of two secrets signs."""

import asyncio

from pydantic import SecretStr

from apps.gateway import selectors as gateway
from apps.gateway.sightings import EVERY_SECONDS
from tests.gateway.asgi import APP_SECRET, ask, running, sign, text_webhook
from tests.gateway.payloads import ACCOUNT

ROTATING = ACCOUNT.model_copy(update={"app_secrets": (SecretStr("segredo novo"), SecretStr(APP_SECRET))})
PATIENCE_SECONDS = 20


async def seen(field: str):
    """Wait until the sighting is written."""
    for _ in range(int(PATIENCE_SECONDS / 0.1)):
        health = await asyncio.to_thread(gateway.account_health, ACCOUNT)
        if getattr(health, field) is not None:
            return health
        await asyncio.sleep(0.1)
    raise AssertionError(f"{field} was never written")


async def test_the_handshake_shows_with_its_time(mongodb, redis):
    token = ACCOUNT.verify_token.get_secret_value()
    async with running() as webhook:
        answer = await ask(
            webhook, "GET", query=f"hub.mode=subscribe&hub.challenge=42&hub.verify_token={token}".encode()
        )
        health = await seen("handshake_at")

    assert answer.text == "42"
    assert health.tenant_id == "default"


async def test_a_refused_handshake_shows_nothing(mongodb, redis):
    async with running() as webhook:
        answer = await ask(webhook, "GET", query=b"hub.mode=subscribe&hub.challenge=42&hub.verify_token=errado")
        webhook._sightings.write()

    assert answer.status == 403
    assert (await asyncio.to_thread(gateway.account_health, ACCOUNT)).handshake_at is None


async def test_both_secrets_are_taken_and_it_shows_which_one_signed(mongodb, redis):
    body = text_webhook(1)
    async with running(ROTATING) as webhook:
        assert (await _post(webhook, body, APP_SECRET)).status == 200
        health = await seen("former_secret_at")
        assert health.present_secret_at is None

        assert (await _post(webhook, body, "segredo novo")).status == 200
        assert (await seen("present_secret_at")).former_secret_at is not None


async def test_with_one_secret_nothing_is_written_for_each_webhook(mongodb, redis):
    async with running() as webhook:
        await _post(webhook, text_webhook(1), APP_SECRET)
        await asyncio.sleep(2 * EVERY_SECONDS)

    health = await asyncio.to_thread(gateway.account_health, ACCOUNT)
    assert (health.former_secret_at, health.present_secret_at) == (None, None)


async def _post(webhook, body: bytes, secret: str):
    return await ask(webhook, body=body, headers={"x-hub-signature-256": sign(body, secret)})
