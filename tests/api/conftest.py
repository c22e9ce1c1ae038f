"""Carla's conversation in `default`, and somebody next door who must see nothing of it."""

import itertools
import json
from typing import Any

import pytest
from django.test import Client

from apps.api.services import create_key
from apps.common.cache import forget_memory
from apps.contracts.people import AttendantValue
from apps.tenants import models
from tests.handoff.cast import ask_for_person, handle, make_attendant, make_queue


@pytest.fixture(autouse=True)
def _stores(stores: None) -> None:
    """Every test here needs the stores."""
    forget_memory()


class Machine:
    """Calls the API as JSON, with a key or a session."""

    def __init__(self, key: str = "", login: str = "") -> None:
        self.client = Client()
        self.headers = {"HTTP_AUTHORIZATION": f"Bearer {key}"} if key else {}
        if login:
            self.client.force_login(models.User.objects.get(username=login))

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, **self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(
            f"/api/v1/{path}", json.dumps({} if body is None else body), content_type="application/json", **self.headers
        )


@pytest.fixture
def queue() -> models.Queue:
    return make_queue("default")


@pytest.fixture
def ana(queue: models.Queue) -> AttendantValue:
    return make_attendant("Ana", queue)


@pytest.fixture
def carla(queue: models.Queue) -> str:
    """Carla's conversation, which waits for a person."""
    conversation_id = ask_for_person()
    handle("handoff.open_ticket")
    return conversation_id


@pytest.fixture
def machine(queue: models.Queue) -> Machine:
    """A machine of `default` that may read and write."""
    return Machine(create_key(tenant_id="default", name="Integração", can_write=True))


@pytest.fixture
def reader(queue: models.Queue) -> Machine:
    return Machine(create_key(tenant_id="default", name="Painel"))


@pytest.fixture
def neighbour() -> Machine:
    """A machine of the other tenant that may do everything there."""
    make_queue("vizinha")
    return Machine(create_key(tenant_id="vizinha", name="Vizinha", can_write=True))


@pytest.fixture
def many(queue: models.Queue) -> list[str]:
    """Seven conversations of seven customers."""
    numbers = itertools.count(10)
    return [ask_for_person(f"Cliente {n}", phone=f"55839777700{next(numbers)}") for n in range(7)]
