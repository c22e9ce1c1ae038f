"""Who knocks at /admin/."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from apps.common import clock
from apps.tenants import models
from apps.tenants.services import sync_roles
from tests.tenants.factories import make_attendant, make_queue, make_tenant, make_user


@pytest.fixture(autouse=True)
def _stores(stores: None) -> None:
    """Every page shows numbers from all three stores."""


@pytest.fixture
def projetos() -> models.Queue:
    return make_queue("projetos", is_default=True)


def enter(user: models.User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin() -> Client:
    """Renata, superuser of Urbana do Brasil."""
    return enter(make_user("renata", is_staff=True, is_superuser=True))


@pytest.fixture
def manager() -> Client:
    """Vera, who administers the business next door and nothing else."""
    sync_roles()
    make_tenant("vizinha")
    user = make_user("vera", tenant_id="vizinha", is_staff=True)
    user.groups.add(Group.objects.get(name="administrator"))
    return enter(user)


@pytest.fixture
def ana(projetos: models.Queue) -> Client:
    """Ana, who attends and does not administer."""
    return enter(make_attendant("ana", projetos).user)


@pytest.fixture
def freeze(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Hold the product's clock still at a moment; sessions and stores keep theirs."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment))
