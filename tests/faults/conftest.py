"""One whole product per test, with Meta, a model and customers around it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.simulator.standin import ModelStandIn
from tests.faults.customers import Customers
from tests.faults.ledger import Books, wait_until_quiet
from tests.faults.meta import Meta
from tests.faults.product import ACCESS_TOKEN, APP_SECRET, PHONE_NUMBER_ID, Product
from tests.faults.webhooks import Webhooks


@dataclass
class World:
    """The product and everything around it."""

    product: Product
    meta: Meta
    customers: Customers
    model: ModelStandIn

    def wait_until_quiet(self, *, seconds: float = 60) -> float:
        return wait_until_quiet(self.product, self.customers, self.meta, seconds=seconds)

    def books(self) -> Books:
        return Books.read(self.product, self.customers, self.meta)


@pytest.fixture
def start_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Give a function that starts the product with chosen environment variables; all of it ends with the test."""
    with ExitStack() as stack:

        def start(*, model_delay_seconds: float = 0.2, seed: int = 0, **environment: str) -> World:
            model = stack.enter_context(ModelStandIn(delay_seconds=model_delay_seconds))
            environment = {"OPENAI_API_KEY": "key-of-the-stand-in", "OPENAI_BASE_URL": model.base_url, **environment}
            product = Product(tmp_path, environment=environment)
            webhooks = Webhooks(product.webhook_url, app_secret=APP_SECRET)
            stack.callback(webhooks.close)
            meta = Meta(webhooks, phone_number_id=PHONE_NUMBER_ID, access_token=ACCESS_TOKEN, seed=seed)
            meta.start()
            stack.callback(meta.stop)
            stack.callback(product.stop)
            product.start(graph_url=meta.graph_url)
            return World(product, meta, Customers(webhooks, phone_number_id=PHONE_NUMBER_ID), model)

        yield start


@pytest.fixture
def world(start_world: Callable[..., World]) -> World:
    """Give the product as it comes, with a model that needs 0.2 s."""
    return start_world()
