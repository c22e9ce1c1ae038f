"""Sends whose outcome nobody knows: repeated on evidence, otherwise left to a person."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from apps.common import clock, redis
from apps.contracts.events import DeliveryUpdated
from apps.contracts.messages import StatusUpdate
from apps.contracts.words import DeliveryStatus
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import claim_outbound
from apps.events import delivery
from apps.events.services import publish, without_inline
from apps.gateway import intake_health, services
from apps.gateway.documents import DEAD, ParkedStatus, WebhookDelivery
from apps.gateway.services.evidence import RECORDING
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.gateway.payloads import body_of
from tests.gateway.product import Product, arrive

HEALTH = ("intake", "health")
#: A post, the window, and the time in which what was received becomes durable.
DECIDED_AFTER_SECONDS = 12 + 30 + 4


@pytest.fixture
def lost(product: Product, meta: MetaStandIn, carla: PhoneCustomer) -> str:
    """Give the id of a message that Meta answered with 500 and never had."""
    meta.write(carla, "Oi")
    product.take_in(messages=1)
    message_id = product.reply("Olá!")
    meta.fail_next("500")
    product.deliver()
    assert product.message(message_id).status == "unconfirmed"
    return message_id


def said(meta: MetaStandIn) -> list[str]:
    return [body["text"]["body"] for _, body in meta.accepted]


def let_pass(message_id: str, *, seconds: float = DECIDED_AFTER_SECONDS) -> None:
    """Let a send be so old, with a healthy intake since long before it."""
    Message.objects(id=message_id).update_one(set__claimed_at=clock.now() - timedelta(seconds=seconds))
    intake_health.beat(refused=False)
    redis.client().hset(redis.key(*HEALTH), "since", "1")


def died(to: str) -> None:
    """Let an entry of this handler end in the dead letters."""
    update = StatusUpdate(
        tenant_id="default", account="default", external_id="wamid.X", status=DeliveryStatus.SENT, at=clock.now()
    )
    found: list[str] = []
    without_inline(lambda: found.append(publish(DeliveryUpdated(tenant_id="default", update=update), key="st:x")))
    delivery.bury(found[0], DeliveryUpdated, to, "ValueError")


def stop_beating() -> None:
    redis.client().hset(redis.key(*HEALTH), "at", str(clock.now().timestamp() - 5))


def park() -> None:
    ParkedStatus(tenant_id="default", account="default", external_id="wamid.NOBODY", report={"status": "sent"}).save()


def bury_body() -> None:
    (row_id,) = arrive(b"{}")
    WebhookDelivery.objects(id=row_id).update_one(set__status=DEAD)


def test_what_meta_evidently_never_had_is_sent_again(product: Product, meta: MetaStandIn, lost: str) -> None:
    let_pass(lost)

    assert services.reconcile() == 1
    product.deliver()

    assert said(meta) == ["Olá!"]
    assert product.message(lost).attempt == 2


@pytest.mark.parametrize("seconds", [12 + 4, 30 + 4, DECIDED_AFTER_SECONDS - 1])
def test_the_window_counts_from_the_end_of_the_post(product: Product, lost: str, seconds: float) -> None:
    let_pass(lost, seconds=seconds)

    assert services.reconcile() == 0
    assert product.message(lost).status == "unconfirmed"


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda: intake_health.beat(refused=True), id="a webhook was refused, or a web process started"),
        pytest.param(lambda: redis.client().delete(redis.key(*HEALTH)), id="Redis forgot"),
        pytest.param(stop_beating, id="no web process beats"),
        pytest.param(
            lambda: intake_health.beat(refused=False, rejected=[intake_health.Account("default", "default")]),
            id="wrong signatures",
        ),
        pytest.param(bury_body, id="a body could not be read"),
        pytest.param(lambda: died(RECORDING), id="a status could not be applied"),
        pytest.param(park, id="a status of nobody"),
    ],
)
def test_without_evidence_a_person_decides(
    product: Product, meta: MetaStandIn, lost: str, harm: Callable[[], object]
) -> None:
    let_pass(lost)
    harm()

    services.reconcile()
    product.deliver()

    assert product.message(lost).status == "unknown"
    assert said(meta) == []


def test_nothing_is_decided_while_a_status_may_still_be_waiting_here(product: Product, lost: str) -> None:
    let_pass(lost)
    (row_id,) = arrive(body_of("status_delivered"))
    long_ago_ns = int((clock.now() - timedelta(seconds=20)).timestamp() * 1e9)
    WebhookDelivery.objects(id=row_id).update_one(set__received_ns=long_ago_ns)

    assert services.reconcile() == 0
    WebhookDelivery.objects.update(set__status="done")

    assert services.reconcile() == 1


def test_what_came_after_the_window_is_not_waited_for(product: Product, meta: MetaStandIn, lost: str) -> None:
    let_pass(lost)
    arrive(body_of("status_delivered"))

    assert services.reconcile() == 1


def test_nothing_is_decided_before_intake_has_spoken(product: Product, lost: str) -> None:
    let_pass(lost)
    redis.client().hset(redis.key(*HEALTH), "at", str(clock.now().timestamp() - 2))

    assert services.reconcile() == 0


def test_a_status_that_waits_on_the_bus_is_waited_for(product: Product, lost: str) -> None:
    let_pass(lost)
    update = StatusUpdate(
        tenant_id="default", account="default", external_id="wamid.X", status=DeliveryStatus.SENT, at=clock.now()
    )
    without_inline(lambda: _publish(update))

    assert services.reconcile() == 0


def test_what_a_person_overtook_is_unknown_as_soon_as_its_sender_is_dead(
    product: Product, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    meta.write(carla, "Oi")
    product.take_in(messages=1)
    message_id = product.reply("Custa R$ 350.")
    Message.objects(id=message_id).update_one(set__author="assistant")
    conversation_id = str(product.conversation().id)
    claim_outbound(tenant_id="default", conversation_id=conversation_id)
    let_pass(message_id, seconds=13)

    assert services.reconcile() == 0
    Conversation.objects(id=conversation_id).update_one(set__holder="attendant:ana")

    assert services.reconcile() == 1
    assert product.message(message_id).status == "unknown"
    assert product.conversation().lane == ""


def _publish(update: StatusUpdate) -> None:
    publish(DeliveryUpdated(tenant_id="default", update=update), key="st:y")
