"""The account that the gateway's tests use, with a stand-in for Meta behind it."""

from collections.abc import Iterator

import pytest

from apps.simulator.meta.platform import Pace
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import DEFAULT_TOKEN, MetaStandIn
from apps.tenants.models import ChannelAccount, Tenant
from tests.gateway.asgi import APP_SECRET
from tests.gateway.payloads import ACCOUNT
from tests.gateway.product import Product
from tests.simulator.webhook_keeper import WebhookKeeper


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
            "access_token": DEFAULT_TOKEN,
            "app_secret": APP_SECRET,
            "messages_per_second": 0,
            "pair_interval_seconds": 0,
        },
    )
    return configured


@pytest.fixture
def keeper() -> Iterator[WebhookKeeper]:
    with WebhookKeeper() as kept:
        yield kept


@pytest.fixture
def meta(keeper: WebhookKeeper, account: ChannelAccount) -> Iterator[MetaStandIn]:
    """A stand-in for Meta that the account sends through; its webhooks wait in `keeper` until the product takes them."""
    pace = Pace(answer_seconds=0, sent_seconds=0.01, delivered_seconds=0.02, read_seconds=0.03)
    with MetaStandIn(webhook_url=keeper.url, app_secret=APP_SECRET, pace=pace, keeps_calls=True) as stand_in:
        account.graph_url = stand_in.graph_url
        account.save()
        yield stand_in


@pytest.fixture
def product(keeper: WebhookKeeper, meta: MetaStandIn) -> Product:
    return Product(keeper)


@pytest.fixture
def carla() -> PhoneCustomer:
    return PhoneCustomer(key="carla", name="Carla Souza", phone="5583988888888", bsuid="BR.CARLA1")
