"""What the stand-in for Meta does with a send, seen from a gateway."""

import hashlib
import hmac
import json

import httpx
import pytest

from apps.simulator.meta.faults import send_fault
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.conftest import APP_SECRET
from tests.simulator.webhook_keeper import WebhookKeeper

NUMBER = "330000000000001"


def text_to(address: str, **more: object) -> dict[str, object]:
    return {"messaging_product": "whatsapp", "to": address, "type": "text", "text": {"body": "x"}, **more}


def test_send_is_answered_with_a_wamid_and_reported_three_times_with_our_own_id(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    meta.write(carla, "x")

    answer = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888", biz_opaque_callback_data="m1:1"))

    product.wait_for(statuses=3)
    wamid = answer.json()["messages"][0]["id"]
    assert answer.json()["contacts"] == [{"input": "+5583988888888", "wa_id": "5583988888888", "user_id": "BR.CARLA1"}]
    assert {status["status"] for status in product.statuses()} == {"sent", "delivered", "read"}
    assert {status["id"] for status in product.statuses()} == {wamid}
    assert {status["biz_opaque_callback_data"] for status in product.statuses()} == {"m1:1"}
    assert all(status["pricing"]["category"] == "service" for status in product.statuses())


def test_every_webhook_is_signed_over_its_raw_bytes(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    meta.write(carla, "água")

    product.wait_for(messages=1)
    request = product.requests[0]
    digest = hmac.new(APP_SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-hub-signature-256"] == f"sha256={digest}"
    assert b"\\u00e1" in request.body


def test_the_ninth_digit_reaches_the_same_customer(
    graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    meta.run(lambda: meta.handset.join(carla))

    answer = graph.post(f"/{NUMBER}/messages", json=text_to("+558388888888"))

    assert answer.json()["contacts"][0]["wa_id"] == "5583988888888"


def test_a_customer_without_a_number_is_reached_by_business_scoped_id(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper
) -> None:
    nobody = PhoneCustomer(key="nobody", name="Davi", bsuid="BR.DAVI1")
    meta.write(nobody, "x")
    body = {"messaging_product": "whatsapp", "recipient": "BR.DAVI1", "type": "text", "text": {"body": "x"}}

    answer = graph.post(f"/{NUMBER}/messages", json=body)

    product.wait_for(messages=1, statuses=1)
    assert "from" not in product.messages()[0]
    assert answer.json()["contacts"] == [{"input": "BR.DAVI1", "user_id": "BR.DAVI1"}]
    assert product.statuses()[0]["recipient_user_id"] == "BR.DAVI1"


def test_reading_marks_the_earlier_messages_too(graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    first, second = meta.write(carla, "a"), meta.write(carla, "b")
    third = meta.write(carla, "c")
    body = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": second,
        "typing_indicator": {"type": "text"},
    }

    answer = graph.post(f"/{NUMBER}/messages", json=body)

    assert answer.json() == {"success": True}
    messages = meta.platform.world.messages
    assert [messages[wamid].status for wamid in (first, second)] == ["read", "read"]
    assert messages[third].status != "read"
    assert meta.platform.world.is_typing("carla", at=meta.platform.clock())


@pytest.mark.parametrize(
    ("fault", "status"), [("130429", 429), ("131056", 429), ("500", 500), ("131047", 400), ("190", 401)]
)
def test_a_fault_on_order_strikes_once_with_metas_body(
    graph: httpx.Client, meta: MetaStandIn, fault: str, status: int
) -> None:
    meta.fail_next(fault)

    refused = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"))
    taken = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"))

    assert refused.status_code == status
    assert refused.json()["error"]["code"] == send_fault(fault).code
    assert refused.json()["error"]["fbtrace_id"]
    assert taken.status_code == 200
    assert len(meta.accepted) == 1


def test_a_failure_can_come_later_in_a_status(graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper) -> None:
    meta.fail_next("131047_later")

    answer = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888", biz_opaque_callback_data="m1:1"))

    product.wait_for(statuses=1)
    status = product.statuses()[0]
    assert answer.status_code == 200
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131047)
    assert status["biz_opaque_callback_data"] == "m1:1"
    assert "pricing" not in status


def test_without_confirmation_only_sent_is_reported(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    meta.confirm_deliveries(False)

    graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"))
    meta.write(carla, "x")

    product.wait_for(messages=1, statuses=1)
    assert [status["status"] for status in product.statuses()] == ["sent"]


@pytest.mark.parametrize("status", [201, 204, 301, 403, 500, 503])
def test_a_webhook_is_posted_again_until_it_is_answered_200(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer, status: int
) -> None:
    product.refuse_next(status)

    wamid = meta.write(carla, "x")

    product.wait_for(requests=2)
    assert product.requests[0].body == product.requests[1].body
    assert {message["id"] for message in product.messages()} == {wamid}


def test_a_repeated_webhook_carries_the_same_message(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    wamid = meta.write(carla, "x")

    meta.run(lambda: meta.handset.repeat(meta.account, carla, note=""))

    product.wait_for(messages=2)
    assert [message["id"] for message in product.messages()] == [wamid, wamid]


def test_a_burst_keeps_its_order(meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer) -> None:
    sentence = "um dois três quatro cinco seis sete oito"

    meta.run(lambda: meta.handset.burst(meta.account, carla, sentence))

    product.wait_for(messages=6)
    assert " ".join(message["text"]["body"] for message in product.messages()) == sentence


def test_tapping_a_row_of_a_list_answers_it(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    rows = [{"id": "csat:c1:5", "title": "Ótimo"}, {"id": "csat:c1:1", "title": "Péssimo"}]
    action = {"button": "Avaliar", "sections": [{"rows": rows}]}
    interactive = {"type": "list", "body": {"text": "?"}, "action": action}
    meta.run(lambda: meta.handset.join(carla))
    body = {"messaging_product": "whatsapp", "to": "5583988888888", "type": "interactive", "interactive": interactive}
    wamid = graph.post(f"/{NUMBER}/messages", json=body).json()["messages"][0]["id"]

    meta.run(lambda: meta.handset.choose(meta.account, carla, wamid, "csat:c1:5"))

    product.wait_for(messages=1)
    reply = product.messages()[0]
    assert reply["interactive"] == {"type": "list_reply", "list_reply": {"id": "csat:c1:5", "title": "Ótimo"}}
    assert reply["context"]["id"] == wamid


def test_the_window_closes_until_the_customer_writes_again(
    graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    meta.write(carla, "x")
    meta.run(lambda: meta.handset.close_window(carla))

    refused = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"))
    meta.write(carla, "x")
    taken = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"))

    assert refused.json()["error"]["code"] == 131047
    assert taken.status_code == 200


def test_what_falls_due_together_travels_in_several_entries_changes_and_messages(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    davi = PhoneCustomer(key="davi", name="Davi", phone="5583977777777")

    def all_at_once() -> None:
        for customer, text in ((carla, "a"), (carla, "b"), (carla, "c"), (davi, "d"), (carla, "e")):
            meta.handset.write(meta.account, customer, text)

    meta.run(all_at_once)

    product.wait_for(messages=5)
    bodies = [json.loads(request.body) for request in product.requests]
    assert [message["text"]["body"] for message in product.messages()] == ["a", "b", "c", "d", "e"]
    assert max(len(body["entry"]) for body in bodies) == 2
    assert max(len(value["messages"]) for value in product.values()) >= 2
