"""An attendant writes first: the conversation counts among theirs, and is handed on and closed like any other."""

import pytest

from apps.contracts.content import Content
from apps.contracts.errors import CapacityReached
from apps.contracts.handoff import TicketState
from apps.contracts.people import AttendantValue, ChannelAccountValue, queue_holder
from apps.contracts.words import HandoffOutcome, MessageKind
from apps.conversations import selectors
from apps.conversations.documents import Conversation, Customer
from apps.handoff import claims, services
from apps.handoff.documents import HandoffTicket
from tests.handoff.cast import handle, make_attendant

ACCOUNT = ChannelAccountValue(tenant_id="default", slug="simulator-default", kind="whatsapp", name="WhatsApp")
VISIT = Content(kind=MessageKind.TEMPLATE, text="Visita amanhã", template={"name": "v", "category": "utility"})


def begin(attendant: AttendantValue, **given: str) -> str:
    customer = str(Customer.objects.get().id)
    started = services.start_conversation(
        attendant=attendant, account=ACCOUNT, customer_id=customer, content=VISIT, **given
    )
    return started.conversation_id


@pytest.fixture
def carla(waiting: str, ana: AttendantValue) -> None:
    """Carla's conversation was attended and closed."""
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    services.complete(attendant=ana, conversation_id=waiting, outcome=HandoffOutcome.CLOSED, ask_rating=False)


def test_what_one_began_counts_among_what_one_holds(carla, ana):
    before = claims.load_of("default", ana.id)

    conversation_id = begin(ana)

    assert claims.load_of("default", ana.id) == before + 1
    handle("handoff.note_reply")
    ticket = HandoffTicket.objects.get(conversation_id=conversation_id)
    assert ticket.state == TicketState.CONVERSING.value


def test_who_is_full_begins_nothing(carla, queue):
    full = make_attendant("Davi", queue, capacity=0)

    with pytest.raises(CapacityReached):
        begin(full)

    assert Conversation.objects(is_open=True).count() == 0


def test_beginning_twice_with_the_same_request_is_one_ticket(carla, ana):
    first = begin(ana, client_id="r1")

    assert begin(ana, client_id="r1") == first
    assert HandoffTicket.objects(conversation_id=first).count() == 1


def test_it_is_handed_on_and_closed_like_any_other(carla, ana, bruno, queue):
    conversation_id = begin(ana)

    services.transfer(
        attendant=ana, conversation_id=conversation_id, to=queue_holder(queue.slug), reason="Fim do turno"
    )
    services.accept_conversation(attendant=bruno, conversation_id=conversation_id)
    services.complete(attendant=bruno, conversation_id=conversation_id, outcome=HandoffOutcome.CLOSED)

    found = selectors.conversation("default", conversation_id)
    assert found is not None and found.closed_at is not None
    assert HandoffTicket.objects.get(conversation_id=conversation_id).is_open is False
