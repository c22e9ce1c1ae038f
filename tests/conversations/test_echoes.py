"""What somebody writes on the phone's own app counts as a person's answer."""

import time
from datetime import timedelta

import pytest

from apps.common import clock, mongo
from apps.contracts.content import Content, Media, text_content
from apps.contracts.messages import EchoedMessage, Sender, StatusUpdate
from apps.contracts.words import (
    Author,
    ConversationStatus,
    DeliveryStatus,
    Direction,
    HolderKind,
    MessageKind,
)
from apps.conversations import selectors, services
from apps.conversations.documents import Conversation
from apps.events import selectors as events
from apps.handoff import selectors as handoff
from tests.conversations.conftest import receive
from tests.handoff.cast import handle, sent_to_customer
from tests.words import CARLA, says


def writes_on_the_phone(
    what: str | Content = "Oi, aqui é a Ana", *, external_id: str = "wamid.ECO", ago: timedelta = timedelta()
) -> EchoedMessage:
    now = clock.now()
    sent = now - ago
    return EchoedMessage(
        tenant_id="default",
        account="simulator",
        channel="whatsapp",
        external_id=external_id,
        customer=Sender(identities=(f"wa:{CARLA}",), address=CARLA, name="Carla", phone=CARLA),
        content=text_content(what) if isinstance(what, str) else what,
        sent_at=sent,
        received_at=now,
        order=f"{int(sent.timestamp()):012d}.{time.time_ns():020d}.0000",
    )


def thread(conversation_id: str):
    return selectors.messages("default", conversation_id)


def test_it_is_shown_as_a_persons_message_that_was_sent(conversation_id):
    services.record_echo(echo=writes_on_the_phone())

    echoed = next(one for one in thread(conversation_id) if one.external_id == "wamid.ECO")
    assert (echoed.direction, echoed.author) == (Direction.OUTBOUND, Author.ATTENDANT)
    assert echoed.status is DeliveryStatus.SENT
    assert selectors.conversation("default", conversation_id).last_text == "Oi, aqui é a Ana"


def test_the_assistant_yields_and_its_answer_is_discarded(conversation_id, answer):
    assert selectors.answer_context("default", conversation_id, 1) is not None

    services.record_echo(echo=writes_on_the_phone())

    assert answer("Olá! Sou a assistente.") is None
    conversation = selectors.conversation("default", conversation_id)
    assert conversation.status is ConversationStatus.WAITING_HUMAN
    assert conversation.holder.kind is HolderKind.QUEUE
    assert not conversation.awaits_reply
    said = [one.content.fields.get("event") for one in thread(conversation_id)]
    assert "answered_by_phone" in said
    assert "handed_off" not in said


def test_an_answer_of_the_assistant_that_has_not_left_never_leaves(conversation_id, answer):
    message_id = answer("Olá!")

    services.record_echo(echo=writes_on_the_phone())

    assert selectors.message("default", message_id).status is DeliveryStatus.CANCELLED
    assert services.claim_outbound(tenant_id="default", conversation_id=conversation_id) is None


def test_what_the_customer_wrote_after_it_is_still_open(conversation_id):
    receive(says("E quanto custa?"))

    services.record_echo(echo=writes_on_the_phone(ago=timedelta(minutes=1)))

    conversation = selectors.conversation("default", conversation_id)
    assert conversation.awaits_reply
    assert conversation.status is ConversationStatus.WAITING_HUMAN


def test_the_same_echo_twice_is_one_message(conversation_id):
    services.record_echo(echo=writes_on_the_phone())
    before = thread(conversation_id)

    with pytest.raises(mongo.AlreadyExists):
        services.record_echo(echo=writes_on_the_phone())

    assert thread(conversation_id) == before


def test_later_statuses_raise_it(conversation_id):
    services.record_echo(echo=writes_on_the_phone())

    services.record_delivery(
        update=StatusUpdate(
            tenant_id="default",
            account="simulator",
            external_id="wamid.ECO",
            status=DeliveryStatus.READ,
            at=clock.now(),
        )
    )

    echoed = next(one for one in thread(conversation_id) if one.external_id == "wamid.ECO")
    assert echoed.status is DeliveryStatus.READ


def test_an_attendant_who_holds_the_conversation_keeps_it(conversation_id, take):
    take()

    services.record_echo(echo=writes_on_the_phone())

    conversation = selectors.conversation("default", conversation_id)
    assert conversation.status is ConversationStatus.WITH_HUMAN
    assert conversation.attendant_name == "Ana"


def test_the_customer_hears_nothing_of_a_queue(conversation_id):
    services.record_echo(echo=writes_on_the_phone())

    handle("handoff.open_ticket")

    assert len(handoff.tickets("default")) == 1
    assert sent_to_customer(conversation_id) == ["Oi, aqui é a Ana"]


def test_a_first_message_from_the_phone_begins_a_conversation_that_people_have():
    services.record_echo(echo=writes_on_the_phone("Bom dia, Carla! Sua obra terminou."))

    [conversation] = selectors.list_conversations("default").items
    assert conversation.customer_name == "Carla"
    assert conversation.holder.kind is HolderKind.QUEUE


def test_one_that_comes_days_late_is_shown_and_changes_nobodys_turn(conversation_id):
    services.record_echo(echo=writes_on_the_phone(ago=timedelta(days=3)))

    conversation = selectors.conversation("default", conversation_id)
    assert conversation.status is ConversationStatus.ACTIVE
    assert conversation.awaits_reply
    assert any(one.external_id == "wamid.ECO" for one in thread(conversation_id))


def test_what_was_deleted_on_the_phone_is_shown_as_deleted_by_us(conversation_id):
    services.record_echo(echo=writes_on_the_phone())

    revoke = Content(kind=MessageKind.REVOKE, target="wamid.ECO")
    services.record_echo(echo=writes_on_the_phone(revoke, external_id="wamid.ECO2"))

    echoed = next(one for one in thread(conversation_id) if one.external_id == "wamid.ECO")
    assert echoed.revoked_by == "business"
    assert echoed.revoked_at is not None


def test_a_photo_sent_from_the_phone_is_fetched(conversation_id):
    photo = Content(kind=MessageKind.IMAGE, media=Media(channel_media_id="77", mime_type="image/jpeg"))

    services.record_echo(echo=writes_on_the_phone(photo))

    pending = [to for entry in events.timeline("default", conversation_id=conversation_id) for to in entry.pending]
    assert "gateway.fetch_media_again" in pending


def test_the_neighbours_never_see_it(conversation_id):
    echo = writes_on_the_phone().model_copy(update={"tenant_id": "vizinha", "account": "vizinha-wa"})

    services.record_echo(echo=echo)

    assert Conversation.objects(tenant_id="default").count() == 1
    assert all(one.external_id != "wamid.ECO" for one in thread(conversation_id))
