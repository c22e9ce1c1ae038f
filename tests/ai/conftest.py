"""The demo assistant of Urbana do Brasil, and a model server to answer or misbehave."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from apps.ai.seed import seed_assistant
from apps.ai.selectors import articles
from apps.ai.values import ArticleValue
from apps.contracts.conversations import MessageValue
from apps.contracts.messages import Analysis
from apps.conversations import selectors as conversations
from apps.conversations import services
from apps.tenants.models import Tenant
from tests.ai.server import ModelServer
from tests.words import says


@pytest.fixture
def tenant(stores: None) -> Tenant:
    return Tenant.objects.create(slug="default", name="Urbana do Brasil")


@pytest.fixture
def urba(tenant: Tenant) -> Tenant:
    """The tenant with its demo assistant."""
    seed_assistant(tenant)
    return tenant


@pytest.fixture
def catalogue(urba: Tenant) -> tuple[ArticleValue, ...]:
    return articles("default")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer().running() as running:
        yield running


@pytest.fixture
def model(server: ModelServer, settings: LazySettings) -> ModelServer:
    """The server, switched on as the product's model."""
    settings.OPENAI_API_KEY = "sk-test"
    settings.OPENAI_BASE_URL = server.url
    return server


@pytest.fixture
def write() -> Callable[..., tuple[str, int]]:
    """A customer writes; gives the conversation and the turn that now waits."""

    def received(what: Any, **options: Any) -> tuple[str, int]:
        message = says(what, **options)
        message_id = services.receive_message(message=message, analysis=Analysis())
        found = conversations.message(message.tenant_id, message_id)
        assert found is not None
        return found.conversation_id, found.turn

    return received


def thread(conversation_id: str, tenant_id: str = "default") -> list[MessageValue]:
    return conversations.messages(tenant_id, conversation_id)


def replies(conversation_id: str, tenant_id: str = "default") -> list[str]:
    """What the assistant said, oldest first."""
    return [one.content.text for one in thread(conversation_id, tenant_id) if one.author == "assistant"]
