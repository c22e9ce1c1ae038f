"""Who gets a conversation: one winner, nobody over capacity, and the old holder is out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from apps.contracts.content import text_content
from apps.contracts.errors import AlreadyAssigned, CapacityReached, NotHolder
from apps.contracts.handoff import TicketState
from apps.contracts.people import AttendantValue, attendant_holder, queue_holder
from apps.contracts.words import Author, ConversationStatus, HandoffOutcome, HandoffReason
from apps.conversations import selectors as conversations
from apps.conversations import services as conversation_commands
from apps.handoff import selectors, services
from tests.handoff.cast import ask_for_person, handle, make_attendant, make_queue, sent_to_customer
from tests.words import says


def _claim(attendant: AttendantValue, conversation_id: str) -> str:
    try:
        services.accept_conversation(attendant=attendant, conversation_id=conversation_id)
    except (AlreadyAssigned, CapacityReached) as refusal:
        return refusal.code
    finally:
        connection.close()
    return "won"


@pytest.mark.django_db(transaction=True)
def test_of_thirty_simultaneous_claims_one_wins(queue, waiting):
    people = [make_attendant(f"Pessoa{number}", queue) for number in range(30)]

    with ThreadPoolExecutor(30) as pool:
        results = list(pool.map(lambda person: _claim(person, waiting), people))

    assert results.count("won") == 1
    assert results.count("already_assigned") == 29
    winner = people[results.index("won")]
    assert conversations.conversation("default", waiting).attendant_id == winner.id
    assert selectors.loads("default") == {winner.id: 1}


@pytest.mark.django_db(transaction=True)
def test_thirty_claims_at_once_do_not_take_one_attendant_above_their_capacity(queue):
    ana = make_attendant("Ana", queue, capacity=3)
    ids = [ask_for_person(f"Cliente {n}", phone=f"55839777700{n:02d}") for n in range(12)]
    handle("handoff.open_ticket")

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda one: _claim(ana, one), ids))

    assert results.count("won") == 3
    assert results.count("capacity_reached") == 9
    held = [one for one in ids if conversations.conversation("default", one).status is ConversationStatus.WITH_HUMAN]
    assert len(held) == 3


def test_the_second_attendant_is_told_who_took_it(ana, bruno, waiting):
    services.accept_conversation(attendant=ana, conversation_id=waiting)

    with pytest.raises(AlreadyAssigned) as refusal:
        services.accept_conversation(attendant=bruno, conversation_id=waiting)

    assert refusal.value.attendant_name == "Ana"


def test_taking_again_what_one_holds_changes_nothing(ana, waiting):
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    before = conversations.conversation("default", waiting).version

    services.accept_conversation(attendant=ana, conversation_id=waiting)

    assert conversations.conversation("default", waiting).version == before
    assert selectors.loads("default") == {ana.id: 1}


def test_an_attendant_may_take_what_the_assistant_holds(ana):
    message_id = conversation_commands.receive_message(message=says("Oi"), analysis=ask())
    conversation_id = conversations.message("default", message_id).conversation_id

    services.accept_conversation(attendant=ana, conversation_id=conversation_id)

    ticket = selectors.ticket_for_conversation("default", conversation_id)
    assert ticket.reason is HandoffReason.TAKEN_BY_ATTENDANT
    assert ticket.state is TicketState.ACCEPTED


def ask():
    from apps.contracts.messages import Analysis

    return Analysis()


def test_an_attendant_of_another_queue_cannot_take_it(queue, waiting):
    carlos = make_attendant("Carlos", make_queue("default", "fachada", is_default=False))

    with pytest.raises(NotHolder):
        services.accept_conversation(attendant=carlos, conversation_id=waiting)

    assert conversations.conversation("default", waiting).status is ConversationStatus.WAITING_HUMAN


def test_an_attendant_of_another_tenant_finds_nothing_to_take(waiting):
    vera = make_attendant("Vera", make_queue("vizinha"), tenant_id="vizinha", is_supervisor=True)

    with pytest.raises(NotHolder):
        services.accept_conversation(attendant=vera, conversation_id=waiting)


def test_after_a_transfer_the_old_holder_is_refused(ana, bruno, waiting):
    services.accept_conversation(attendant=ana, conversation_id=waiting)

    services.transfer(
        attendant=ana,
        conversation_id=waiting,
        to=attendant_holder(bruno.id),
        reason="Fim do meu turno",
        note="Só falta a medida.",
        sentence="Carla, vou te passar para o Bruno, tá?",
    )

    with pytest.raises(NotHolder):
        _say(ana, waiting)
    with pytest.raises(NotHolder):
        services.complete(attendant=ana, conversation_id=waiting, outcome=HandoffOutcome.CLOSED)
    assert _say(bruno, waiting)
    assert "Carla, vou te passar para o Bruno, tá?" in sent_to_customer(waiting)
    assert selectors.ticket_for_conversation("default", waiting).transfer_reason == "Fim do meu turno"


def test_a_transfer_to_somebody_without_room_changes_nothing(ana, queue, waiting):
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    full = make_attendant("Beatriz", queue, capacity=1)
    second = ask_for_person("Diego", phone="5583977777777")
    handle("handoff.open_ticket")
    services.accept_conversation(attendant=full, conversation_id=second)

    with pytest.raises(CapacityReached):
        services.transfer(
            attendant=ana, conversation_id=waiting, to=attendant_holder(full.id), reason="Outro", sentence="Tchau"
        )

    assert conversations.conversation("default", waiting).attendant_id == ana.id
    assert "Tchau" not in sent_to_customer(waiting)


def test_a_transfer_to_a_queue_lets_the_next_one_take_it(ana, bruno, waiting):
    services.accept_conversation(attendant=ana, conversation_id=waiting)

    services.transfer(attendant=ana, conversation_id=waiting, to=queue_holder("geral"), reason="Dúvida técnica")

    assert selectors.queue_position("default", waiting) == 1
    services.accept_conversation(attendant=bruno, conversation_id=waiting)
    assert selectors.loads("default") == {bruno.id: 1}


def test_a_vanished_attendant_loses_what_they_hold_to_the_front_of_the_queue(ana, waiting, clock):
    services.heartbeat(attendant=ana)
    services.reconcile()
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    second = ask_for_person("Diego", phone="5583977777777")
    handle("handoff.open_ticket")
    for _ in range(5):
        clock.advance(timedelta(seconds=25))
        services.reconcile()

    assert selectors.queue_position("default", waiting) == 1
    assert selectors.queue_position("default", second) == 2
    in_the_list = conversations.conversations_for(ana, "waiting").items
    assert [one.id for one in in_the_list] == [waiting, second]
    assert "precisou sair" in sent_to_customer(waiting)[-1]
    with pytest.raises(NotHolder):
        _say(ana, waiting)


def test_a_heartbeat_keeps_what_somebody_holds(ana, waiting, clock):
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    for _ in range(8):
        clock.advance(timedelta(seconds=25))
        services.heartbeat(attendant=ana, is_active=False)
        services.reconcile()

    assert conversations.conversation("default", waiting).attendant_id == ana.id


def test_nobody_loses_a_conversation_because_presence_was_lost_or_unwatched(ana, waiting, clock):
    services.heartbeat(attendant=ana)
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    clock.advance(timedelta(minutes=30))

    services.reconcile()

    assert conversations.conversation("default", waiting).attendant_id == ana.id


def test_closing_ends_the_ticket_and_returning_wakes_the_assistant(ana, waiting):
    services.accept_conversation(attendant=ana, conversation_id=waiting)

    services.complete(attendant=ana, conversation_id=waiting, outcome=HandoffOutcome.RETURNED)

    ticket = selectors.ticket_for_conversation("default", waiting)
    assert (ticket.is_open, ticket.outcome) == (False, HandoffOutcome.RETURNED)
    assert conversations.conversation("default", waiting).status is ConversationStatus.ACTIVE
    assert selectors.loads("default") == {}


def test_the_first_human_words_start_the_conversing_step(ana, waiting):
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    _say(ana, waiting)

    handle("handoff.note_reply")

    assert selectors.ticket_for_conversation("default", waiting).state is TicketState.CONVERSING


def test_a_missing_ticket_is_opened_by_the_repair(ana, clock):
    conversation_id = ask_for_person()
    clock.advance(timedelta(seconds=60))

    services.repair()

    assert selectors.queue_position("default", conversation_id) == 1
    assert len(sent_to_customer(conversation_id)) == 1


def test_a_ticket_whose_conversation_was_closed_otherwise_is_cancelled_by_the_repair(ana, waiting, clock):
    conversation_commands.close_conversation(tenant_id="default", conversation_id=waiting, outcome="idle")
    clock.advance(timedelta(seconds=60))

    services.repair()

    assert selectors.tickets("default") == []


def _say(attendant: AttendantValue, conversation_id: str) -> str | None:
    return conversation_commands.add_reply(
        tenant_id=attendant.tenant_id,
        conversation_id=conversation_id,
        author=Author.ATTENDANT,
        content=text_content(f"Oi, aqui é {attendant.name}"),
        attendant_id=attendant.id,
        attendant_name=attendant.name,
    )
