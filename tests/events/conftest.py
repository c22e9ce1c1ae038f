"""A bus whose handlers are the test's own, and a transport that only remembers."""

import sys
import types
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.common import clock
from apps.contracts.events import ConversationUpdated
from apps.events import pipeline, wakeups

LINES: list[pipeline.Line] = []
HANDLERS = types.ModuleType("apps.trial.handlers")


class Remembered:
    """Stands where Celery stands: keeps the wake-ups instead of sending them."""

    sent: list[tuple[str, str, str]] = []

    def wake(self, record_id: str, to: str, *, queue: str, delay: timedelta) -> None:
        self.sent.append((record_id, to, queue))

    def hand(self, event_type: str, data: dict[str, Any], to: str, *, queue: str) -> None:
        self.sent.append(("", to, queue))

    def show(self, to: str, seconds: float) -> None:
        """Nobody watches."""


@pytest.fixture(autouse=True)
def _bus(stores: None, settings: Any) -> Iterator[None]:
    settings.EVENT_PIPELINE = "tests.events.conftest.LINES"
    settings.EVENT_TRANSPORT = "tests.events.conftest.Remembered"
    package = types.ModuleType("apps.trial")
    sys.modules |= {"apps.trial": package, "apps.trial.handlers": HANDLERS}
    sys.modules.setdefault("tests.events.conftest", sys.modules[__name__])
    LINES.clear()
    Remembered.sent.clear()
    forget()
    yield
    LINES.clear()
    forget()


def forget() -> None:
    for cached in (pipeline.pipeline, pipeline.lines_for, pipeline.line_to, pipeline.handler):
        cached.cache_clear()
    wakeups._transports.clear()


@pytest.fixture
def react() -> Callable[..., None]:
    """Add a line whose handler is a function of the test."""

    def add(name: str, function: Callable[[Any], None], **given: Any) -> None:
        setattr(HANDLERS, name, function)
        LINES.append(pipeline.on(ConversationUpdated, f"trial.{name}", **{"queue": "intake", **given}))
        forget()

    return add


def happened(change: str = "message_added", due: datetime | None = None) -> ConversationUpdated:
    return ConversationUpdated(tenant_id="default", conversation_id="c1", change=change, due=due)


def after(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the product's clock on."""
    moment = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: moment)
