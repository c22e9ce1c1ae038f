"""From stored bodies to messages and statuses that a person can see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import LazySettings

from apps.common import clock, redis
from apps.conversations import selectors as conversations
from apps.conversations.documents import Message
from apps.gateway import selectors, services
from apps.gateway.documents import ParkedStatus, WebhookDelivery
from apps.tenants.models import ChannelAccount
from tests.gateway.asgi import text_webhook
from tests.gateway.payloads import NAMES, body_of
from tests.gateway.product import arrive
from tests.gateway.test_inbound import NO_MESSAGE

pytestmark = pytest.mark.usefixtures("account")

MESSAGES = sorted(set(NAMES) - NO_MESSAGE - {"batch"})


def delivery_status(delivery_id: str) -> str:
    return str(WebhookDelivery.objects(id=delivery_id).first().status)


def inbound() -> list[Message]:
    return list(Message.objects(direction="inbound").order_by("order"))


@pytest.mark.parametrize("name", MESSAGES)
def test_every_sample_is_stored_and_visible(name: str) -> None:
    (delivery_id,) = arrive(body_of(name))

    assert services.drain() == 1

    (message,) = inbound()
    assert conversations.messages("default", message.conversation_id)
    assert delivery_status(delivery_id) == "done"


def test_the_trace_of_the_webhook_reaches_the_message() -> None:
    arrive(text_webhook(1))

    services.drain()

    (message,) = inbound()
    assert message.trace_id == "ab" * 16


def test_the_same_webhook_three_times_in_a_row_is_one_message() -> None:
    for _ in range(3):
        arrive(text_webhook(1))
        services.drain()

    assert len(inbound()) == 1
    assert WebhookDelivery.objects(status="done").count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_webhook_eight_times_at_once_is_one_message() -> None:
    arrive(*[text_webhook(1)] * 8)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: services.drain(), range(8)))

    assert len(inbound()) == 1
    assert WebhookDelivery.objects(status="received").count() == 0


def test_a_batch_of_entries_changes_and_messages_is_stored_whole_and_in_order() -> None:
    arrive(body_of("batch"))

    services.drain()

    assert [one.external_id for one in inbound()] == [
        f"wamid.LOTE{entry}{change}{index}" for entry in range(2) for change in range(2) for index in range(3)
    ]


@pytest.mark.django_db(transaction=True)
def test_twenty_numbered_messages_are_stored_in_order_whatever_order_they_are_ingested_in() -> None:
    arrive(*[text_webhook(number, timestamp=1_795_357_200 + number // 7) for number in range(20)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: services.drain(), range(4)))

    assert [one.text for one in inbound()] == [f"mensagem {number}" for number in range(20)]


@pytest.mark.django_db(transaction=True)
def test_a_backlog_is_worked_off_in_the_order_of_each_customer() -> None:
    numbers = range(25)
    arrive(*[text_webhook(number, phone=f"558398888000{who}") for number in numbers for who in range(8)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: services.drain(), range(4)))
    services.drain()

    assert WebhookDelivery.objects(status="done").count() == 200
    threads: dict[str, list[str]] = {}
    for one in inbound():
        threads.setdefault(one.conversation_id, []).append(one.text)
    assert list(threads.values()) == [[f"mensagem {number}" for number in numbers]] * 8


def test_numbers_with_and_without_the_ninth_digit_are_one_conversation() -> None:
    arrive(text_webhook(1, phone="553187651234"), text_webhook(2, phone="5531987651234"))

    services.drain()

    assert len({one.conversation_id for one in inbound()}) == 1


def test_a_body_that_cannot_be_read_is_kept_and_can_be_replayed() -> None:
    (delivery_id,) = arrive(b"\xff{")
    services.drain()
    (dead,) = selectors.dead_deliveries("default")
    assert (dead.id, delivery_status(delivery_id)) == (delivery_id, "dead")

    assert not services.replay_delivery(tenant_id="vizinha", delivery_id=delivery_id)
    assert services.replay_delivery(tenant_id="default", delivery_id=delivery_id)

    assert delivery_status(delivery_id) == "received"
    assert selectors.dead_deliveries("vizinha") == []


def test_what_can_be_read_beside_a_problem_is_stored() -> None:
    readable = body_of("text").decode().replace('"messages": [', '"messages": [{"type": "text"},')
    (delivery_id,) = arrive(readable.encode())

    services.drain()

    assert len(inbound()) == 1
    assert delivery_status(delivery_id) == "dead"


def test_a_body_of_an_account_that_is_gone_is_kept() -> None:
    ids = [*arrive(text_webhook(1), account="sumiu"), *arrive(text_webhook(2), tenant_id="vizinha")]
    WebhookDelivery.objects.update(set__received_at=clock.now() - timedelta(minutes=2))

    services.drain()

    assert [delivery_status(one) for one in ids] == ["dead", "dead"]
    assert inbound() == []


def test_a_body_of_an_account_not_known_here_yet_waits(account: ChannelAccount) -> None:
    (delivery_id,) = arrive(text_webhook(1), account="novo")
    assert services.drain() == 0
    assert services.ingest_alone() == 0
    assert delivery_status(delivery_id) == "received"

    account.slug = "novo"
    account.save()

    assert services.ingest_alone() == 1
    assert delivery_status(delivery_id) == "done"


def test_a_body_that_killed_its_worker_twice_is_ingested_alone_and_at_last_buried() -> None:
    (delivery_id,) = arrive(text_webhook(1))
    WebhookDelivery.objects(id=delivery_id).update_one(set__attempts=2)

    assert services.drain() == 0
    assert services.sweep_deliveries() == (False, False)
    WebhookDelivery.objects(id=delivery_id).update_one(set__received_ns=1)
    assert services.sweep_deliveries() == (False, True)
    WebhookDelivery.objects(id=delivery_id).update_one(set__attempts=5)
    services.ingest_alone()

    assert delivery_status(delivery_id) == "dead"
    assert services.replay_delivery(tenant_id="default", delivery_id=delivery_id)
    services.drain()
    assert delivery_status(delivery_id) == "done"


def test_a_body_that_is_late_is_counted_before_it_is_ingested() -> None:
    (delivery_id,) = arrive(text_webhook(1))
    WebhookDelivery.objects(id=delivery_id).update_one(set__received_at=clock.now() - timedelta(minutes=1))

    services.drain()

    assert WebhookDelivery.objects(id=delivery_id).first().attempts == 1


def test_a_status_that_names_no_attempt_waits_for_its_message() -> None:
    arrive(body_of("status_delivered").replace(b'"biz_opaque_callback_data": "conv-1:msg-7",', b""))

    services.drain()

    (parked,) = ParkedStatus.objects
    assert (parked.tenant_id, parked.external_id) == ("default", "wamid.SAIDA0008")


def test_ingest_goes_on_without_redis(settings: LazySettings) -> None:
    arrive(text_webhook(1))
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis.client.cache_clear()

    services.drain()

    redis.client.cache_clear()
    assert len(inbound()) == 1


def test_the_business_account_is_learned_from_the_first_webhook_and_never_overwritten(account: ChannelAccount) -> None:
    arrive(body_of("text"))
    services.drain()
    account.refresh_from_db()
    assert account.business_account_id == "210000000000001"

    arrive(text_webhook(1).replace(b"210000000000001", b"999"))
    services.drain()

    account.refresh_from_db()
    assert account.business_account_id == "210000000000001"


def test_one_drain_that_has_not_begun_stands_for_all_that_arrives_meanwhile(redis: None) -> None:
    asked = [services.claim_wakeup() for _ in range(5)]
    services.forget_wakeup()

    assert asked == [True, False, False, False, False]
    assert services.claim_wakeup()
