"""Messages that come late: after an outage, or again after a week."""

from datetime import timedelta

import pytest

from apps.common import clock, mongo
from apps.contracts.messages import Analysis
from apps.contracts.words import SilenceReason
from apps.conversations import domain, selectors
from apps.conversations.documents import Conversation
from apps.events.documents import EventRecord
from tests.conversations.conftest import receive
from tests.words import says

HELD_UP = timedelta(hours=3)


def waiting_turns(conversation_id: str) -> list[EventRecord]:
    """What waits for the assistant, and is not pushed aside by a newer turn."""
    found = EventRecord.objects(conversation_id=conversation_id, pending__to="ai.answer_customer")
    turn = Conversation.objects(id=conversation_id).first().turn
    return [one for one in found if one.data["turn"] == turn]


@pytest.mark.parametrize("hours", [24.1, 72, 24 * 8])
def test_a_message_older_than_a_day_is_stored_and_never_answered(hours):
    conversation_id = receive(says("oi", ago=timedelta(hours=hours)))

    [message] = selectors.messages("default", conversation_id)
    assert message.silence is SilenceReason.TOO_OLD
    assert message.created_at - message.sent_at > timedelta(hours=24)
    assert waiting_turns(conversation_id) == []


def test_a_backlog_of_one_customer_gets_one_answer_for_all(conversation_id, answer):
    answer("Olá!")
    for minute in range(6):
        receive(says(f"atrasada {minute}", ago=HELD_UP - timedelta(minutes=minute)))

    [turn] = waiting_turns(conversation_id)
    context = selectors.answer_context("default", conversation_id, turn.data["turn"])
    assert [one.content.text for one in context.burst] == [f"atrasada {minute}" for minute in range(6)]


def test_a_late_message_waits_for_the_rest_of_the_backlog(conversation_id):
    receive(says("atrasada", ago=HELD_UP))

    [turn] = waiting_turns(conversation_id)
    wait = turn.pending[0]["due"] - clock.now()
    assert timedelta(seconds=15) < wait <= timedelta(seconds=domain.QUIET_LATE_SECONDS)


def test_the_wait_for_a_backlog_ends(conversation_id):
    wait = domain.quiet_window(None, kind="text", looks_complete=True, burst_age_seconds=130, age=HELD_UP)

    assert wait == timedelta()


def test_a_late_message_waits_even_when_each_message_is_answered_at_once():
    assert domain.quiet_window(
        0, kind="text", looks_complete=True, burst_age_seconds=0, age=timedelta(minutes=16)
    ) == timedelta(seconds=domain.QUIET_LATE_SECONDS)
    assert (
        domain.quiet_window(0, kind="text", looks_complete=True, burst_age_seconds=0, age=timedelta(minutes=14))
        == timedelta()
    )


def test_what_is_older_than_what_was_answered_gets_no_second_answer(conversation_id, answer):
    receive(says("a mais nova", ago=HELD_UP - timedelta(minutes=5)))
    answer("Resposta à mais nova", turn=2)

    receive(says("a mais velha, de outra leva", ago=HELD_UP))

    message = selectors.messages("default", conversation_id)[0]
    assert message.content.text == "a mais velha, de outra leva"
    assert message.silence is SilenceReason.ANSWERED_WITH_BURST
    assert not selectors.conversation("default", conversation_id).awaits_reply


def test_what_is_older_but_on_time_is_answered(conversation_id, answer):
    answer("Olá!")

    receive(says("fora de ordem", ago=timedelta(seconds=40)))

    assert selectors.conversation("default", conversation_id).awaits_reply


def test_a_rule_does_not_answer_a_backlog_message_by_message(conversation_id):
    for minute in range(3):
        receive(says(f"atrasada {minute}", ago=HELD_UP - timedelta(minutes=minute)), Analysis(reply="Resposta pronta"))

    said = [one.content.text for one in selectors.messages("default", conversation_id)]
    assert "Resposta pronta" not in said
    assert len(waiting_turns(conversation_id)) == 1


def test_a_late_message_to_a_person_still_asks_for_them(conversation_id, take):
    take()

    receive(says("atrasada", ago=timedelta(hours=30)))

    conversation = selectors.conversation("default", conversation_id)
    assert conversation.unread == 2
    assert conversation.awaits_reply


def test_an_overtaken_message_turns_neither_the_address_nor_the_line_back(conversation_id):
    receive(says("a última", name="Carla"))

    receive(says("de antes", ago=timedelta(minutes=3)).model_copy(update={"sender": says("x").sender}))

    assert selectors.conversation("default", conversation_id).last_text == "a última"


def test_the_same_message_eight_days_later_changes_nothing(conversation_id):
    old = says("há oito dias", external_id="wamid.OLD", ago=timedelta(days=8))
    receive(old)
    before = Conversation.objects(id=conversation_id).first().to_mongo()

    with pytest.raises(mongo.AlreadyExists):
        receive(old.model_copy(update={"received_at": clock.now() + timedelta(days=8)}))

    assert Conversation.objects(id=conversation_id).first().to_mongo() == before


def test_what_must_be_remembered_against_repetitions_outlives_eight_days():
    kept = [
        index["expireAfterSeconds"]
        for index in EventRecord._get_collection().index_information().values()
        if "expireAfterSeconds" in index
    ]

    assert kept
    assert min(kept) >= timedelta(days=9).total_seconds()
