"""Edits, deletions and reactions show on their message, whatever arrives first."""

import itertools
from datetime import timedelta

import pytest

from apps.common import clock
from apps.contracts.channels import SendReceipt
from apps.contracts.content import Content, text_content
from apps.contracts.messages import InboundMessage, StatusUpdate
from apps.contracts.words import Author, DeliveryStatus, MessageKind, SilenceReason
from apps.conversations import selectors, services
from tests.conversations.conftest import receive
from tests.words import DIEGO, says

ORIGINAL = "wamid.ORIGINAL"


def edits(text: str, *, ago: timedelta = timedelta()) -> InboundMessage:
    return says(Content(kind=MessageKind.EDIT, text=text, target=ORIGINAL), ago=ago)


def deletes(target: str = ORIGINAL) -> InboundMessage:
    return says(Content(kind=MessageKind.REVOKE, target=target))


def reacts(emoji: str, *, ago: timedelta = timedelta()) -> InboundMessage:
    return says(Content(kind=MessageKind.REACTION, emoji=emoji, target=ORIGINAL), ago=ago)


def original():
    return selectors.message_by_external_id("default", "simulator", ORIGINAL)


def test_an_edit_shows_the_new_text_and_keeps_the_one_before(conversation_id):
    receive(says("Quero uma sala azul", external_id=ORIGINAL))

    receive(edits("Quero uma sala verde"))

    message = original()
    assert message.content.text == "Quero uma sala verde"
    assert message.edited_from == "Quero uma sala azul"
    assert message.edited_at is not None


def test_two_edits_keep_the_first_text_and_show_the_last(conversation_id):
    receive(says("um", external_id=ORIGINAL, ago=timedelta(minutes=9)))

    receive(edits("três"))
    receive(edits("dois", ago=timedelta(minutes=5)))

    assert (original().content.text, original().edited_from) == ("três", "um")


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_whatever_arrives_first_it_ends_the_same(conversation_id, order):
    now = clock.now()
    about = [
        says("antes", external_id=ORIGINAL, sent_at=now - timedelta(seconds=40)),
        says(Content(kind=MessageKind.EDIT, text="depois", target=ORIGINAL), sent_at=now - timedelta(seconds=30)),
        says(Content(kind=MessageKind.REACTION, emoji="👍", target=ORIGINAL), sent_at=now - timedelta(seconds=20)),
        says(Content(kind=MessageKind.REACTION, emoji="❤️", target=ORIGINAL), sent_at=now - timedelta(seconds=10)),
    ]

    for number in order:
        receive(about[number])

    message = original()
    assert (message.content.text, message.edited_from) == ("depois", "antes")
    assert message.reactions == {"customer": "❤️"}


def test_a_deletion_before_its_message_still_deletes_it(conversation_id):
    receive(deletes())

    receive(says("ops", external_id=ORIGINAL))

    message = original()
    assert message.revoked_by == "customer"
    assert message.revoked_at is not None


def test_a_removed_reaction_is_gone(conversation_id):
    receive(says("Oi", external_id=ORIGINAL))
    receive(reacts("👍", ago=timedelta(minutes=2)))
    assert original().reactions == {"customer": "👍"}

    receive(reacts(""))

    assert original().reactions == {}


def test_both_sides_may_react(conversation_id, take):
    receive(says("Oi", external_id=ORIGINAL))
    receive(reacts("👍"))
    take()

    services.add_reply(
        tenant_id="default",
        conversation_id=conversation_id,
        author=Author.ATTENDANT,
        content=Content(kind=MessageKind.REACTION, emoji="🙏", target=ORIGINAL),
        attendant_id="1",
        attendant_name="Ana",
    )

    assert original().reactions == {"customer": "👍", "business": "🙏"}


def test_an_edit_of_an_answered_message_opens_no_turn(conversation_id, answer):
    receive(says("Quanto custa?", external_id=ORIGINAL))
    answer("Depende.", turn=2)

    receive(edits("Quanto custa a sala?"))

    conversation = selectors.conversation("default", conversation_id)
    assert conversation.turn == conversation.answered == 2
    assert selectors.answer_context("default", conversation_id, 2) is None


def test_the_assistant_answers_what_the_message_says_now(conversation_id):
    receive(says("Quanto custa?", external_id=ORIGINAL))

    receive(edits("Quanto custa a sala?"))

    context = selectors.answer_context("default", conversation_id, 2)
    assert [one.content.text for one in context.burst] == ["Oi, tudo bem?", "Quanto custa a sala?"]
    assert "Quanto custa?" not in [one.content.text for one in (*context.history, *context.burst)]


def test_nobody_answers_what_was_taken_back():
    conversation_id = receive(says("mensagem errada", external_id=ORIGINAL))
    assert selectors.answer_context("default", conversation_id, 1) is not None

    receive(deletes())

    assert selectors.answer_context("default", conversation_id, 1) is None
    assert not selectors.conversation("default", conversation_id).awaits_reply
    assert original().silence is SilenceReason.NOTHING_TO_ANSWER


def test_the_rest_of_a_burst_is_still_answered_without_what_was_taken_back(conversation_id):
    receive(says("e também isto", external_id=ORIGINAL))

    receive(deletes())

    context = selectors.answer_context("default", conversation_id, 2)
    assert [one.content.text for one in context.burst] == ["Oi, tudo bem?"]


def test_an_edit_of_a_closed_conversation_shows_there_and_opens_none(conversation_id):
    receive(says("obrigada", external_id=ORIGINAL))
    services.close_conversation(tenant_id="default", conversation_id=conversation_id, outcome="solved")

    where = receive(edits("obrigada!"))

    assert where == conversation_id
    assert original().content.text == "obrigada!"
    assert len(selectors.list_conversations("default").items) == 1


def test_nobody_changes_somebody_elses_message(conversation_id):
    receive(says("meu texto", external_id=ORIGINAL))

    receive(says(Content(kind=MessageKind.EDIT, text="invadido", target=ORIGINAL), who=DIEGO, name="Diego"))

    assert original().content.text == "meu texto"


def test_a_reaction_to_what_we_sent_shows_on_it(conversation_id, answer):
    answer("Olá!")
    claimed = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    services.settle_sent(claimed=claimed, receipt=SendReceipt(external_id=ORIGINAL))

    receive(reacts("😍"))

    assert original().reactions == {"customer": "😍"}


def test_a_reaction_that_is_here_before_we_know_the_messages_name_shows_once_a_status_tells_it(conversation_id, answer):
    answer("Olá!")
    claimed = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    receive(reacts("😍"))

    services.record_delivery(
        update=StatusUpdate(
            tenant_id="default",
            account="simulator",
            external_id=ORIGINAL,
            status=DeliveryStatus.READ,
            at=clock.now(),
            callback=claimed.callback,
        )
    )

    assert original().reactions == {"customer": "😍"}


def test_an_edited_caption_stays_with_its_picture(conversation_id):
    receive(says(Content(kind=MessageKind.IMAGE, text="antes"), external_id=ORIGINAL))

    receive(edits("a parede"))

    message = original()
    assert (message.content.kind, message.content.text) == (MessageKind.IMAGE, "a parede")
    assert message.edited_at is not None
    assert abs((clock.now() - message.edited_at).total_seconds()) < 60
    assert text_content("antes").text == message.edited_from
