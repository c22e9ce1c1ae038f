"""A person always wins: taking, speaking, giving back."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from apps.contracts.channels import SendReceipt
from apps.contracts.errors import AlreadyAssigned, NotHolder
from apps.contracts.people import attendant_holder
from apps.contracts.words import ConversationStatus, DeliveryStatus
from apps.conversations import selectors, services
from apps.events import selectors as events
from tests.conversations.conftest import receive
from tests.words import says


def _status(message_id: str | None) -> DeliveryStatus | None:
    found = selectors.message("default", message_id or "")
    assert found is not None
    return found.status


def test_an_answer_that_comes_after_a_person_took_over_is_discarded_on_the_record(answer, take, conversation_id):
    take()

    assert answer("Custa R$ 350.") is None

    thread = selectors.messages("default", conversation_id)
    assert "Custa R$ 350." not in [one.content.text for one in thread]
    assert [one.content.fields.get("event") for one in thread][-1] == "reply_discarded"


def test_taking_cancels_what_the_assistant_has_queued(answer, take, speak, conversation_id):
    queued = answer()

    take()
    speak("Oi, sou a Ana")

    assert _status(queued) is DeliveryStatus.CANCELLED
    claimed = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    assert claimed is not None
    assert claimed.content.text == "Oi, sou a Ana"


def test_a_text_of_the_assistant_that_may_be_on_its_way_does_not_hold_back_the_person(
    answer, take, speak, conversation_id
):
    unsure = answer()
    claimed = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    services.settle_unconfirmed(claimed=claimed, code="timeout")

    take()
    speak("Oi, sou a Ana")

    assert _status(unsure) is DeliveryStatus.UNKNOWN
    following = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    assert following is not None
    assert following.content.text == "Oi, sou a Ana"


def test_the_second_attendant_is_told_who_took_it(take):
    take("1", "Ana")

    with pytest.raises(AlreadyAssigned) as refusal:
        take("2", "Bruno")

    assert refusal.value.attendant_name == "Ana"


def test_thirty_simultaneous_claims_have_one_winner(conversation_id):
    outcomes: list[str] = []
    start = threading.Barrier(30)

    def claim(number: int) -> None:
        start.wait()
        try:
            services.take_conversation(
                tenant_id="default",
                conversation_id=conversation_id,
                attendant_id=str(number),
                attendant_name=f"A{number}",
            )
            outcomes.append("won")
        except AlreadyAssigned:
            outcomes.append("lost")

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["lost"] * 29 + ["won"]


def test_only_the_holder_speaks_and_a_transfer_takes_the_word_away_at_once(take, speak, conversation_id):
    take("1", "Ana")
    speak("Um momento")

    services.transfer_conversation(
        tenant_id="default",
        conversation_id=conversation_id,
        attendant_id="1",
        attendant_name="Ana",
        to=attendant_holder("2"),
        to_name="Bruno",
        reason="projeto",
    )

    with pytest.raises(NotHolder):
        speak("Ainda eu")
    assert speak("Agora eu", attendant_id="2")


def test_a_form_posted_twice_is_one_message(take, speak, conversation_id):
    take()

    first = speak("Oi!", client_id="form-1")
    second = speak("Oi!", client_id="form-1")

    assert first == second
    assert [one.content.text for one in selectors.messages("default", conversation_id)].count("Oi!") == 1


def test_giving_back_a_conversation_whose_customer_wrote_last_awaits_the_assistant_again(answer, take, conversation_id):
    answer("Olá!")
    claimed = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    services.settle_sent(claimed=claimed, receipt=SendReceipt(external_id="wamid.OUT"))
    take()
    receive(says("E a fachada?"))

    services.return_to_assistant(
        tenant_id="default", conversation_id=conversation_id, attendant_id="1", attendant_name="Ana"
    )

    conversation = selectors.conversation("default", conversation_id)
    assert conversation is not None
    assert conversation.status is ConversationStatus.ACTIVE
    context = selectors.answer_context("default", conversation_id, conversation.turn)
    assert context is not None
    assert [one.content.text for one in context.burst] == ["E a fachada?"]


def test_a_cancelled_answer_is_given_again_when_the_person_returns_without_a_word(answer, take, conversation_id):
    answer("Olá!")
    take()

    services.return_to_assistant(tenant_id="default", conversation_id=conversation_id, attendant_id="1")

    conversation = selectors.conversation("default", conversation_id)
    assert conversation is not None
    assert answer("Olá de novo!", turn=conversation.turn) is not None


def test_a_message_that_reached_us_after_the_answer_to_an_earlier_one_is_not_lost_by_giving_back(
    answer, take, conversation_id
):
    """It stands before that answer in the thread, which knows nothing of it."""
    answer("Olá!", turn=1)
    receive(says("E o prazo?", ago=timedelta(seconds=30)))
    take()

    services.return_to_assistant(
        tenant_id="default", conversation_id=conversation_id, attendant_id="1", attendant_name="Ana"
    )

    awaited = [one for one in events.timeline("default", conversation_id=conversation_id) if one.data.get("awaiting")]
    assert awaited[-1].data["turn"] == 3


def test_giving_back_after_a_persons_answer_leaves_the_assistant_silent(take, speak, conversation_id):
    take()
    speak("Resolvido!")

    services.return_to_assistant(tenant_id="default", conversation_id=conversation_id, attendant_id="1")

    conversation = selectors.conversation("default", conversation_id)
    assert conversation is not None
    assert not conversation.awaits_reply


def test_another_tenants_conversation_cannot_be_taken(conversation_id):
    with pytest.raises(NotHolder):
        services.take_conversation(
            tenant_id="vizinha", conversation_id=conversation_id, attendant_id="9", attendant_name="Intrusa"
        )


def test_a_handoff_raced_by_an_answer_has_one_outcome(conversation_id):
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def race(step: Callable[[], bool]) -> None:
        start.wait()
        if step():
            outcomes.append(step.__name__)

    def hands_off() -> bool:
        return services.request_handoff(
            tenant_id="default", conversation_id=conversation_id, reason="assistant_decided", turn=1
        )

    def answers() -> bool:
        from apps.contracts.content import text_content
        from apps.contracts.words import Author

        return (
            services.add_reply(
                tenant_id="default",
                conversation_id=conversation_id,
                author=Author.ASSISTANT,
                content=text_content("Olá"),
                turn=1,
            )
            is not None
        )

    threads = [threading.Thread(target=race, args=(step,)) for step in (hands_off, answers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 1


def test_a_person_who_has_seen_the_messages_lets_the_customer_know(take, conversation_id):
    take()
    receive(says("Você viu?"))

    services.mark_read_by_attendant(tenant_id="default", conversation_id=conversation_id, attendant_id="1")

    read = [
        one for one in events.timeline("default", conversation_id=conversation_id) if one.data.get("change") == "read"
    ]
    latest = selectors.messages("default", conversation_id)[-1]
    assert [one.data["message_id"] for one in read] == [latest.id]


def test_the_customers_own_text_carries_no_tick_of_an_earlier_message(answer, conversation_id):
    answer("Olá!")
    claimed = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    receive(says("Outra coisa"))

    services.settle_sent(claimed=claimed, receipt=SendReceipt(external_id="wamid.OUT"))

    conversation = selectors.conversation("default", conversation_id)
    assert conversation is not None
    assert (conversation.last_text, conversation.last_status) == ("Outra coisa", "")
