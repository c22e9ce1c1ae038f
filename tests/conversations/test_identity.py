"""One person, whatever number, id or channel names them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command

from apps.common import clock
from apps.contracts.content import Content
from apps.contracts.messages import InboundMessage, Sender
from apps.contracts.words import ConversationStatus, MessageKind, SilenceReason
from apps.conversations import selectors, services
from apps.conversations.documents import Conversation, Customer
from apps.conversations.selectors.people import merges_of, same_as
from apps.tenants.models import AuditEntry
from tests.conversations.conftest import receive
from tests.words import CARLA, DIEGO, says

NEW = "5583977776666"
BSUID = "bsuid:BR.CARLA1"


def known_as(*identities: str, text: str = "Oi", address: str = "", **given) -> InboundMessage:
    message = says(text, **given)
    phone = next((one.partition(":")[2] for one in identities if one.startswith("wa:")), "")
    where = address or phone or identities[0].partition(":")[2]
    return message.model_copy(
        update={"sender": Sender(identities=identities, address=where, name="Carla", phone=phone)}
    )


def changed_number(*, to: str = NEW, user_id: str = "", ago: timedelta = timedelta()) -> InboundMessage:
    """The channel reports that Carla has another number."""
    identities = [*([f"bsuid:{user_id}"] if user_id else []), f"wa:{to}"]
    fields = {"type": "user_changed_number", "new_identities": " ".join(identities)}
    fields |= {"new_address": to, "new_phone": to}
    return says(Content(kind=MessageKind.SYSTEM, text="trocou de número", fields=fields), ago=ago)


def customers() -> list:
    return selectors.customers("default")


def test_a_business_scoped_id_with_and_without_a_phone_is_one_customer():
    first = receive(known_as(BSUID, f"wa:{CARLA}"))

    assert receive(known_as(BSUID)) == first
    [customer] = customers()
    assert set(customer.identities) == {BSUID, f"wa:{CARLA}"}


def test_the_answer_goes_to_where_the_newest_message_came_from():
    conversation_id = receive(known_as(BSUID, f"wa:{CARLA}"))
    receive(known_as(BSUID, ago=timedelta(minutes=2)))

    assert Conversation.objects(id=conversation_id).first().address == CARLA

    receive(known_as(BSUID))

    assert Conversation.objects(id=conversation_id).first().address == "BR.CARLA1"


def test_a_parent_id_joins_the_two_ids_of_one_person():
    parent = "bsuid:BR.ENT.CARLA"
    receive(known_as("bsuid:BR.ONE1", parent))

    receive(known_as("bsuid:BR.TWO2", parent))

    [customer] = customers()
    assert {"bsuid:BR.ONE1", "bsuid:BR.TWO2", parent} <= set(customer.identities)


def test_a_user_name_is_shown_but_names_nobody():
    one, other = known_as("bsuid:BR.A1"), known_as("bsuid:BR.B2")
    for message in (one, other):
        receive(message.model_copy(update={"sender": message.sender.model_copy(update={"username": "carla"})}))

    assert len(customers()) == 2
    assert {one.username for one in customers()} == {"carla"}


def test_two_ids_that_point_to_two_customers_are_proposed_as_one_and_nothing_is_moved():
    first = receive(known_as(BSUID))
    second = receive(known_as(f"wa:{CARLA}"))
    assert first != second

    receive(known_as(BSUID, f"wa:{CARLA}"))

    older, newer = sorted(customers(), key=lambda one: one.created_at)
    assert [one.id for one in same_as("default", older.id)] == [newer.id]
    assert [one.id for one in same_as("default", newer.id)] == [older.id]
    assert newer.identities == (f"wa:{CARLA}",)


def test_a_shared_phone_number_or_user_name_proposes_a_merge():
    receive(known_as("outro:42"))
    receive(known_as(f"wa:{CARLA}"))
    Customer.objects(identities="outro:42").update_one(set__phone=CARLA)

    [other] = [one for one in customers() if "outro:42" in one.identities]
    assert [one.phone for one in same_as("default", other.id)] == [CARLA]


def test_everybody_who_seems_the_same_is_found_and_nobody_is_merged(capsys):
    receive(known_as("outro:42"))
    receive(known_as(f"wa:{CARLA}"))
    receive(says("Oi", who=DIEGO, name="Diego"))
    receive(known_as("outro:43", tenant_id="vizinha", account="vizinha-wa"))
    Customer.objects(identities__startswith="outro").update(set__phone=CARLA)

    call_command("find_duplicate_customers", tenant="default")
    call_command("find_duplicate_customers", tenant="default")

    assert "default: 1" in capsys.readouterr().out
    assert len(customers()) == 3
    marked = {one.name: len(one.same_as) for one in Customer.objects(tenant_id="default")}
    assert marked == {"Carla": 1, "Diego": 0}


def test_who_was_judged_different_is_not_proposed_again():
    receive(known_as(BSUID))
    receive(known_as(f"wa:{CARLA}"))
    receive(known_as(BSUID, f"wa:{CARLA}"))
    one, other = customers()

    services.dismiss_same(tenant_id="default", customer_id=one.id, other_id=other.id, by="Ana")
    receive(known_as(BSUID, f"wa:{CARLA}"))

    assert same_as("default", one.id) == same_as("default", other.id) == []
    assert AuditEntry.objects.get(action="judged_different").actor_name == "Ana"


def test_a_new_number_is_the_same_customer_and_the_conversation_follows(conversation_id):
    receive(changed_number(user_id="BR.NEW1"))

    [customer] = customers()
    assert {f"wa:{CARLA}", f"wa:{NEW}", "bsuid:BR.NEW1"} <= set(customer.identities)
    assert customer.phone == NEW
    conversation = Conversation.objects(id=conversation_id).first()
    assert (conversation.address, conversation.customer_phone) == (NEW, NEW)
    assert receive(says("Oi do número novo", who=NEW)) == conversation_id


def test_the_change_is_a_line_in_the_thread_that_the_assistant_never_sees(conversation_id):
    receive(changed_number())

    line = selectors.messages("default", conversation_id)[-1]
    assert line.content.kind is MessageKind.SYSTEM
    assert line.silence is SilenceReason.NOTHING_TO_ANSWER
    context = selectors.answer_context("default", conversation_id, 1)
    assert "trocou de número" not in [one.content.text for one in (*context.history, *context.burst)]
    assert selectors.conversation("default", conversation_id).last_text == "Trocou de número"


def test_a_late_message_from_the_old_number_does_not_turn_the_address_back(conversation_id):
    receive(changed_number())

    receive(says("escrita antes da troca", ago=timedelta(minutes=2)))

    assert Conversation.objects(id=conversation_id).first().address == NEW


def test_a_change_reported_after_the_new_number_wrote_still_ends_in_one_customer(conversation_id):
    elsewhere = receive(says("Oi do número novo", who=NEW))
    assert elsewhere != conversation_id

    receive(changed_number())

    [customer] = customers()
    assert {f"wa:{CARLA}", f"wa:{NEW}"} <= set(customer.identities)
    statuses = sorted(one.status for one in selectors.list_conversations("default").items)
    assert len(statuses) == 2
    assert ConversationStatus.CLOSED in statuses
    [merge] = merges_of("default", customer.id)
    assert merge.by == "whatsapp"


def test_a_number_given_away_is_not_taken_for_its_new_owner(conversation_id):
    receive(says("Sou o Diego", who=DIEGO, name="Diego"))
    Customer.objects(identities=f"wa:{DIEGO}").update_one(set__created_at=clock.now() - timedelta(days=300))

    receive(changed_number(to=DIEGO))

    assert len(customers()) == 2
    [carla] = [one for one in customers() if f"wa:{CARLA}" in one.identities]
    assert [one.name for one in same_as("default", carla.id)] == ["Diego"]


def test_a_change_after_closing_is_shown_in_the_closed_conversation(conversation_id):
    services.close_conversation(tenant_id="default", conversation_id=conversation_id, outcome="solved")

    assert receive(changed_number()) == conversation_id
    assert receive(says("Oi", who=NEW)) != conversation_id
    assert len(customers()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_messages_under_different_ids_at_once_are_one_customer():
    messages = [known_as(BSUID, f"wa:{CARLA}"), known_as(BSUID), known_as(f"wa:{CARLA}", BSUID), known_as(BSUID)]

    with ThreadPoolExecutor(4) as pool:
        where = set(pool.map(receive, messages))

    assert len(where) == 1
    [customer] = customers()
    assert set(customer.identities) == {BSUID, f"wa:{CARLA}"}


def test_the_same_ids_at_the_neighbours_are_somebody_else(conversation_id):
    receive(known_as(BSUID, f"wa:{CARLA}"))
    receive(known_as(BSUID, f"wa:{CARLA}", tenant_id="vizinha", account="vizinha-wa"))
    [theirs] = selectors.customers("vizinha")

    assert same_as("default", theirs.id) == []
    assert len(customers()) == 1
