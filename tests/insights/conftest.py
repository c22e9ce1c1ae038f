"""A conversation of Carla's that Ana closed."""

import pytest

from apps.common.cache import forget_memory
from apps.contracts.people import AttendantValue
from apps.contracts.words import HandoffOutcome
from apps.handoff import services as handoff
from tests.handoff.cast import ask_for_person, handle, make_attendant, make_queue
from tests.handoff.conftest import clock

__all__ = ["clock"]


@pytest.fixture(autouse=True)
def _stores(stores: None) -> None:
    """Every test here needs the stores, and figures that no other test remembered."""
    forget_memory()


@pytest.fixture
def ana() -> AttendantValue:
    return make_attendant("Ana", make_queue("default"))


@pytest.fixture
def held(ana: AttendantValue) -> str:
    """Carla's conversation, held by Ana."""
    conversation_id = ask_for_person()
    handle("handoff.open_ticket")
    handoff.accept_conversation(attendant=ana, conversation_id=conversation_id)
    return conversation_id


@pytest.fixture
def closed(ana: AttendantValue, held: str) -> str:
    """Carla's conversation, closed by Ana; whoever reacts to that has not run yet."""
    handoff.complete(attendant=ana, conversation_id=held, outcome=HandoffOutcome.CLOSED)
    return held
