"""One open conversation of Carla's, and the words to move it."""

from collections.abc import Callable

import pytest

from apps.contracts.content import text_content
from apps.contracts.messages import Analysis, InboundMessage
from apps.contracts.words import Author
from apps.conversations import selectors, services
from tests.words import says


@pytest.fixture(autouse=True)
def _stores(stores: None) -> None:
    """Every test here needs the stores."""


def receive(message: InboundMessage, analysis: Analysis | None = None) -> str:
    """Store a message and give its conversation's id."""
    message_id = services.receive_message(message=message, analysis=analysis or Analysis())
    found = selectors.message(message.tenant_id, message_id)
    assert found is not None
    return found.conversation_id


@pytest.fixture
def conversation_id() -> str:
    return receive(says("Oi, tudo bem?"))


@pytest.fixture
def answer(conversation_id: str) -> Callable[..., str | None]:
    def add(text: str = "Olá!", *, turn: int = 1) -> str | None:
        return services.add_reply(
            tenant_id="default",
            conversation_id=conversation_id,
            author=Author.ASSISTANT,
            content=text_content(text),
            turn=turn,
        )

    return add


@pytest.fixture
def speak(conversation_id: str) -> Callable[..., str | None]:
    """Ana, attendant 1, speaks."""

    def add(text: str, *, attendant_id: str = "1", client_id: str = "") -> str | None:
        return services.add_reply(
            tenant_id="default",
            conversation_id=conversation_id,
            author=Author.ATTENDANT,
            content=text_content(text),
            attendant_id=attendant_id,
            attendant_name="Ana",
            client_id=client_id,
        )

    return add


@pytest.fixture
def take(conversation_id: str) -> Callable[..., None]:
    def by(attendant_id: str = "1", name: str = "Ana") -> None:
        services.take_conversation(
            tenant_id="default", conversation_id=conversation_id, attendant_id=attendant_id, attendant_name=name
        )

    return by
