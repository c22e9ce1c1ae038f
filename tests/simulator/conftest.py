"""A stand-in for Meta with a product behind it that only keeps what it is sent."""

from collections.abc import Iterator

import httpx
import pytest

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
