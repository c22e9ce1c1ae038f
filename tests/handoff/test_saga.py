"""Each step happens whole or not at all, and a step that comes late changes nothing."""

import pytest

from apps.contracts.errors import NotHolder
from apps.contracts.handoff import TicketState
from apps.contracts.people import attendant_holder
from apps.contracts.words import ConversationStatus, HandoffOutcome, HandoffReason
from apps.conversations import selectors as conversations
from apps.handoff import saga, selectors, services
from apps.handoff.claims import open_ticket_of
from apps.handoff.domain import may_follow
from apps.handoff.steps import Superseded
from tests.handoff.cast import ask_for_person, handle, sent_to_customer


class Killed(BaseException):
    """Stands for the process ending at this very point."""


def test_a_kill_while_the_customer_is_being_told_leaves_nothing_and_is_made_good(ana, monkeypatch):
    conversation_id = ask_for_person()
    with monkeypatch.context() as patch:
        patch.setattr(saga.conversations, "add_reply", _die)
        with pytest.raises(Killed):
            services.open_ticket(
                tenant_id="default", conversation_id=conversation_id, reason=HandoffReason.ASKED_FOR_PERSON
            )
    before = selectors.tickets("default")

    handle("handoff.open_ticket")

    assert before == []
    assert len(selectors.tickets("default")) == 1
    assert len(sent_to_customer(conversation_id)) == 1


def test_a_kill_while_a_ticket_is_accepted_leaves_the_conversation_waiting(ana, waiting, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(saga, "move", _die)
        with pytest.raises(Killed):
            services.accept_conversation(attendant=ana, conversation_id=waiting)

    assert conversations.conversation("default", waiting).status is ConversationStatus.WAITING_HUMAN
    assert selectors.loads("default") == {}
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    assert selectors.loads("default") == {ana.id: 1}


def test_a_kill_while_closing_leaves_it_held_and_tells_nobody(ana, waiting, monkeypatch):
    services.accept_conversation(attendant=ana, conversation_id=waiting)
    with monkeypatch.context() as patch:
        patch.setattr("apps.handoff.services.tickets.publish", _die)
        with pytest.raises(Killed):
            services.complete(attendant=ana, conversation_id=waiting, outcome=HandoffOutcome.CLOSED)

    assert conversations.conversation("default", waiting).holder == attendant_holder(ana.id)
    assert handle("insights.ask_for_feedback") == 0


def test_a_step_from_what_is_no_longer_so_is_superseded(ana, bruno, waiting):
    seen_by_the_clock = open_ticket_of("default", waiting)
    services.accept_conversation(attendant=ana, conversation_id=waiting)

    with pytest.raises(Superseded):
        saga.offer(seen_by_the_clock, [bruno.id])
    with pytest.raises((Superseded, NotHolder)):
        saga.cancel(seen_by_the_clock)

    assert selectors.ticket_for_conversation("default", waiting).state is TicketState.ACCEPTED


def test_nothing_follows_the_end():
    ends = {TicketState.COMPLETED, TicketState.CANCELLED}

    assert all(not (ends & may_follow(state)) for state in TicketState)


def _die(*args, **kwargs):
    raise Killed
