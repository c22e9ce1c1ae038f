"""SAIR and VOLTAR: heard, kept with their message, confirmed once, and obeyed."""

from datetime import timedelta

import pytest

from apps.contracts.content import Content
from apps.contracts.errors import OptedOut
from apps.contracts.messages import Analysis, InboundMessage
from apps.contracts.words import Author, ConversationStatus, MessageKind, SilenceReason
from apps.conversations import selectors, services
from apps.conversations.documents import Conversation
from apps.conversations.selectors.people import consents_of
from apps.conversations.services.consent import refuse_opted_out
from tests.conversations.conftest import receive
from tests.handoff.cast import sent_to_customer
from tests.words import says

OUT, IN = Analysis(intent="opt_out"), Analysis(intent="opt_in")


def carla():
    [customer] = selectors.customers("default")
    return customer


def told(what: str) -> InboundMessage:
    """WhatsApp reports what the customer chose about marketing."""
    return says(Content(kind=MessageKind.SYSTEM, fields={"type": "user_preferences", "consent": what}))


def test_leaving_is_confirmed_once_in_a_natural_sentence(conversation_id):
    receive(says("SAIR"), OUT)
    receive(says("sair"), OUT)

    [confirmation] = sent_to_customer(conversation_id)
    assert "VOLTAR" in confirmation
    assert carla().opted_out_at is not None


def test_it_is_kept_when_and_by_which_message_they_left_and_came_back(conversation_id):
    leaves, returns = says("SAIR"), says("VOLTAR")
    receive(leaves, OUT)
    receive(returns, IN)

    back, out = consents_of("default", carla().id)
    assert (out.is_out, out.scope, out.source, out.external_id) == (True, "all", "customer", leaves.external_id)
    assert (back.is_out, back.external_id) == (False, returns.external_id)
    assert abs((out.at - leaves.sent_at).total_seconds()) < 1
    assert carla().opted_out_at is None


def test_the_assistant_falls_silent_and_what_was_asked_before_is_not_answered_any_more(conversation_id):
    assert selectors.answer_context("default", conversation_id, 1) is not None

    receive(says("SAIR"), OUT)
    receive(says("Quanto custa?"))

    assert selectors.answer_context("default", conversation_id, 1) is None
    assert not selectors.conversation("default", conversation_id).awaits_reply
    assert selectors.messages("default", conversation_id)[-1].silence is SilenceReason.OPTED_OUT


def test_whoever_comes_back_is_answered_again(conversation_id):
    receive(says("SAIR"), OUT)
    receive(says("VOLTAR"), IN)

    receive(says("Quanto custa?"))

    assert selectors.conversation("default", conversation_id).awaits_reply
    assert len(sent_to_customer(conversation_id)) == 2


def test_voltar_of_somebody_who_never_left_is_a_word_like_any_other(conversation_id):
    receive(says("voltar"), IN)

    assert selectors.conversation("default", conversation_id).awaits_reply
    assert sent_to_customer(conversation_id) == []
    assert consents_of("default", carla().id) == []


def test_an_opted_out_customer_who_asks_for_a_person_gets_one(conversation_id):
    receive(says("SAIR"), OUT)

    receive(says("quero falar com uma pessoa"), Analysis(wants_person=True))

    assert selectors.conversation("default", conversation_id).status is ConversationStatus.WAITING_HUMAN


def test_a_person_may_still_answer_inside_the_window(conversation_id, take, speak):
    receive(says("SAIR"), OUT)
    take()

    assert speak("Até logo, Carla!") is not None


def test_a_sair_that_arrives_after_its_voltar_does_not_undo_it(conversation_id):
    receive(says("SAIR", ago=timedelta(seconds=60)), OUT)
    receive(says("VOLTAR"), IN)

    receive(says("SAIR", ago=timedelta(seconds=30)), OUT)

    assert carla().opted_out_at is None
    assert len(consents_of("default", carla().id)) == 3


def test_the_same_word_twice_over_the_wire_is_one_record(conversation_id):
    leaves = says("SAIR")
    receive(leaves, OUT)

    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the store says, nothing was written twice
        receive(leaves, OUT)

    assert len(consents_of("default", carla().id)) == 1


@pytest.mark.parametrize(
    ("said", "category", "is_refused"),
    [
        (OUT, "MARKETING", True),
        (OUT, "UTILITY", True),
        (OUT, "", True),
        (Analysis(intent="marketing_opt_out"), "MARKETING", True),
        (Analysis(intent="marketing_opt_out"), "", True),
        (Analysis(intent="marketing_opt_out"), "UTILITY", False),
        (Analysis(), "MARKETING", False),
    ],
)
def test_nothing_is_begun_with_who_does_not_want_it(conversation_id, said, category, is_refused):
    receive(says("…"), said)
    conversation = Conversation.objects(id=conversation_id).first()

    if is_refused:
        with pytest.raises(OptedOut):
            refuse_opted_out(conversation, category=category)
    else:
        refuse_opted_out(conversation, category=category)


def test_what_whatsapp_reports_concerns_marketing_only(conversation_id):
    receive(told("marketing_out"))

    customer = carla()
    assert customer.marketing_out_at is not None
    assert customer.opted_out_at is None
    assert sent_to_customer(conversation_id) == []
    assert selectors.answer_context("default", conversation_id, 1) is not None
    assert consents_of("default", customer.id)[0].source == "channel"

    receive(told("marketing_in"))

    assert carla().marketing_out_at is None


def test_a_report_opens_no_conversation_of_its_own(conversation_id):
    services.close_conversation(tenant_id="default", conversation_id=conversation_id, outcome="solved")

    assert receive(told("marketing_out")) == conversation_id


def test_a_word_held_up_for_days_counts_but_is_not_confirmed(conversation_id):
    Conversation.objects(id=conversation_id).update_one(unset__window_expires_at=True)

    receive(says("SAIR", ago=timedelta(hours=50)), OUT)

    assert carla().opted_out_at is not None
    assert sent_to_customer(conversation_id) == []


def test_the_confirmation_is_an_automatic_message(conversation_id):
    receive(says("SAIR"), OUT)

    authors = {one.author for one in selectors.messages("default", conversation_id) if one.direction == "outbound"}
    assert authors == {Author.SYSTEM}


def test_the_neighbours_customer_is_somebody_else(conversation_id):
    receive(says("SAIR", tenant_id="vizinha", account="vizinha-wa"), OUT)

    assert carla().opted_out_at is None
    [other] = selectors.customers("vizinha")
    assert other.opted_out_at is not None
    assert consents_of("default", other.id) == []


def test_who_lets_the_channel_in_again_may_be_written_everything_that_the_channel_had_refused(conversation_id):
    receive(told("marketing_out"))

    receive(told("opt_in"))

    refuse_opted_out(Conversation.objects(id=conversation_id).first(), category="marketing")
    assert carla().marketing_out_at is None


def test_a_word_in_writing_does_not_undo_what_was_refused_at_the_channel(conversation_id):
    receive(told("marketing_out"))

    receive(says("VOLTAR"), IN)

    with pytest.raises(OptedOut):
        refuse_opted_out(Conversation.objects(id=conversation_id).first(), category="marketing")
