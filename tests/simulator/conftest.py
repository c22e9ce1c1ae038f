"""A stand-in for Meta with a product behind it that only keeps what it is sent."""

from collections.abc import Iterator

import httpx
import pytest

from apps.simulator import engine as engines
from apps.simulator.engine import Engine
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.platform import Pace
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.webhook_keeper import WebhookKeeper

APP_SECRET = "segredo-de-teste"


@pytest.fixture
def product() -> Iterator[WebhookKeeper]:
    with WebhookKeeper() as keeper:
        yield keeper


@pytest.fixture
def meta(product: WebhookKeeper) -> Iterator[MetaStandIn]:
    pace = Pace(answer_seconds=0, sent_seconds=0.01, delivered_seconds=0.02, read_seconds=0.03)
    with MetaStandIn(webhook_url=product.url, app_secret=APP_SECRET, pace=pace, keeps_calls=True) as stand_in:
        yield stand_in


@pytest.fixture
def graph(meta: MetaStandIn) -> Iterator[httpx.Client]:
    """What a gateway holds: the Graph address and the account's token."""
    headers = {"Authorization": f"Bearer {meta.account.access_token}"}
    with httpx.Client(base_url=f"{meta.graph_url}/v26.0", headers=headers, timeout=5) as http:
        yield http


@pytest.fixture
def carla() -> PhoneCustomer:
    return PhoneCustomer(key="carla", name="Carla Souza", phone="5583988888888", bsuid="BR.CARLA1")


@pytest.fixture
def account(product: WebhookKeeper, redis: None, monkeypatch: pytest.MonkeyPatch) -> MetaAccount:
    account = MetaAccount(
        phone_number_id="330000000000001",
        business_account_id="210000000000001",
        display_number="558330000001",
        access_token="token",
        app_secret=APP_SECRET,
        graph_url="http://testserver/simulator/graph",
        webhook_url=product.url,
        name="Urbana do Brasil",
    )
    monkeypatch.setattr("apps.simulator.views.current_account", lambda: account)
    engines.forget_engines()
    return account


@pytest.fixture
def play(account: MetaAccount) -> Engine:
    return engines.engine(account.tenant_id, account.slug)
