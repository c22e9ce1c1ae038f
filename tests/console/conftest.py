"""Ana and Bruno attend, Sofia supervises, Vera works next door; Carla's conversation waits for a person."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.contracts.content import Content
from apps.contracts.messages import Analysis
from apps.contracts.people import AttendantValue
from apps.conversations import selectors, services
from apps.handoff import services as handoff
from apps.tenants import models
from tests.handoff.cast import ask_for_person, handle, make_attendant, make_queue
from tests.words import says

SignIn = Callable[[AttendantValue], Client]


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
def vera() -> AttendantValue:
    return make_attendant("Vera", make_queue("vizinha"), tenant_id="vizinha", is_supervisor=True)


@pytest.fixture
def waiting(queue: models.Queue) -> str:
    """Carla asked for a person and has her ticket."""
    conversation_id = ask_for_person("Carla Menezes")
    handle("handoff.open_ticket")
    return conversation_id


@pytest.fixture
def held_by_ana(ana: AttendantValue, waiting: str) -> str:
    handoff.accept_conversation(attendant=ana, conversation_id=waiting)
    return waiting


@pytest.fixture
def with_assistant(queue: models.Queue) -> str:
    """Diego talks to the assistant."""
    return receive("Quanto custa?", who="5583988886666", name="Diego Prado")


@pytest.fixture
def signed_in() -> SignIn:
    """Give a browser in which this attendant has signed in; it insists on CSRF tokens only where a test says so."""

    def sign_in(attendant: AttendantValue) -> Client:
        client = Client()
        client.force_login(models.User.objects.get(pk=attendant.user_id), "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def receive(
    what: str | Content, *, who: str = "5583988888888", name: str = "Carla Menezes", tenant_id: str = "default"
) -> str:
    """The customer writes; gives the conversation's id."""
    message = says(what, who=who, name=name, tenant_id=tenant_id, account=f"simulator-{tenant_id}")
    message_id = services.receive_message(message=message, analysis=Analysis())
    found = selectors.message(tenant_id, message_id)
    assert found is not None
    return found.conversation_id


def said(conversation_id: str, tenant_id: str = "default") -> list[str]:
    """Every text of the thread, oldest first."""
    return [one.content.text for one in selectors.messages(tenant_id, conversation_id) if one.content.text]


def last_message(conversation_id: str, tenant_id: str = "default"):
    return selectors.messages(tenant_id, conversation_id)[-1]
