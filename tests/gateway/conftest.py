"""The account that the gateway's tests use, as configured and as stored."""

import pytest

from apps.tenants.models import ChannelAccount, Tenant
from tests.gateway.payloads import ACCOUNT


@pytest.fixture
def account(stores: None) -> ChannelAccount:
    """The account of `payloads.ACCOUNT`, configured in tenant `default`, without rate limits."""
    tenant, _ = Tenant.objects.get_or_create(slug="default", defaults={"name": "Urbana do Brasil"})
    configured, _ = ChannelAccount.objects.update_or_create(
        slug=ACCOUNT.slug,
        defaults={
            "tenant": tenant,
            "kind": ACCOUNT.kind,
            "name": ACCOUNT.name,
            "phone_number_id": ACCOUNT.phone_number_id,
            "graph_url": ACCOUNT.graph_url,
            "app_secret": "segredo-de-teste",
            "messages_per_second": 0,
            "pair_interval_seconds": 0,
        },
    )
    return configured
