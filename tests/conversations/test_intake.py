"""A customer's message enters its conversation once, in order, and somebody answers it."""

from datetime import timedelta

import pytest

from apps.common import mongo
from apps.contracts.content import Content
from apps.contracts.messages import Analysis
from apps.contracts.words import ConversationStatus, MessageKind, SilenceReason
from apps.conversations import selectors, services
from apps.events import selectors as events
from tests.conversations.conftest import receive
from tests.words import DIEGO, says


def _pending(conversation_id: str) -> list[str]:
    return [to for entry in events.timeline("default", conversation_id=conversation_id) for to in entry.pending]


def test_the_same_message_twice_is_one_message(conversation_id):
    again = says("Oi de novo", external_id="wamid.SAME")
    receive(again)

    with pytest.raises(mongo.AlreadyExists):
        receive(again)

    assert len(selectors.messages("default", conversation_id)) == 2


def test_the_newest_turn_awaits_the_assistant(conversation_id):
    receive(says("quero pintar a sala"))

    assert selectors.answer_context("default", conversation_id, 1) is None
    context = selectors.answer_context("default", conversation_id, 2)
    assert context is not None
    assert [one.content.text for one in context.burst] == ["Oi, tudo bem?", "quero pintar a sala"]


def test_asking_for_a_person_puts_the_conversation_in_a_queue(conversation_id):
    receive(says("Quero falar com uma pessoa"), Analysis(wants_person=True))

    conversation = selectors.conversation("default", conversation_id)
    assert conversation is not None
    assert conversation.status is ConversationStatus.WAITING_HUMAN
    assert "handoff.open_ticket" in _pending(conversation_id)
    assert selectors.answer_context("default", conversation_id, 2) is None


def test_a_reaction_shows_on_its_message_and_disturbs_no_pending_answer(answer, conversation_id):
    answer("Olá!")
    claimed = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    from apps.contracts.channels import SendReceipt

    services.settle_sent(claimed=claimed, receipt=SendReceipt(external_id="wamid.OUT"))
    receive(says("E a fachada?"))

    receive(says(Content(kind=MessageKind.REACTION, emoji="👍", target="wamid.OUT")))

    thread = selectors.messages("default", conversation_id)
    assert next(one for one in thread if one.external_id == "wamid.OUT").reactions == {"customer": "👍"}
    assert selectors.answer_context("default", conversation_id, 2) is not None


def test_a_message_older_than_a_day_is_shown_and_never_answered():
    conversation_id = receive(says("oi", ago=timedelta(hours=25)))

    [message] = selectors.messages("default", conversation_id)
    assert message.silence is SilenceReason.TOO_OLD
    assert "ai.answer_customer" not in _pending(conversation_id)


def test_spam_is_kept_visible_and_not_answered(conversation_id):
    receive(says("GANHE DINHEIRO"), Analysis(is_spam=True))

    assert selectors.messages("default", conversation_id)[-1].silence is SilenceReason.SPAM
    assert selectors.answer_context("default", conversation_id, 1) is not None


def test_two_spellings_of_a_number_are_one_customer():
    first = says("Oi")
    second = says("Oi de novo")
    with_id = second.sender.model_copy(update={"identities": ("bsuid:BR.X1", *second.sender.identities)})

    one = receive(first)
    other = receive(second.model_copy(update={"sender": with_id}))

    assert one == other
    customer = selectors.customers("default")[0]
    assert "bsuid:BR.X1" in customer.identities


def test_customers_of_two_tenants_never_meet(conversation_id):
    elsewhere = receive(says("Oi", tenant_id="vizinha", account="vizinha-wa"))

    assert elsewhere != conversation_id
    assert selectors.conversation("vizinha", conversation_id) is None
    assert len(selectors.customers("vizinha")) == 1


def test_a_message_after_closing_opens_a_new_conversation(conversation_id):
    services.close_conversation(tenant_id="default", conversation_id=conversation_id, outcome="idle")

    assert receive(says("Voltei")) != conversation_id


def test_a_rating_belongs_to_the_closed_conversation_and_opens_none(conversation_id):
    services.close_conversation(tenant_id="default", conversation_id=conversation_id, outcome="solved")
    rating = Content(kind=MessageKind.LIST_REPLY, text="😀 Ótimo")

    where = receive(says(rating), Analysis(rating=5, rated_conversation_id=conversation_id))

    assert where == conversation_id
    conversation = selectors.conversation("default", conversation_id)
    assert conversation is not None
    assert conversation.status is ConversationStatus.CLOSED


def test_somebody_elses_rating_does_not_reach_my_conversation(conversation_id):
    services.close_conversation(tenant_id="default", conversation_id=conversation_id, outcome="solved")

    where = receive(says("5", who=DIEGO, name="Diego"), Analysis(rating=5, rated_conversation_id=conversation_id))

    assert where != conversation_id


def test_twenty_messages_are_shown_in_the_order_they_were_written(conversation_id):
    messages = [says(f"mensagem {number}") for number in range(20)]
    for message in reversed(messages):
        receive(message)

    shown = [one.content.text for one in selectors.messages("default", conversation_id)][1:]

    assert shown == [f"mensagem {number}" for number in range(20)]
