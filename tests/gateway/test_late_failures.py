"""Meta said 200 and then `failed`: the usual way in which it refuses. Each code is acted on as its class says."""

from datetime import timedelta

import pytest

from apps.common import clock
from apps.contracts.messages import StatusUpdate
from apps.contracts.words import Author, Consequence, DeliveryStatus
from apps.conversations.documents import ConsentRecord, Conversation, Customer, Message
from apps.conversations.services import take_conversation
from apps.events.documents import EventRecord
from apps.gateway import services
from apps.gateway.selectors import endpoint_states
from apps.gateway.services.consequences import note_failures
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from apps.tenants.selectors import account as account_of
from tests.gateway.product import Product


@pytest.fixture(autouse=True)
def _carla_wrote(product: Product, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    meta.write(carla, "Oi")
    product.take_in(messages=1)


def said(meta: MetaStandIn) -> list[str]:
    return [body["text"]["body"] for _, body in meta.accepted]


def fails_later(product: Product, meta: MetaStandIn, code: int) -> str:
    """Send a text that Meta accepts and then reports as failed."""
    message_id = product.reply("Olá, Carla!")
    meta.fail_next(f"{code}_later")
    product.deliver()
    product.take_in(statuses=sum(1 for _ in meta.accepted))
    return message_id


def waits(message: Message) -> float:
    return float((message.retry_at - clock.now()).total_seconds())


@pytest.mark.parametrize(("code", "seconds"), [(130429, 5), (131000, 45), (131053, 30)])
def test_what_is_worth_another_try_is_queued_again_at_its_time(
    product: Product, meta: MetaStandIn, code: int, seconds: float
) -> None:
    message_id = fails_later(product, meta, code)

    waiting = product.message(message_id)
    product.deliver()
    before = len(meta.accepted)
    product.let_retry_pass()
    product.deliver()

    assert (waiting.status, waiting.error_code) == ("queued", str(code))
    assert seconds - 5 < waits(waiting) <= seconds
    assert before == 1
    assert said(meta) == ["Olá, Carla!"] * 2
    assert product.message(message_id).external_id == meta.accepted[1][0] != meta.accepted[0][0]


def test_a_worker_is_asked_to_try_again_at_that_time_and_not_before(product: Product, meta: MetaStandIn) -> None:
    message_id = fails_later(product, meta, 131000)

    (record,) = EventRecord.objects(key__contains=f"lane:{message_id}")

    (entry,) = [one for one in record.pending if one.to == "gateway.deliver"]
    assert entry.due > clock.now() + timedelta(seconds=30)


def test_two_further_tries_of_an_ambiguous_failure_are_enough(product: Product, meta: MetaStandIn) -> None:
    message_id = fails_later(product, meta, 131000)
    for number in (2, 3):
        product.let_retry_pass()
        meta.fail_next("131000_later")
        product.deliver()
        product.take_in(statuses=number)

    failed = product.message(message_id)
    assert (failed.status, failed.attempt) == ("failed", 3)
    assert len(said(meta)) == 3


def test_a_delivery_reported_after_the_failure_spares_the_second_copy(product: Product, meta: MetaStandIn) -> None:
    message_id = fails_later(product, meta, 131000)
    wamid = product.message(message_id).external_id

    product.report("delivered", wamid=wamid, callback=f"{message_id}:1")
    product.let_retry_pass()
    product.deliver()

    assert product.message(message_id).status == "delivered"
    assert len(said(meta)) == 1


def test_an_older_sent_report_does_not_undo_the_new_try(product: Product, meta: MetaStandIn) -> None:
    message_id = fails_later(product, meta, 130429)
    wamid = product.message(message_id).external_id

    product.report("sent", wamid=wamid, callback=f"{message_id}:1")

    assert product.message(message_id).status == "queued"


def test_a_number_that_cannot_be_reached_is_tried_once_in_its_other_form_and_learned(
    product: Product, meta: MetaStandIn
) -> None:
    message_id = fails_later(product, meta, 131026)
    product.deliver()
    again = product.message(message_id)
    product.report("delivered", wamid=again.external_id, callback=f"{message_id}:2")

    assert [body["to"] for _, body in meta.accepted] == ["+5583988888888", "+558388888888"]
    assert again.uses_other_address
    assert product.conversation().address == again.attempts[1].address


def test_the_other_form_is_tried_once_only(product: Product, meta: MetaStandIn) -> None:
    message_id = fails_later(product, meta, 131026)
    meta.fail_next("131026_later")
    product.deliver()
    product.take_in(statuses=2)

    assert product.message(message_id).status == "failed"
    assert product.conversation().address == "5583988888888"


def test_a_window_that_meta_says_is_closed_is_closed(product: Product, meta: MetaStandIn) -> None:
    message_id = fails_later(product, meta, 131047)

    failed = product.message(message_id)
    assert (failed.status, failed.error_code) == ("failed", "131047")
    assert "modelo aprovado" in failed.error_message
    assert product.conversation().window_expires_at <= clock.now()


def test_a_customer_who_refuses_marketing_is_remembered(product: Product, meta: MetaStandIn) -> None:
    fails_later(product, meta, 131050)
    fails_later(product, meta, 131050)

    (customer,) = Customer.objects
    (record,) = ConsentRecord.objects
    assert customer.marketing_out_at is not None
    assert customer.opted_out_at is None
    assert (record.scope, record.source, record.is_out) == ("marketing", "channel", True)


def test_a_blocked_account_is_held_and_its_message_keeps_waiting(product: Product, meta: MetaStandIn) -> None:
    message_id = fails_later(product, meta, 131048)

    configured = account_of("default")
    assert configured is not None
    sending = endpoint_states(configured)[0]
    assert (sending.state, sending.why) == ("open", "131048")
    assert "spam" in sending.sentence
    assert product.message(message_id).status == "queued"


def test_an_old_report_that_meta_repeats_holds_nobody(product: Product, meta: MetaStandIn) -> None:
    configured = account_of("default")
    assert configured is not None
    old = StatusUpdate(
        tenant_id="default",
        account="default",
        external_id="wamid.OLD",
        status=DeliveryStatus.FAILED,
        at=clock.now() - timedelta(days=7),
        error_code="131048",
        consequence=Consequence.ACCOUNT_HELD,
    )

    note_failures([old])

    assert endpoint_states(configured)[0].state == "closed"
    note_failures([old.model_copy(update={"at": clock.now()})])
    assert endpoint_states(configured)[0].state == "open"


def test_what_the_assistant_said_is_not_repeated_once_a_person_took_over(product: Product, meta: MetaStandIn) -> None:
    message_id = product.reply("Olá, Carla!")
    Message.objects(id=message_id).update_one(set__author=Author.ASSISTANT.value)
    meta.fail_next("130429_later")
    product.deliver()
    take_conversation(
        tenant_id="default",
        conversation_id=str(product.conversation().id),
        attendant_id="1",
        attendant_name="Ana",
    )
    product.take_in(statuses=1)

    assert product.message(message_id).status == "failed"


def test_a_later_text_stays_behind_the_second_try(product: Product, meta: MetaStandIn) -> None:
    fails_later(product, meta, 130429)
    product.reply("E mais uma coisa.")

    product.deliver()
    before = len(meta.accepted)
    product.let_retry_pass()
    for _ in range(2):
        product.deliver()

    assert before == 1
    assert said(meta) == ["Olá, Carla!", "Olá, Carla!", "E mais uma coisa."]


def test_nothing_is_left_in_the_lane(product: Product, meta: MetaStandIn) -> None:
    fails_later(product, meta, 131047)

    assert Conversation.objects.first().lane == ""
    assert services.reconcile() == 0
