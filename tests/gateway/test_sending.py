"""Sends, as Meta and the customer see them."""

from datetime import timedelta

import pytest

from apps.common import clock, outgoing, redis
from apps.contracts.channels import SendReceipt
from apps.contracts.content import Choice, Content, Media
from apps.contracts.errors import SendError
from apps.contracts.words import MessageKind
from apps.conversations.documents import Message
from apps.conversations.services import claim_outbound
from apps.gateway import services
from apps.gateway.channels.registry import adapter_for
from apps.gateway.channels.whatsapp import graph
from apps.gateway.services.statuses import match_parked
from apps.simulator.meta.faults import FAULTS, SendFault
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from apps.tenants.models import ChannelAccount
from apps.tenants.selectors import account as account_of
from tests.gateway.payloads import body_of
from tests.gateway.product import Product, arrive


@pytest.fixture(autouse=True)
def _carla_wrote(product: Product, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    meta.write(carla, "Oi")
    product.take_in(messages=1)


def said(meta: MetaStandIn) -> list[str]:
    return [body["text"]["body"] for _, body in meta.accepted]


def test_a_reply_reaches_the_customer_and_its_statuses_come_back(product: Product, meta: MetaStandIn) -> None:
    message_id = product.reply("Olá, Carla!")

    product.deliver()

    assert said(meta) == ["Olá, Carla!"]
    sent = product.message(message_id)
    assert (sent.status, sent.external_id) == ("sent", meta.accepted[0][0])
    product.take_in(statuses=3)
    assert product.message(message_id).status == "read"


def test_statuses_out_of_order_never_go_back(product: Product) -> None:
    message_id = product.reply("Olá!")
    product.deliver()

    product.take_in(statuses=3, backwards=True)

    assert product.message(message_id).status == "read"


def test_nothing_is_sent_twice_however_often_it_is_delivered(product: Product, meta: MetaStandIn) -> None:
    product.reply("Olá!")

    for _ in range(3):
        product.deliver()

    assert said(meta) == ["Olá!"]


def test_a_throttled_message_keeps_its_place(product: Product, meta: MetaStandIn) -> None:
    for text in ("um", "dois"):
        product.reply(text)
    meta.fail_next("130429")

    with pytest.raises(SendError) as refusal:
        product.deliver()
    product.deliver()
    assert said(meta) == []
    for _ in range(2):
        product.let_retry_pass()
        product.deliver()

    assert refusal.value.retry_after
    assert not refusal.value.counts
    assert said(meta) == ["um", "dois"]


def test_each_refusal_of_a_pair_in_a_row_waits_four_times_longer(product: Product, meta: MetaStandIn) -> None:
    product.reply("Olá!")
    waits = []

    for _ in range(3):
        meta.fail_next("131056")
        with pytest.raises(SendError) as refusal:
            product.deliver()
        assert refusal.value.retry_after is not None
        waits.append(refusal.value.retry_after.total_seconds())
        product.let_retry_pass()

    assert waits == [1, 4, 16]


def test_a_closed_window_is_shown_with_the_next_step(product: Product, meta: MetaStandIn) -> None:
    message_id = product.reply("Olá!")
    meta.fail_next("131047")

    product.deliver()

    failed = product.message(message_id)
    assert (failed.status, failed.error_code) == ("failed", "131047")
    assert "modelo aprovado" in failed.error_message
    assert said(meta) == []


def test_a_failure_reported_later_is_shown_too(product: Product, meta: MetaStandIn) -> None:
    message_id = product.reply("Olá!")
    meta.fail_next("131047_later")

    product.deliver()
    assert product.message(message_id).status == "sent"
    product.take_in(statuses=1)

    assert product.message(message_id).status == "failed"


def test_a_bad_token_holds_the_queue_and_asks_meta_no_more(product: Product, meta: MetaStandIn) -> None:
    message_id = product.reply("Olá!")
    meta.fail_next("190")
    with pytest.raises(SendError) as refusal:
        product.deliver()
    assert refusal.value.blocks_account
    product.let_retry_pass()

    with pytest.raises(SendError) as held:
        product.deliver()

    assert held.value.code == "breaker_open"
    assert held.value.retry_after is not None
    assert held.value.retry_after <= timedelta(seconds=60)
    assert product.message(message_id).status == "queued"


def test_a_held_account_sends_again_once_meta_answers(product: Product, meta: MetaStandIn) -> None:
    message_id = product.reply("Olá!")
    meta.fail_next("190")
    with pytest.raises(SendError):
        product.deliver()
    for key in redis.client().scan_iter(match=redis.key("breaker", "*", "open")):
        redis.client().delete(key)
    product.let_retry_pass()

    product.deliver()

    assert product.message(message_id).status == "sent"
    assert said(meta) == ["Olá!"]


def test_an_unreachable_graph_leaves_the_message_queued(product: Product, account: ChannelAccount) -> None:
    account.graph_url = "http://127.0.0.1:9"
    account.save()
    message_id = product.reply("Olá!")

    for _ in range(3):
        product.let_retry_pass()
        with pytest.raises(SendError) as refusal:
            product.deliver()

    assert (refusal.value.code, refusal.value.counts) == ("unreachable", False)
    assert product.message(message_id).status == "queued"


def test_an_answer_that_never_came_is_settled_by_the_status(
    product: Product, meta: MetaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "DEADLINE_SECONDS", 0.3)
    message_id = product.reply("Olá!")
    meta.fail_next("timeout_after")

    product.deliver()
    assert product.message(message_id).status == "unconfirmed"
    product.take_in(statuses=3)
    product.deliver()

    assert product.message(message_id).status == "read"
    assert said(meta) == ["Olá!"]


def test_a_claim_that_grew_old_is_not_posted(product: Product, meta: MetaStandIn) -> None:
    product.reply("Olá!")
    claimed = claim_outbound(tenant_id="default", conversation_id=str(product.conversation().id))
    configured = account_of("default")
    assert claimed is not None
    assert configured is not None
    paused = claimed.model_copy(update={"claimed_at": clock.now() - timedelta(seconds=3)})

    with pytest.raises(SendError) as refusal:
        adapter_for("whatsapp").send(configured, paused)

    assert (refusal.value.code, refusal.value.counts) == ("stale_claim", False)
    assert said(meta) == []


def test_a_number_sends_no_faster_than_it_may(product: Product, meta: MetaStandIn, account: ChannelAccount) -> None:
    account.messages_per_second = 1
    account.save()
    for text in ("um", "dois"):
        product.reply(text)
    product.deliver()

    with pytest.raises(SendError) as refusal:
        product.deliver()

    assert refusal.value.code == "rate_limit"
    assert said(meta) == ["um"]


def test_a_brazilian_number_is_tried_once_in_its_other_form(
    product: Product, meta: MetaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAULTS, "131026", SendFault(code=131026))
    message_id = product.reply("Olá!")
    meta.fail_next("131026")

    product.deliver()

    ((_, body),) = meta.accepted
    assert body["to"] == "+558388888888"
    assert product.message(message_id).status == "sent"


def test_a_list_of_choices_is_taken_by_meta(product: Product, meta: MetaStandIn) -> None:
    choices = tuple(Choice(id=f"nota:{number}", title=str(number)) for number in range(1, 6))
    product.reply(Content(kind=MessageKind.LIST, text="Que nota você dá?", choices=choices, list_button="Avaliar"))

    product.deliver()

    assert meta.accepted[0][1]["interactive"]["action"]["button"] == "Avaliar"


def test_a_file_is_uploaded_once_and_sent_by_its_id(
    product: Product, meta: MetaStandIn, tmp_path: object, settings: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    (tmp_path / "boleto.pdf").write_bytes(b"%PDF-1.4 x")  # type: ignore[operator]
    content = Content(
        kind=MessageKind.DOCUMENT, media=Media(file="boleto.pdf", mime_type="application/pdf", filename="boleto.pdf")
    )

    for _ in range(2):
        product.reply(content)
        product.deliver()

    first, second = (body["document"] for _, body in meta.accepted)
    assert first["id"] == second["id"]
    assert first["filename"] == "boleto.pdf"


def test_typing_is_shown_on_the_message_that_will_be_answered(product: Product, meta: MetaStandIn) -> None:
    (question,) = Message.objects(direction="inbound")

    services.show_typing(tenant_id="default", conversation_id=question.conversation_id, message_id=str(question.id))

    assert meta.run(lambda: meta.platform.world.messages[question.external_id].status) == "read"


def test_typing_that_fails_is_nobodys_error(product: Product, account: ChannelAccount) -> None:
    account.graph_url = "http://127.0.0.1:9"
    account.save()
    (question,) = Message.objects(direction="inbound")

    services.show_typing(tenant_id="default", conversation_id=question.conversation_id, message_id=str(question.id))


def test_a_status_that_came_before_the_receipt_is_matched_when_it_comes(product: Product) -> None:
    message_id = product.reply("Olá!")
    claimed = claim_outbound(tenant_id="default", conversation_id=str(product.conversation().id))
    assert claimed is not None
    arrive(body_of("status_delivered").replace(b'"biz_opaque_callback_data": "conv-1:msg-7",', b""))
    services.drain()
    assert product.message(message_id).status == "sending"

    match_parked(claimed=claimed, receipt=SendReceipt(external_id="wamid.SAIDA0008"))

    assert product.message(message_id).status == "delivered"


def test_the_token_goes_nowhere_in_a_hurry() -> None:
    with pytest.raises(outgoing.NotSent):
        outgoing.request("POST", "http://127.0.0.1:9/x", deadline_seconds=1)
