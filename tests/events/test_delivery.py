"""Every event gets a verdict from every handler: done, again later, or dead with a reason."""

import json
from datetime import timedelta

import pytest

from apps.common import clock, mongo
from apps.common import redis as redis_client
from apps.contracts.errors import UrbanaError
from apps.events import delivery, leases, mirror, selectors, services, verdicts
from apps.events.sweep import sweep
from tests.events.conftest import Remembered, after, happened


def _publish(key="k1", **given):
    return services.publish(happened(**given), key=key)


def _entry(record_id):
    return selectors.record("default", record_id)


def _boom(error):
    def handler(event):
        raise error

    return handler


def test_a_published_event_is_handled_once(react):
    seen = []
    react("note", lambda event: seen.append(event.change))
    record_id = _publish()

    assert delivery.deliver(record_id, "trial.note") is True
    assert delivery.deliver(record_id, "trial.note") is False

    assert seen == ["message_added"]
    assert _entry(record_id).verdicts[0]["outcome"] == "done"


def test_the_same_key_is_published_once(react):
    react("note", lambda event: None)
    _publish()

    with pytest.raises(mongo.AlreadyExists):
        _publish()


def test_two_tenants_may_use_the_same_key():
    _publish()

    assert services.publish(happened().model_copy(update={"tenant_id": "vizinha"}), key="k1")


def test_an_event_that_is_rolled_back_wakes_nobody(react):
    react("note", lambda event: None)

    @mongo.atomic
    def change():
        services.publish(happened(), key="k1")
        raise ValueError("rolled back")

    with pytest.raises(ValueError, match="rolled back"):
        change()

    assert Remembered.sent == []


def test_an_error_with_a_retry_moves_the_entry_and_counts(react, monkeypatch):
    react("note", _boom(UrbanaError("busy", "busy", retry_after=timedelta(seconds=1))))
    record_id = _publish()

    delivery.deliver(record_id, "trial.note")

    assert delivery.deliver(record_id, "trial.note") is False
    assert _entry(record_id).pending == ("trial.note",)
    after(10, monkeypatch)
    assert delivery.deliver(record_id, "trial.note") is True


def test_five_errors_end_in_the_dead_letters_and_a_replay_gives_another_life(react, monkeypatch):
    react("note", _boom(UrbanaError("busy", "busy", retry_after=timedelta(seconds=1))))
    record_id = _publish()
    for _ in range(5):
        delivery.deliver(record_id, "trial.note")
        after(100, monkeypatch)

    [letter] = selectors.dead_letters("default")
    assert (letter.to, letter.reason) == ("trial.note", "UrbanaError: busy")

    seen = []
    react("note", lambda event: seen.append(event.change))
    services.replay(record_id, "trial.note")
    delivery.deliver(record_id, "trial.note")

    assert seen == ["message_added"]
    assert selectors.dead_letters("default") == []


def test_waiting_that_is_nobodys_fault_never_kills(react, monkeypatch):
    react("note", _boom(UrbanaError("slow_down", "", retry_after=timedelta(seconds=1), counts=False)))
    record_id = _publish()
    for _ in range(12):
        delivery.deliver(record_id, "trial.note")
        after(10, monkeypatch)

    assert _entry(record_id).pending == ("trial.note",)


def test_a_bug_of_ours_is_a_dead_letter_at_once_and_somebody_else_answers_for_it(react):
    seen = []
    react("rescue", lambda event: seen.append("rescued"), when=lambda event: False)
    react("note", _boom(KeyError("bug")), otherwise="trial.rescue")
    record_id = _publish()

    delivery.deliver(record_id, "trial.note")
    delivery.deliver(record_id, "trial.rescue")

    assert seen == ["rescued"]
    assert selectors.dead_letters("default")[0].reason == "KeyError"


def test_an_entry_whose_process_died_runs_again_and_later_alone(react, monkeypatch):
    react("note", lambda event: None)
    record_id = _publish()
    for _ in range(delivery.CLAIMS_IN_COMPANY):
        delivery._claim(record_id, "trial.note", alone=False)
        after(11, monkeypatch)
    Remembered.sent.clear()

    sweep()

    assert Remembered.sent == [(record_id, "trial.note", "quarantine")]
    assert delivery.deliver(record_id, "trial.note") is False
    assert delivery.deliver(record_id, "trial.note", alone=True) is True


def test_what_kills_its_worker_every_time_is_buried(react, monkeypatch):
    react("note", lambda event: None)
    record_id = _publish()
    for number in range(delivery.MAX_CLAIMS):
        delivery._claim(record_id, "trial.note", alone=number >= delivery.CLAIMS_IN_COMPANY)
        after(11, monkeypatch)

    sweep()

    assert selectors.dead_letters("default")[0].reason == "killed its worker"


def test_the_clock_wakes_what_is_overdue_and_not_what_has_time(react, monkeypatch):
    react("late", lambda event: None)
    react("early", lambda event: None, due=lambda event: event.due)
    record_id = _publish(due=clock.now() + timedelta(minutes=1))
    Remembered.sent.clear()
    after(2, monkeypatch)

    sweep()

    assert Remembered.sent == [(record_id, "trial.late", "intake")]


def test_an_inline_handler_runs_in_the_publishers_transaction(react):
    react(
        "note",
        lambda event: services.publish(happened("second"), key="inner"),
        when=lambda event: event.change == "first",
        inline=True,
    )

    record_id = _publish(change="first")

    assert _entry(record_id).verdicts[0]["outcome"] == "done"
    assert len(selectors.timeline("default", conversation_id="c1")) == 2


def test_an_inline_handler_that_fails_gets_an_entry_and_the_event_survives(react):
    react("note", _boom(KeyError("bug")), inline=True)

    error = delivery.attempt_inline(lambda: _publish(), queue="clock")

    assert error is None
    [entry] = selectors.timeline("default", conversation_id="c1")
    assert entry.pending == ("trial.note",)


def test_what_is_published_for_the_same_queue_is_carried_on_without_a_hop(react):
    seen = []
    react(
        "first",
        lambda event: services.publish(happened("second"), key="k2"),
        when=lambda event: event.change == "first",
    )
    react("second", lambda event: seen.append("carried"), when=lambda event: event.change == "second")
    record_id = _publish(change="first")
    Remembered.sent.clear()

    delivery.deliver(record_id, "trial.first")

    assert seen == ["carried"]
    assert Remembered.sent == []


def test_another_queue_is_woken_instead(react):
    react(
        "first",
        lambda event: services.publish(happened("second"), key="k2"),
        when=lambda event: event.change == "first",
    )
    react("second", lambda event: None, when=lambda event: event.change == "second", queue="delivery")
    record_id = _publish(change="first")
    Remembered.sent.clear()

    delivery.deliver(record_id, "trial.first")

    assert [(to, queue) for _, to, queue in Remembered.sent] == [("trial.second", "delivery")]


def test_a_courtesy_is_handed_over_unrecorded(react):
    react("typing", lambda event: None, ephemeral=True)

    record_id = _publish()

    assert Remembered.sent == [("", "trial.typing", "intake")]
    assert _entry(record_id).pending == ()


def test_what_exists_already_was_done(react):
    react("note", _boom(mongo.AlreadyExists()))
    record_id = _publish()

    delivery.deliver(record_id, "trial.note")

    assert _entry(record_id).verdicts[0]["outcome"] == "done"


def test_changed_conversations_are_found_from_a_cursor():
    _, cursor = selectors.changed_conversations("default", since="")
    _publish()

    changed, _ = selectors.changed_conversations("default", since=cursor)

    assert changed == ["c1"]
    assert selectors.changed_conversations("vizinha", since=cursor)[0] == []


def test_a_claim_is_renewed_while_its_handler_runs(react, monkeypatch):
    renewed = []

    def slow(event):
        after(8, monkeypatch)
        leases.renew()
        after(8, monkeypatch)
        renewed.append(delivery.deliver(record_id, "trial.note", alone=True))

    react("note", slow)
    record_id = _publish()

    delivery.deliver(record_id, "trial.note")
    sweep()

    assert renewed == [False]
    assert selectors.dead_letters("default") == []
    assert _entry(record_id).verdicts[0]["outcome"] == "done"


def test_a_handler_settles_with_its_last_transaction_and_is_not_run_again(react, settle_together):
    ran = []

    def handler(event):
        ran.append(event.change)
        settle_together()
        raise UrbanaError("late", "a courtesy after the last transaction failed", retry_after=timedelta())

    react("note", handler)
    record_id = _publish()

    delivery.deliver(record_id, "trial.note")

    assert ran == ["message_added"]
    assert _entry(record_id).pending == ()
    assert [verdict["outcome"] for verdict in _entry(record_id).verdicts] == ["done"]


def test_a_handler_whose_last_transaction_is_undone_has_settled_nothing(react):
    @mongo.atomic
    def change():
        verdicts.settle_here()
        raise UrbanaError("busy", "undone", retry_after=timedelta())

    react("note", lambda event: change())
    record_id = _publish()

    delivery.deliver(record_id, "trial.note")

    assert _entry(record_id).pending == ("trial.note",)


def test_outside_of_a_handler_there_is_nothing_to_settle():
    verdicts.settle_here()


def test_observers_hear_of_all_events_of_a_transaction_after_its_commit(redis):
    heard = redis_client.client().pubsub()
    heard.subscribe(mirror.channel())

    @mongo.atomic
    def change():
        services.publish(happened(), key="k1")
        services.publish(happened("taken"), key="k2")
        assert _next(heard) == ""

    change()

    assert [_next(heard), _next(heard)] == ["message_added", "taken"]


def _next(heard):
    while (news := heard.get_message(timeout=0.5)) is not None:
        if news["type"] == "message":
            return json.loads(news["data"])["change"]
    return ""


@pytest.fixture
def settle_together():
    return mongo.atomic(verdicts.settle_here)
