"""A tenant with one queue, Ana and Bruno in it, Sofia above them."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.contracts.people import AttendantValue
from apps.tenants import models
from tests.handoff.cast import ask_for_person, handle, make_attendant, make_queue


@pytest.fixture(autouse=True)
def _stores(stores: None) -> None:
    """Every test here needs the stores."""


@pytest.fixture
def queue() -> models.Queue:
    return make_queue("default")


@pytest.fixture
def ana(queue: models.Queue) -> AttendantValue:
    return make_attendant("Ana", queue)


@pytest.fixture
def bruno(queue: models.Queue) -> AttendantValue:
    return make_attendant("Bruno", queue)


@pytest.fixture
def sofia(queue: models.Queue) -> AttendantValue:
    return make_attendant("Sofia", is_supervisor=True)


@pytest.fixture
def waiting(queue: models.Queue) -> str:
    """Carla's conversation, which waits for a person and has its ticket."""
    conversation_id = ask_for_person()
    handle("handoff.open_ticket")
    return conversation_id


class HeldClock:
    """The product's clock, standing still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def advance(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    held = HeldClock()
    monkeypatch.setattr("apps.common.clock.now", lambda: held.now)
    return held
