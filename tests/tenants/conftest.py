"""Two businesses side by side."""

import pytest

from apps.tenants import models
from tests.tenants.factories import make_attendant, make_queue, make_tenant


@pytest.fixture(autouse=True)
def _database(db: None, redis: None) -> None:
    """Every test here configures something."""


@pytest.fixture
def default() -> models.Tenant:
    return make_tenant("default")


@pytest.fixture
def vizinha() -> models.Tenant:
    return make_tenant("vizinha")


@pytest.fixture
def projetos(default: models.Tenant) -> models.Queue:
    return make_queue("projetos", is_default=True)


@pytest.fixture
def ana(projetos: models.Queue) -> models.Attendant:
    return make_attendant("ana", projetos)
