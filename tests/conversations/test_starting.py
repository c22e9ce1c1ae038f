"""The business writes first: one open conversation, one first message, and only to who wants it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from apps.common import clock
from apps.contracts.content import Content
from apps.contracts.errors import ConversationOpen, OptedOut
from apps.contracts.messages import Sender
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import Author, ConversationStatus, DeliveryStatus, HolderKind, MessageKind
from apps.conversations import selectors, services
from apps.conversations.documents import Conversation, Customer, Message
from apps.conversations.services.starting import Started, make_known, start_conversation
from tests.conversations.conftest import receive
from tests.words import CARLA, says

ACCOUNT = ChannelAccountValue(tenant_id="default", slug="simulator", kind="whatsapp", name="WhatsApp")
VISIT = Content(
    kind=MessageKind.TEMPLATE, text="Visita amanhã", template={"name": "lembrete_visita", "category": "utility"}
)
OFFER = VISIT.model_copy(update={"template": {"name": "oferta", "category": "marketing"}})


def begin(customer_id: str, content: Content = VISIT, **given: object) -> Started:
    return start_conversation(account=ACCOUNT, customer_id=customer_id, content=content, **given)


@pytest.fixture
def carla(conversation_id: str) -> str:
    """Carla wrote once; her conversation is closed and her window has passed."""
    services.close_conversation(tenant_id="default", conversation_id=conversation_id, outcome="attendant")
    Conversation.objects(id=conversation_id).update_one(set__window_expires_at=clock.now() - timedelta(days=3))
    return str(Customer.objects.get().id)


def test_an_attendant_begins_and_holds_the_conversation(carla):
    started = begin(carla, attendant_id="1", attendant_name="Ana")

    found = selectors.conversation("default", started.conversation_id)
    assert found is not None
    assert (found.status, found.holder.id, found.participants) == (ConversationStatus.WITH_HUMAN, "1", ("1",))
    assert found.last_text == "Visita amanhã"
    message = selectors.message("default", started.message_id)
    assert message is not None and message.status is DeliveryStatus.QUEUED and message.author is Author.ATTENDANT


def test_it_is_sent_to_where_the_customer_was_reached_before(carla):
    started = begin(carla)

    claimed = services.claim_outbound(tenant_id="default", conversation_id=started.conversation_id)

    assert claimed is not None and claimed.address == CARLA
    assert claimed.content.template["name"] == "lembrete_visita"


def test_without_an_attendant_the_assistant_answers_what_comes_back(carla):
    started = begin(carla)

    assert receive(says("Pode ser!")) == started.conversation_id
    found = selectors.conversation("default", started.conversation_id)
    assert found is not None and found.holder.kind is HolderKind.ASSISTANT and found.awaits_reply


def test_beginning_opens_no_window_only_the_customers_answer_does(carla):
    started = begin(carla, attendant_id="1", attendant_name="Ana")
    before = selectors.conversation("default", started.conversation_id)
    assert before is not None and before.window_expires_at is not None and before.window_expires_at < clock.now()

    receive(says("Oi!"))

    after = selectors.conversation("default", started.conversation_id)
    assert after is not None and after.window_expires_at is not None and after.window_expires_at > clock.now()


def test_nobody_begins_beside_an_open_conversation(conversation_id):
    customer = str(Customer.objects.get().id)

    with pytest.raises(ConversationOpen) as refusal:
        begin(customer)

    assert refusal.value.conversation_id == conversation_id
    assert Conversation.objects.count() == 1


def test_of_eight_who_begin_at_once_one_begins(carla):
    start = threading.Barrier(8)

    def one(number: int) -> str:
        start.wait()
        try:
            begin(carla, attendant_id=str(number), attendant_name=f"Atendente {number}")
        except ConversationOpen:
            return "open"
        return "began"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(one, range(8)))

    assert outcomes == ["began", *["open"] * 7]
    assert Conversation.objects(is_open=True).count() == 1
    assert Message.objects(kind="template").count() == 1


def test_the_same_request_twice_is_one_conversation_and_one_message(carla):
    first = begin(carla, client_id="r1")

    assert begin(carla, client_id="r1") == first
    assert Conversation.objects(is_open=True).count() == 1


def test_who_opted_out_is_left_alone(carla):
    Customer.objects.update(set__opted_out_at=clock.now())

    with pytest.raises(OptedOut):
        begin(carla)

    assert Conversation.objects(is_open=True).count() == 0


def test_who_refused_marketing_still_gets_what_is_useful(carla):
    Customer.objects.update(set__marketing_out_at=clock.now())

    with pytest.raises(OptedOut):
        begin(carla, OFFER)
    assert begin(carla, VISIT).message_id


def test_a_template_inside_an_open_conversation_respects_the_opt_out_too(conversation_id):
    Customer.objects.update(set__opted_out_at=clock.now())
    services.take_conversation(
        tenant_id="default", conversation_id=conversation_id, attendant_id="1", attendant_name="Ana"
    )

    with pytest.raises(OptedOut):
        services.add_reply(
            tenant_id="default",
            conversation_id=conversation_id,
            author=Author.ATTENDANT,
            content=VISIT,
            attendant_id="1",
        )


def test_a_number_that_never_wrote_becomes_a_customer_who_can_be_reached(stores):
    sender = Sender(identities=("wa:5583977776666",), address="5583977776666", phone="5583977776666")
    customer = make_known(tenant_id="default", sender=sender, name="Diego Prado")

    started = begin(customer, address=sender.address)

    found = selectors.conversation("default", started.conversation_id)
    assert found is not None and (found.customer_name, found.customer_phone) == ("Diego Prado", "5583977776666")
    assert make_known(tenant_id="default", sender=sender) == customer


def test_another_tenants_customer_does_not_exist(carla):
    neighbour = ACCOUNT.model_copy(update={"tenant_id": "vizinha"})

    with pytest.raises(LookupError):
        start_conversation(account=neighbour, customer_id=carla, content=VISIT)
