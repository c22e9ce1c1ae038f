"""What goes wrong on order, seen from a gateway: refused, accepted unheard, reported badly (protocols/whatsapp.md §4, §11)."""

import socket
import threading
from typing import Any

import httpx
import pytest

from apps.simulator.meta.platform import Pace
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.conftest import APP_SECRET
from tests.simulator.test_sending import NUMBER, text_to
from tests.simulator.test_templates import RIGHT
from tests.simulator.webhook_keeper import WebhookKeeper

CARLA = "+5583988888888"
#: Every code of §11 that a send may be answered with, and the HTTP status that goes with it.
STATUSES = {
    190: 401, 10: 403, 200: 403, 368: 403, 131031: 403, 130497: 403, 4: 429, 80007: 429, 613: 429, 130429: 429,
    131056: 429, 1: 500, 2: 500, 131000: 500, 131016: 503, 133004: 503, 100: 400, 131005: 400, 131008: 400,
    131009: 400, 131021: 400, 131026: 400, 131030: 400, 131037: 400, 131042: 400, 131047: 400, 131048: 400,
    131049: 400, 131050: 400, 131051: 400, 131053: 400, 131057: 400, 131062: 400, 131064: 400, 130403: 400,
    130472: 400, 132000: 400, 132001: 400, 132005: 400, 132007: 400, 132012: 400, 132015: 400, 132016: 400,
    132018: 400, 133010: 400, 134011: 400, 137000: 400,
}  # fmt: skip


def send(graph: httpx.Client, address: str = CARLA, **more: object) -> httpx.Response:
    return graph.post(f"/{NUMBER}/messages", json=text_to(address, **more))


@pytest.mark.parametrize(("code", "status"), STATUSES.items())
def test_every_refusal_has_metas_body(graph: httpx.Client, meta: MetaStandIn, code: int, status: int) -> None:
    meta.fail_next(str(code))

    answer = send(graph)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error["type"] == "OAuthException"
    assert error["message"].startswith(f"(#{code}) ") and not error["message"].endswith("Error")
    assert set(error["error_data"]) == {"messaging_product", "details"}
    assert error["fbtrace_id"]
    assert "error_subcode" not in error
    assert "retry-after" not in answer.headers
    assert not meta.accepted


def test_faults_strike_in_turn_and_then_no_more(graph: httpx.Client, meta: MetaStandIn) -> None:
    meta.fail_next("130429", "503")

    assert [send(graph).status_code for _ in range(3)] == [429, 503, 200]


def test_an_unknown_fault_is_not_taken(meta: MetaStandIn) -> None:
    with pytest.raises(ValueError, match="no fault"):
        meta.fail_next("wrong")


def test_a_lasting_fault_ends_when_it_is_called_off(graph: httpx.Client, meta: MetaStandIn) -> None:
    meta.fail_always("130429")
    throttled = [send(graph).status_code for _ in range(3)]
    meta.fail_always("")

    assert throttled == [429, 429, 429]
    assert send(graph).status_code == 200


def test_a_fault_of_one_customer_leaves_the_others_alone(
    graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    meta.write(carla, "x")
    meta.fail_always("131056", customer=carla)

    assert send(graph).json()["error"]["code"] == 131056
    assert send(graph, "+5583977777777").status_code == 200


@pytest.mark.parametrize(("fault", "accepted", "status"), [("500", 0, 500), ("500_after", 1, 500)])
def test_an_error_may_come_before_or_after_accepting(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, fault: str, accepted: int, status: int
) -> None:
    meta.fail_next(fault)

    answer = send(graph, biz_opaque_callback_data="m1:1")

    product.wait_for(statuses=3 * accepted)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, 131000)
    assert len(meta.accepted) == accepted
    assert {status["biz_opaque_callback_data"] for status in product.statuses()} == ({"m1:1"} if accepted else set())


@pytest.mark.parametrize(("fault", "accepted"), [("reset", 0), ("reset_after", 1)])
def test_the_connection_may_break_before_or_after_accepting(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, fault: str, accepted: int
) -> None:
    meta.fail_next(fault)

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        send(graph)

    product.wait_for(statuses=3 * accepted)
    assert len(meta.accepted) == accepted


@pytest.mark.parametrize(("fault", "accepted"), [("timeout", 0), ("timeout_after", 1)])
def test_the_answer_may_stay_out_before_or_after_accepting(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, fault: str, accepted: int
) -> None:
    meta.fail_next(fault)

    with pytest.raises(httpx.ReadTimeout):
        graph.post(f"/{NUMBER}/messages", json=text_to(CARLA), timeout=0.5)

    product.wait_for(statuses=3 * accepted)
    assert len(meta.accepted) == accepted


def test_one_who_hangs_holds_nobody_else_up(graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    meta.write(carla, "x")
    meta.fail_always("timeout_after", customer=carla)
    hanging = threading.Thread(target=lambda: _ignore_timeout(graph), daemon=True)
    hanging.start()

    answers = [send(graph, f"+55839777777{n:02d}").status_code for n in range(20)]

    assert answers == [200] * 20
    assert hanging.is_alive() or len(meta.accepted) == 21
    hanging.join()


def _ignore_timeout(graph: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        graph.post(f"/{NUMBER}/messages", json=text_to(CARLA), timeout=2)


@pytest.mark.parametrize("code", [131026, 131047, 131049, 130472, 131050, 131048])
def test_a_failure_may_come_later_in_a_status(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, code: int
) -> None:
    meta.fail_next(f"{code}_later")

    answer = send(graph, biz_opaque_callback_data="m1:1")

    product.wait_for(statuses=1)
    (status,) = product.statuses()
    assert answer.status_code == 200
    assert (status["status"], status["errors"][0]["code"]) == ("failed", code)
    assert {"title", "message", "error_data", "href"} < set(status["errors"][0])
    assert status["biz_opaque_callback_data"] == "m1:1"


def test_a_number_that_whatsapp_does_not_know_fails_later(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper
) -> None:
    meta.make_unreachable("5583988888888")

    answer = send(graph)

    product.wait_for(statuses=1)
    assert answer.status_code == 200
    assert product.statuses()[0]["errors"][0]["code"] == 131026


def test_a_number_may_be_known_in_one_form_of_the_ninth_digit_alone(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper
) -> None:
    old = PhoneCustomer(key="old", name="Mariana", phone="558387340962", is_one_form=True)
    meta.write(old, "x")

    wrong = send(graph, "+5583987340962").json()["messages"][0]["id"]
    right = send(graph, "+558387340962").json()

    product.wait_for(statuses=4)
    failed = [status for status in product.statuses() if status["status"] == "failed"]
    assert [(status["id"], status["errors"][0]["code"]) for status in failed] == [(wrong, 131026)]
    assert right["contacts"][0]["wa_id"] == "558387340962"
    assert meta.platform.world.messages[right["messages"][0]["id"]].customer == "old"


def test_a_strict_stand_in_does_not_know_who_never_wrote(product: WebhookKeeper) -> None:
    pace = Pace(answer_seconds=0, sent_seconds=0.01)
    with MetaStandIn(webhook_url=product.url, app_secret=APP_SECRET, pace=pace, is_strict=True) as meta:
        headers = {"Authorization": f"Bearer {meta.account.access_token}"}
        with httpx.Client(base_url=f"{meta.graph_url}/v26.0", headers=headers) as graph:
            answer = graph.post(f"/{NUMBER}/messages", json=RIGHT["positional"])

        product.wait_for(statuses=1)

    assert answer.status_code == 200
    assert product.statuses()[0]["errors"][0]["code"] == 131026


def test_nobody_listening_is_tried_again(meta: MetaStandIn, carla: PhoneCustomer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
    meta.account = _at(meta, f"http://127.0.0.1:{port}/webhooks")
    meta.write(carla, "x")

    with WebhookKeeper(port=port) as late:
        late.wait_for(messages=1)

    assert late.messages()[0]["text"]["body"] == "x"


def _at(meta: MetaStandIn, url: str) -> Any:
    from dataclasses import replace

    return replace(meta.account, webhook_url=url)
