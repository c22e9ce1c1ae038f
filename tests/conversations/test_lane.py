"""One message of a conversation is sent at a time, and every update names its attempt."""

from datetime import timedelta

import pytest

from apps.common import clock
from apps.contracts.channels import SendReceipt
from apps.contracts.messages import StatusUpdate
from apps.contracts.words import DeliveryStatus
from apps.conversations import selectors, services
from apps.conversations.documents import Message
from apps.events import selectors as events
from apps.events.verdicts import settle


def _claim(conversation_id):
    return services.claim_outbound(tenant_id="default", conversation_id=conversation_id)


def _report(status: str, *, callback: str = "", external_id: str = "wamid.OUT", code: str = "") -> bool:
    return services.record_delivery(
        update=StatusUpdate(
            tenant_id="default",
            account="simulator",
            external_id=external_id,
            status=status,
            at=clock.now(),
            callback=callback,
            error_code=code,
        )
    )


def _status(message_id):
    return selectors.message("default", message_id).status


@pytest.fixture
def two(take, speak):
    take()
    return speak("primeira"), speak("segunda")


def test_the_second_message_waits_until_the_first_is_settled(two, conversation_id):
    first = _claim(conversation_id)

    assert _claim(conversation_id) is None
    services.settle_sent(claimed=first, receipt=SendReceipt(external_id="wamid.1"))

    assert _claim(conversation_id).content.text == "segunda"


def test_a_refused_message_keeps_its_place(two, conversation_id):
    first = _claim(conversation_id)
    services.settle_refused(claimed=first, code="130429", message="")

    again = _claim(conversation_id)

    assert (again.content.text, again.attempt) == ("primeira", 2)


def test_a_message_refused_for_good_lets_the_next_one_go(two, conversation_id):
    first = _claim(conversation_id)

    services.settle_failed(claimed=first, code="131026", message="Não está no WhatsApp")

    assert _status(two[0]) is DeliveryStatus.FAILED
    assert _claim(conversation_id).content.text == "segunda"


def test_after_five_tries_a_person_decides(two, conversation_id):
    for _ in range(5):
        services.settle_refused(claimed=_claim(conversation_id), code="1", message="")

    assert _status(two[0]) is DeliveryStatus.FAILED


@pytest.mark.parametrize(
    "order", [("sent", "delivered", "read"), ("read", "delivered", "sent"), ("delivered", "read", "sent")]
)
def test_statuses_out_of_order_never_go_back(two, conversation_id, order):
    claimed = _claim(conversation_id)
    services.settle_sent(claimed=claimed, receipt=SendReceipt(external_id="wamid.OUT"))

    for status in order:
        _report(status, callback=claimed.callback)

    assert _status(two[0]) is DeliveryStatus.READ


def test_a_status_that_is_here_before_our_own_answer_settles_the_send(two, conversation_id):
    claimed = _claim(conversation_id)

    _report("delivered", callback=claimed.callback)
    services.settle_sent(claimed=claimed, receipt=SendReceipt(external_id="wamid.OUT"))

    assert _status(two[0]) is DeliveryStatus.DELIVERED
    assert _claim(conversation_id).content.text == "segunda"


def test_an_accepted_message_may_still_fail_and_a_late_delivery_still_counts(two, conversation_id):
    claimed = _claim(conversation_id)
    services.settle_sent(claimed=claimed, receipt=SendReceipt(external_id="wamid.OUT"))

    _report("failed", code="131047")
    failed = _status(two[0])
    _report("sent")
    still = _status(two[0])
    _report("delivered")

    assert (failed, still, _status(two[0])) == (DeliveryStatus.FAILED, DeliveryStatus.FAILED, DeliveryStatus.DELIVERED)


def test_a_status_of_a_message_we_do_not_know_is_left_to_be_parked():
    assert _report("delivered", external_id="wamid.NOBODY") is False


def test_an_unconfirmed_send_is_repeated_only_on_evidence(two, conversation_id):
    claimed = _claim(conversation_id)
    services.settle_unconfirmed(claimed=claimed, code="timeout")
    assert _claim(conversation_id) is None

    services.resolve_unconfirmed(tenant_id="default", message_id=claimed.message_id, attempt=1, never_arrived=True)

    assert _claim(conversation_id).attempt == 2


def test_without_evidence_a_person_is_asked_and_the_lane_goes_on(two, conversation_id):
    claimed = _claim(conversation_id)
    services.settle_unconfirmed(claimed=claimed, code="timeout")

    services.resolve_unconfirmed(tenant_id="default", message_id=claimed.message_id, attempt=1, never_arrived=False)

    assert _status(two[0]) is DeliveryStatus.UNKNOWN
    assert _claim(conversation_id).content.text == "segunda"
    assert services.resend(tenant_id="default", conversation_id=conversation_id, message_id=claimed.message_id)


def test_a_status_ends_the_doubt(two, conversation_id):
    claimed = _claim(conversation_id)
    services.settle_unconfirmed(claimed=claimed, code="timeout")

    _report("sent", callback=claimed.callback)

    assert _status(two[0]) is DeliveryStatus.SENT
    assert (
        services.resolve_unconfirmed(tenant_id="default", message_id=claimed.message_id, attempt=1, never_arrived=True)
        is None
    )


def test_what_the_assistant_could_not_send_is_not_tried_again_after_a_person_took_over(answer, take, conversation_id):
    said = answer("Custa R$ 350.")
    claimed = _claim(conversation_id)
    take()

    services.settle_refused(claimed=claimed, code="130429", message="")

    assert _status(said) is DeliveryStatus.CANCELLED
    assert _claim(conversation_id) is None


def test_a_timed_out_text_of_the_assistant_is_unknown_at_once_when_a_person_took_over(
    answer, take, speak, conversation_id
):
    said = answer("Custa R$ 350.")
    claimed = _claim(conversation_id)
    take()
    speak("Oi, sou a Ana")

    services.settle_unconfirmed(claimed=claimed, code="timeout")

    assert _status(said) is DeliveryStatus.UNKNOWN
    assert _claim(conversation_id).content.text == "Oi, sou a Ana"


def test_a_refused_message_is_left_alone_until_its_time(two, conversation_id, monkeypatch):
    services.settle_refused(
        claimed=_claim(conversation_id), code="131056", message="", retry_after=timedelta(seconds=30)
    )

    too_early = _claim(conversation_id)
    later = clock.now() + timedelta(seconds=31)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert too_early is None
    assert _claim(conversation_id).content.text == "primeira"


def test_a_message_that_lost_its_wake_up_is_woken_by_the_clock(two, conversation_id, monkeypatch):
    for entry in events.timeline("default", conversation_id=conversation_id):
        if "gateway.deliver" in entry.pending:
            settle(str(entry.id), {"to": "gateway.deliver", "outcome": "lost"})
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert services.heal_lanes() == 1

    assert events.is_pending("default", conversation_id, "gateway.deliver")
    assert services.heal_lanes() == 0


def test_a_lane_that_names_a_finished_message_is_freed(two, conversation_id, monkeypatch):
    claimed = _claim(conversation_id)
    Message.objects(id=claimed.message_id).update_one(set__status="delivered")
    for entry in events.timeline("default", conversation_id=conversation_id):
        if "gateway.deliver" in entry.pending:
            settle(str(entry.id), {"to": "gateway.deliver", "outcome": "lost"})
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)

    services.heal_lanes()

    assert _claim(conversation_id).content.text == "segunda"
