"""The webhook's four things: size limit, signature, one durable insert, one wake-up."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from redis import Redis

from apps.common import mongo, redis
from apps.common.stores import RunningStore
from apps.gateway import intake_health, services, spool, webhook
from apps.gateway.body import BodyReader
from apps.gateway.committer import Committer
from apps.gateway.documents import WebhookDelivery, new_row
from tests.gateway.asgi import PATH, ask, running, sign, text_webhook
from tests.gateway.payloads import ACCOUNT

pytestmark = pytest.mark.usefixtures("mongodb", "redis")


def stored_bodies() -> list[bytes]:
    return [bytes(row.body) for row in WebhookDelivery.objects.order_by("received_ns")]


@pytest.mark.parametrize("path", [PATH, PATH + "/"])
async def test_a_signed_body_is_stored_as_it_came_before_it_is_acknowledged(path: str) -> None:
    body = text_webhook(1)

    async with running() as application:
        response = await ask(application, path=path, body=body)

        (row,) = WebhookDelivery.objects
        assert (response.status, response.text) == (200, "")
    assert bytes(row.body) == body
    assert (row.tenant_id, row.account, row.status) == ("default", "default", "received")
    assert row.traceparent.startswith("00-")


async def test_a_wrong_signature_is_refused_and_leaves_nothing() -> None:
    body = text_webhook(1)

    async with running() as application:
        refused = [
            await ask(application, body=body, headers=headers)
            for headers in ({}, {"x-hub-signature-256": sign(body, "outro")}, {"x-hub-signature-256": "sha256=zz"})
        ]
        accepted = await ask(application, body=body)

    assert [one.status for one in refused] == [403, 403, 403]
    assert all(one.text == "" for one in refused)
    assert accepted.status == 200
    assert len(stored_bodies()) == 1


@pytest.mark.parametrize(
    "path", ["/webhooks/whatsapp/nobody", "/webhooks/pombo/default", "/webhooks/whatsapp/", "/webhooks/a/b/c"]
)
async def test_an_unknown_address_is_not_found(path: str) -> None:
    async with running() as application:
        assert (await ask(application, path=path, body=text_webhook(1))).status == 404

    assert stored_bodies() == []


async def test_an_account_that_is_switched_off_refuses_so_that_meta_keeps_its_webhooks() -> None:
    async with running(ACCOUNT.model_copy(update={"is_active": False})) as application:
        assert (await ask(application, body=text_webhook(1))).status == 404


async def test_the_handshake_answers_the_challenge_as_plain_text() -> None:
    query = b"hub.mode=subscribe&hub.challenge=%3Cb%3E42&hub.verify_token=segredo-de-verificacao"

    async with running() as application:
        right = await ask(application, "GET", query=query)
        wrong = await ask(application, "GET", query=query.replace(b"segredo", b"palpite"))
        many = await ask(application, "GET", query=b"&".join([query] + [b"a=1"] * 50))

    assert (right.status, right.text) == (200, "<b>42")
    assert right.headers["content-type"].startswith("text/plain")
    assert right.headers["x-content-type-options"] == "nosniff"
    assert (wrong.status, wrong.text) == (403, "")
    assert many.status == 403


async def test_other_methods_are_refused() -> None:
    async with running() as application:
        assert (await ask(application, "PUT", body=b"{}")).status == 405


async def test_a_body_too_large_is_refused_before_it_is_read() -> None:
    async with running() as application:
        declared = await ask(application, body=b"", headers={"content-length": str(5 * 1024 * 1024)})
        nonsense = await ask(application, body=b"", headers={"content-length": "-1"})
        lying = await ask(application, body=b"x" * 100, headers={"content-length": "5", "x-hub-signature-256": ""})
        endless = await ask(application, chunks=[b"x" * 1024 * 1024] * 6, headers={})

    assert (declared.status, nonsense.status, endless.status) == (413, 413, 413)
    assert lying.status == 403
    assert stored_bodies() == []


async def test_a_body_that_drips_is_cut_off() -> None:
    async def never() -> dict[str, object]:
        await asyncio.sleep(60)
        return {}

    reader = BodyReader(slowest_seconds=0.05)
    watching = asyncio.create_task(reader.watch())

    with pytest.raises(webhook.Refused) as refusal:
        await reader.read("10", never)

    watching.cancel()
    assert refusal.value.status == 408


async def test_the_largest_webhook_of_meta_is_accepted() -> None:
    body = text_webhook(1, text="x" * 3_000_000)

    async with running() as application:
        assert (await ask(application, body=body)).status == 200

    assert stored_bodies() == [body]


async def test_a_signed_body_that_nobody_can_read_is_acknowledged_and_kept() -> None:
    async with running() as application:
        assert (await ask(application, body=b"\xff{")).status == 200

    assert stored_bodies() == [b"\xff{"]


async def test_many_at_once_share_commits_and_all_are_stored_in_order_of_arrival() -> None:
    bodies = [text_webhook(number) for number in range(200)]
    woken = threading.Event()

    async with running(wake=woken.set) as application:
        responses = await asyncio.gather(*(ask(application, body=body) for body in bodies))

        assert await asyncio.to_thread(woken.wait, 2)
    assert {one.status for one in responses} == {200}
    assert stored_bodies() == bodies


async def test_webhooks_are_spooled_while_mongodb_hangs_and_drained_when_it_is_back(
    private_mongod: RunningStore, settings: LazySettings
) -> None:
    settings.MONGODB_URI = private_mongod.uri
    bodies = [text_webhook(number) for number in range(5)]

    async with running() as application:
        assert (await ask(application, body=bodies[0])).status == 200
        await _freeze(private_mongod)
        frozen = [await ask(application, body=body) for body in bodies[1:4]]
        spooled = spool.length()
        os.kill(private_mongod.pid, signal.SIGCONT)
        assert await _becomes_true(lambda: application.is_store_up)
        after = await ask(application, body=bodies[4])

    assert [one.status for one in [*frozen, after]] == [200] * 4
    assert spooled == 3
    assert services.drain_spool() == 3
    assert spool.length() == 0
    assert set(bodies[1:4]) <= set(stored_bodies())


async def test_with_both_stores_away_the_answer_is_503(
    private_mongod: RunningStore, private_valkey: RunningStore, settings: LazySettings
) -> None:
    settings.MONGODB_URI, settings.REDIS_URL = private_mongod.uri, private_valkey.uri

    async with running() as application:
        assert (await ask(application, body=text_webhook(1))).status == 200
        private_valkey.stop()
        await _freeze(private_mongod)

        response = await ask(application, body=text_webhook(2))

        os.kill(private_mongod.pid, signal.SIGCONT)
    assert response.status == 503


async def test_a_spool_that_is_not_fsynced_is_no_acknowledgement(private_valkey: RunningStore) -> None:
    # What Redis keeps without an append-only file would be lost with its process.
    with Redis.from_url(private_valkey.uri) as client:
        client.config_set("appendonly", "no")
    writer = spool.SpoolWriter(private_valkey.uri)

    with pytest.raises(spool.SpoolUnavailable):
        await writer.append([])

    await writer.close()


def test_a_spooled_body_that_mongodb_had_stored_already_is_stored_once() -> None:
    row = new_row(
        row_id=mongo.new_id(),
        tenant_id="default",
        account="default",
        kind="whatsapp",
        body=b"\x00\xff",
        received_ns=1_795_357_200_000_000_000,
        traceparent="00-a-b-01",
    )
    redis.client().xadd(spool.stream(), spool._encode(row))
    redis.client().xadd(spool.stream(), spool._encode(row))

    services.drain_spool()

    assert stored_bodies() == [b"\x00\xff"]


async def _freeze(server: RunningStore) -> None:
    """Stop a server, and wait until every thread of it stands still: on a busy machine that is not at once."""
    os.kill(server.pid, signal.SIGSTOP)
    threads = Path(f"/proc/{server.pid}/task")
    assert await _becomes_true(lambda: all(") T" in (thread / "stat").read_text() for thread in threads.iterdir()))


async def _becomes_true(condition: Callable[[], bool]) -> bool:
    for _ in range(100):
        if condition():
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_start_and_a_503_are_gaps_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake_health, "BEAT_SECONDS", 0.05)
    told: list[bool] = []
    monkeypatch.setattr(intake_health, "beat", lambda *, refused, **_: told.append(refused) or 0.0)

    async with running() as application:
        assert (await ask(application, body=text_webhook(1))).status == 200
        assert await _becomes_true(lambda: len(told) >= 3)
        before = told[:]
        monkeypatch.setattr(Committer, "submit", _refuse)
        assert (await ask(application, body=text_webhook(2))).status == 503
        assert await _becomes_true(lambda: len(told) >= len(before) + 3)

    assert before == [True] + [False] * (len(before) - 1)
    assert told[len(before) :].count(True) == 1


async def _refuse(_: Committer, __: object) -> bool:
    return False
