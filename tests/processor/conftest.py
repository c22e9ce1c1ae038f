"""A tenant whose messages are processed."""

import pytest

from apps.tenants.models import Tenant


@pytest.fixture
def tenant(stores: None) -> Tenant:
    return Tenant.objects.create(slug="default", name="Urbana do Brasil")
