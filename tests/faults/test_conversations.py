"""What a customer, a model, Meta and an attendant can do to one conversation, through the whole product."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from apps.simulator.model.answers import Mode
from tests.faults.conftest import World

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("real_processes"), pytest.mark.timeout(300)]

QUESTION = "Quanto custa o Decor Interiores?"


def wait(world: World, condition: Callable[[], bool], what: str, *, seconds: float = 90) -> None:
    world.product.wait_for(condition, seconds=seconds, what=what)


def stored(world: World, customer: int, direction: str) -> list[dict[str, Any]]:
    """Give a customer's stored messages in their order."""
    with world.product.database() as database:
        conversation = database.conversations.find_one({"address": world.customers.phone(customer)}, {"_id": 1})
        if conversation is None:
            return []
        found = database.messages.find({"conversation_id": str(conversation["_id"]), "direction": direction})
        return list(found.sort("seq"))


def ask(world: World, customer: int, text: str = QUESTION) -> None:
    """Write and wait for the answer."""
    world.customers.write(customer, text)
    wait(world, lambda: bool(world.sent_to(customer)), "an answer")


# -- the model -----------------------------------------------------------------------------------------------------
def test_whatever_the_model_does_the_customer_is_answered(world: World) -> None:
    asked_before = len(world.model.requests)
    world.model.play(Mode.HANG, times=1)
    world.customers.write(0, QUESTION)
    wait(world, lambda: len(world.model.requests) > asked_before, "the model to be asked")

    for customer, mode in enumerate((Mode.RATE_LIMIT, Mode.ERROR, Mode.NONSENSE), start=1):
        asked = len(world.model.requests)
        world.model.play(mode)
        ask(world, customer)
        calls = len(world.model.requests) - asked
        world.model.play(Mode.ANSWER)
        ask(world, customer + 10)  # the model is back, and so is trust in it

        assert 1 <= calls <= 2, f"{mode}: {calls} calls"
    wait(world, lambda: bool(world.sent_to(0)), "an answer in spite of a model that hangs")
    violations = world.settled()

    assert violations == []
    assert [len(world.sent_to(customer)) for customer in (0, 1, 2, 3)] == [1] * 4


def test_a_throttled_model_is_asked_again_when_it_said(world: World) -> None:
    asked = len(world.model.requests)
    world.model.play(Mode.RATE_LIMIT, times=1)

    ask(world, 0)

    assert len(world.model.requests) == asked + 2
    assert world.settled() == []


def test_what_the_model_says_after_a_person_spoke_is_never_sent(world: World) -> None:
    assert world.product.api_key
    world.model.service.delay_seconds = 4
    asked = len(world.model.requests)
    world.customers.write(0, QUESTION)
    wait(world, lambda: len(world.model.requests) > asked, "the model to be asked")
    (question,) = stored(world, 0, "inbound")

    status, _ = world.product.post(
        f"/api/v1/conversations/{question['conversation_id']}/reply", {"text": "Oi! Aqui é a Ana."}
    )
    violations = world.settled()

    assert status == 201
    assert world.sent_to(0) == ["Oi! Aqui é a Ana."]
    assert violations == []


# -- Meta ----------------------------------------------------------------------------------------------------------
def test_what_meta_refuses_for_now_is_sent_later_and_once(world: World) -> None:
    world.meta.next_faults.extend(["130429", "", "500"])

    ask(world, 0)
    ask(world, 1)
    violations = world.settled()

    assert [len(world.sent_to(customer)) for customer in (0, 1)] == [1, 1]
    assert [fault for _, _, fault in world.meta.calls[-4:]] == ["130429", "", "500", ""]
    assert violations == []


def test_what_meta_refuses_for_good_is_shown_with_its_reason(world: World) -> None:
    world.meta.next_faults.append("131047")
    world.customers.write(0, QUESTION)
    wait(world, lambda: any(row["status"] == "failed" for row in stored(world, 0, "outbound")), "the failure")
    (reply,) = stored(world, 0, "outbound")

    status, shown = world.product.get(f"/api/v1/messages/{reply['_id']}", key=world.product.api_key)

    assert status == 200
    assert (shown["status"], shown["error_code"]) == ("failed", "131047")
    assert "24 horas" in shown["error_message"]
    assert world.sent_to(0) == []
    assert world.settled() == []


# -- the customer --------------------------------------------------------------------------------------------------
def test_twenty_numbered_messages_in_three_seconds_are_stored_and_answered_in_order(world: World) -> None:
    started = time.monotonic()
    for number in range(20):
        wamid = world.customers.write(0, f"({number}) {QUESTION}")
        # One after the other: of two posts under way at once nobody could say which came first.
        wait(world, lambda wamid=wamid: wamid in world.customers.acknowledged, "an acknowledgement")  # type: ignore[misc]
        time.sleep(max(0.0, started + (number + 1) * 0.14 - time.monotonic()))
    violations = world.settled()

    assert [row["external_id"] for row in stored(world, 0, "inbound")] == list(world.customers.written)
    assert world.sent_to(0)
    assert violations == []


def test_a_burst_of_fragments_gets_one_answer(world: World) -> None:
    for fragment in ("oi", "tudo bem?", "me diz uma coisa", "quanto custa", "o Decor", "Interiores?"):
        world.customers.write(0, fragment)
        time.sleep(0.3)
    violations = world.settled()

    assert len(stored(world, 0, "inbound")) == 6
    assert len(world.sent_to(0)) == 1
    assert violations == []


def test_the_same_webhook_three_times_in_a_row_and_eight_at_once_is_one_message(world: World) -> None:
    one_by_one = world.customers.write(0, QUESTION)
    wait(world, lambda: one_by_one in world.customers.acknowledged, "an acknowledgement")
    (posted,) = world.customers.written[one_by_one]
    again = [world.customers.webhooks.post_once(posted.body) for _ in range(2)]
    world.customers.write(1, QUESTION, copies=8)
    violations = world.settled()

    assert again == [200, 200]
    for customer in (0, 1):
        assert len(stored(world, customer, "inbound")) == 1
        assert len(world.sent_to(customer)) == 1
    assert violations == []


# -- the trace -----------------------------------------------------------------------------------------------------
def test_one_trace_leads_through_the_logs_of_every_process(world: World) -> None:
    ask(world, 0)
    assert world.settled() == []
    (question,), (answer,) = stored(world, 0, "inbound"), stored(world, 0, "outbound")
    trace_id = question["trace_id"]

    lines = {name: world.product.log_lines(name) for name in ("web", "intake", "assistant", "delivery")}

    assert trace_id
    assert answer["trace_id"] == trace_id
    assert any(trace_id in line.get("trace_ids", "") for line in lines["web"])
    assert any(line["trace_id"] == trace_id and line["message"] == "ingested" for line in lines["intake"])
    assert any(line["trace_id"] == trace_id and line.get("to") == "ai.answer_customer" for line in lines["assistant"])
    assert any(
        line["trace_id"] == trace_id and line["message"] == "send" and line["message_id"] == str(answer["_id"])
        for line in lines["delivery"]
    )
