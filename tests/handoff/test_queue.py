"""The customer's side: told at once, with the place, honestly."""

from datetime import timedelta

from apps.contracts.handoff import PresenceStatus, TicketState
from apps.contracts.messages import EchoedMessage
from apps.conversations import services as conversations
from apps.handoff import selectors, services
from tests.handoff.cast import ask_for_person, handle, make_queue, sent_to_customer
from tests.words import says


def test_the_customer_is_told_at_once_and_given_the_place_in_the_queue(ana):
    services.heartbeat(attendant=ana)
    conversation_id = ask_for_person()

    handle("handoff.open_ticket")

    told = sent_to_customer(conversation_id)
    assert len(told) == 1
    assert "pessoa da equipe" in told[0]
    assert "1º lugar na fila" in told[0]
    assert "online" not in told[0]


def test_the_second_customer_hears_the_second_place(ana, waiting):
    services.heartbeat(attendant=ana)
    second = ask_for_person("Diego", phone="5583977777777")

    handle("handoff.open_ticket")

    assert "2º lugar" in sent_to_customer(second)[0]
    assert selectors.queue_position("default", waiting) == 1
    assert selectors.queue_position("default", second) == 2


def test_with_nobody_online_the_customer_is_told_so_and_still_waits(ana):
    conversation_id = ask_for_person()

    handle("handoff.open_ticket")

    assert "não tem ninguém da equipe online" in sent_to_customer(conversation_id)[0]
    assert selectors.queue_position("default", conversation_id) == 1


def test_an_event_that_is_delivered_twice_opens_one_ticket_and_tells_once(ana, waiting):
    again = services.open_ticket(
        tenant_id="default",
        conversation_id=waiting,
        reason=selectors.ticket_for_conversation("default", waiting).reason,
    )

    assert not again
    assert len(sent_to_customer(waiting)) == 1
    assert len(selectors.tickets("default")) == 1


def test_a_conversation_that_somebody_took_meanwhile_gets_no_ticket(ana):
    conversation_id = ask_for_person()
    services.accept_conversation(attendant=ana, conversation_id=conversation_id)

    handle("handoff.open_ticket")

    assert sent_to_customer(conversation_id) == []


def test_whoever_becomes_the_next_one_hears_it_once(ana, waiting):
    services.heartbeat(attendant=ana)
    second = ask_for_person("Diego", phone="5583977777777")
    handle("handoff.open_ticket")

    services.accept_conversation(attendant=ana, conversation_id=waiting)
    for _ in range(3):
        services.reconcile()

    assert sent_to_customer(second)[1:] == ["Você agora está em 1º lugar na fila. Já já alguém fala com você."]


def test_a_ticket_is_offered_when_somebody_available_comes(ana, waiting):
    before = selectors.ticket_for_conversation("default", waiting)
    services.heartbeat(attendant=ana)

    services.reconcile()

    after = selectors.ticket_for_conversation("default", waiting)
    assert before.state is TicketState.TOLD
    assert after.state is TicketState.OFFERED


def test_places_are_of_one_queue_and_one_tenant(ana, waiting):
    make_queue("default", "fachada", is_default=False)
    make_queue("vizinha")
    elsewhere = ask_for_person("Diego", phone="5583977777777", queue="fachada")
    next_door = ask_for_person("Elisa", phone="5583966666666", tenant_id="vizinha")

    handle("handoff.open_ticket")

    assert selectors.queue_position("default", elsewhere) == 1
    assert selectors.queue_position("vizinha", next_door) == 1
    assert selectors.queue_position("default", next_door) is None


def test_nobody_accepts_in_time_and_the_customer_gets_one_apology(ana, waiting, clock):
    clock.advance(timedelta(seconds=601))

    for _ in range(3):
        services.reconcile()

    told = sent_to_customer(waiting)
    assert len(told) == 2
    assert told[1].startswith("Desculpe a demora")
    assert selectors.queue_position("default", waiting) == 1


def test_who_was_answered_on_the_phone_meanwhile_gets_no_apology(waiting, clock):
    sender = says("x", who="5583988888888", name="Carla").sender
    echo = says("Oi, aqui é a Ana", account="simulator-default")
    conversations.record_echo(
        echo=EchoedMessage(
            tenant_id="default",
            account="simulator-default",
            channel="whatsapp",
            external_id="wamid.ECO",
            customer=sender,
            content=echo.content,
            sent_at=echo.sent_at,
            received_at=echo.received_at,
            order=echo.order,
        )
    )
    clock.advance(timedelta(seconds=601))

    services.reconcile()

    assert [one for one in sent_to_customer(waiting) if one.startswith("Desculpe")] == []
    assert "Oi, aqui é a Ana" in sent_to_customer(waiting)


def test_the_queue_may_give_an_unaccepted_conversation_back_to_the_assistant(queue, waiting, clock):
    queue.unaccepted = "return"
    queue.save()
    clock.advance(timedelta(seconds=601))

    services.reconcile()

    ticket = selectors.ticket_for_conversation("default", waiting)
    assert ticket.state is TicketState.COMPLETED
    assert "eu continuo por aqui" in sent_to_customer(waiting)[-1]


def test_the_queue_may_pass_an_unaccepted_conversation_to_the_default_queue(ana, clock):
    make_queue("default", "fachada", is_default=False, unaccepted="widen")
    conversation_id = ask_for_person(queue="fachada")
    handle("handoff.open_ticket")
    clock.advance(timedelta(seconds=601))

    services.reconcile()

    assert selectors.ticket_for_conversation("default", conversation_id).queue == "geral"
    assert "resto da equipe" in sent_to_customer(conversation_id)[-1]


def test_presence_goes_from_online_to_away_to_offline(ana, clock):
    services.heartbeat(attendant=ana)
    online = selectors.presence_of("default", ana.id)
    for _ in range(6):
        clock.advance(timedelta(seconds=60))
        services.heartbeat(attendant=ana, is_active=False)
    away = selectors.presence_of("default", ana.id)
    clock.advance(timedelta(seconds=121))
    gone = selectors.presence_of("default", ana.id)

    assert [online.status, away.status, gone.status] == [
        PresenceStatus.ONLINE,
        PresenceStatus.AWAY,
        PresenceStatus.OFFLINE,
    ]


def test_a_forced_break_says_by_whom_and_lasts(ana, clock):
    services.heartbeat(attendant=ana)

    services.set_presence(attendant=ana, status=PresenceStatus.BREAK, break_name="Almoço", changed_by="Sofia")
    services.heartbeat(attendant=ana)

    seen = selectors.presence_of("default", ana.id)
    assert (seen.status, seen.break_name, seen.changed_by) == (PresenceStatus.BREAK, "Almoço", "Sofia")
    assert not seen.is_available
