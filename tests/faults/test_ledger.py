"""The ledger and the stand-in for Meta find what they are there to find."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.faults.ledger import Books
from tests.faults.meta import Meta
from tests.faults.webhooks import Webhooks

NOWHERE = "http://127.0.0.1:9/webhooks/whatsapp/default"
CONVERSATION = {"_id": "c", "status": "active", "lane": ""}
INBOUND = {"_id": "in", "external_id": "wamid.IN1", "conversation_id": "c", "turn": 1}
REPLY = {"_id": "m1", "conversation_id": "c", "author": "assistant", "turn": 1, "seq": 2, "status": "read"}


@pytest.fixture
def meta() -> Iterator[Meta]:
    webhooks = Webhooks(NOWHERE, app_secret="segredo", threads=1)
    standin = Meta(webhooks, phone_number_id="1", access_token="token")
    standin.start()
    yield standin
    standin.stop()
    webhooks.close()


def post(meta: Meta, message_id: str, attempt: int = 1) -> int:
    address = urlsplit(meta.graph_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=5)
    body = {
        "to": "+5583",
        "type": "text",
        "text": {"body": "Oi"},
        "biz_opaque_callback_data": f"{message_id}:{attempt}",
    }
    connection.request("POST", "/v26.0/1/messages", body=json.dumps(body), headers={"Authorization": "Bearer token"})
    status = connection.getresponse().status
    connection.close()
    return status


def books(meta: Meta, **changes: Any) -> Books:
    usual: dict[str, Any] = {
        "acknowledged": {"wamid.IN1"},
        "inbound": [INBOUND],
        "outbound": [REPLY],
        "conversations": {"c": CONVERSATION},
        "events": [],
        "deliveries": [],
    }
    return Books(meta=meta, **{**usual, **changes})


def test_a_message_that_was_answered_is_in_order(meta: Meta) -> None:
    assert post(meta, "m1") == 200

    assert books(meta).violations() == []


def test_an_accepted_send_is_booked_even_when_the_answer_is_an_error(meta: Meta) -> None:
    meta.next_faults += ["500", "500 after accepting", "130429"]

    assert [post(meta, "m1") for _ in range(3)] == [500, 500, 429]
    assert [send.message_id for send in meta.sends] == ["m1"]


def test_a_second_copy_is_found(meta: Meta) -> None:
    post(meta, "m1", attempt=1)
    post(meta, "m1", attempt=2)

    assert books(meta).violations() == ["I3 m1 was sent 2 times"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"acknowledged": {"wamid.IN1", "wamid.IN2"}}, "I1 wamid.IN2 was acknowledged and lost"),
        ({"inbound": [INBOUND, INBOUND]}, "I1 wamid.IN1 is stored 2 times"),
        ({"inbound": [INBOUND | {"turn": 2}]}, "I1 wamid.IN1 (turn 2) has no outcome"),
        ({"conversations": {"c": CONVERSATION | {"lane": "m1"}}}, "I4 lane stuck on m1 in c"),
        ({"outbound": [REPLY | {"status": "sending"}]}, "I4 m1 never settled: sending"),
    ],
)
def test_each_violation_is_found(meta: Meta, changes: dict[str, Any], found: str) -> None:
    post(meta, "m1")

    assert found in books(meta, **changes).violations()


def test_a_wrong_order_is_found(meta: Meta) -> None:
    later = REPLY | {"_id": "m2", "turn": 2, "seq": 4}
    post(meta, "m2")
    post(meta, "m1")

    assert "I2 wamid.OUT000001 has seq 2, after 4" in books(meta, outbound=[REPLY, later]).violations()
