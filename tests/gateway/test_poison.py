"""A body that kills whoever reads it: buried after five tries, its neighbours unharmed, and it can be replayed (F14)."""

import os
import signal
from datetime import timedelta

import mongoengine
import pytest

from apps.common import clock, mongo, redis
from apps.contracts.channels import ParsedWebhook
from apps.contracts.people import ChannelAccountValue
from apps.conversations.documents import Message
from apps.gateway import selectors, services
from apps.gateway.channels.whatsapp.adapter import WhatsAppAdapter
from apps.gateway.documents import WebhookDelivery
from tests.gateway.asgi import text_webhook
from tests.gateway.product import arrive

pytestmark = [pytest.mark.usefixtures("account"), pytest.mark.timeout(120)]

POISON = "veneno"
MOST_TRIES = 5


def test_a_body_that_kills_its_worker_is_buried_after_five_tries() -> None:
    (poison, *_) = arrive(
        text_webhook(1, phone="5583988880001", text=POISON),
        text_webhook(2, phone="5583988880002"),
        text_webhook(3, phone="5583988880003"),
    )

    deaths = 0
    while WebhookDelivery.objects(status="received").count():
        deaths += run_a_worker() == signal.SIGKILL
        assert deaths <= MOST_TRIES
        let_claims_run_out()

    assert deaths == MOST_TRIES
    assert sorted(row.text for row in Message.objects) == ["mensagem 2", "mensagem 3"]
    (dead,) = selectors.dead_deliveries("default")
    assert dead.id == poison
    assert "cut off" in dead.error


def test_what_was_buried_is_ingested_once_its_cure_is_known() -> None:
    (poison,) = arrive(text_webhook(1, text=POISON))
    WebhookDelivery.objects(id=poison).update_one(set__attempts=MOST_TRIES)
    services.ingest_alone()
    assert Message.objects.count() == 0

    assert services.replay_delivery(tenant_id="default", delivery_id=poison)
    services.drain()

    assert [row.text for row in Message.objects] == [POISON]
    assert selectors.dead_deliveries("default") == []


def run_a_worker() -> int:
    """Ingest everything in a process of its own; give the signal that killed it, or 0."""
    child = os.fork()
    if child == 0:
        outcome = 1
        try:
            mongoengine.disconnect()
            mongo.connect()
            WhatsAppAdapter.parse_webhook = deadly  # type: ignore[method-assign]
            services.drain()
            services.ingest_alone()
            outcome = 0
        finally:
            os._exit(outcome)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


_parse = WhatsAppAdapter.parse_webhook


def deadly(self: WhatsAppAdapter, account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
    if POISON.encode() in body:
        os.kill(os.getpid(), signal.SIGKILL)
    return _parse(self, account, body=body, received_ns=received_ns)


def let_claims_run_out() -> None:
    """What a killed worker held is free again, and late."""
    for key in redis.client().scan_iter(match=redis.key("ingest", "*")):
        redis.client().delete(key)
    WebhookDelivery.objects(status="received").update(set__received_at=clock.now() - timedelta(minutes=1))
