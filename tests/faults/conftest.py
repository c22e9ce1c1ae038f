"""One whole product for all tests of this package, with Meta, a model and customers around it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from apps.simulator.model.answers import Mode
from apps.simulator.standin import ModelStandIn
from tests.faults.customers import Customers
from tests.faults.ledger import Books, wait_until_quiet
from tests.faults.meta import Faults, Meta
from tests.faults.product import ACCESS_TOKEN, APP_SECRET, PHONE_NUMBER_ID, Product
from tests.faults.webhooks import Webhooks

MODEL_DELAY_SECONDS = 0.2
#: Shorter than by default, so that a test need not wait half a minute for each send that a kill left in doubt.
RECONCILE_SECONDS = "2"


@dataclass
class World:
    """The product and everything around it."""

    product: Product
    meta: Meta
    customers: Customers
    model: ModelStandIn
    _stack: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def start(cls, directory: Path) -> "World":
        with ExitStack() as stack:
            model = stack.enter_context(ModelStandIn(delay_seconds=MODEL_DELAY_SECONDS))
            environment = {
                "OPENAI_API_KEY": "key-of-the-stand-in",
                "OPENAI_BASE_URL": model.base_url,
                "WHATSAPP_RECONCILE_SECONDS": RECONCILE_SECONDS,
            }
            product = Product(directory, environment=environment)
            webhooks = Webhooks(product.webhook_url, app_secret=APP_SECRET)
            stack.callback(webhooks.close)
            meta = Meta(webhooks, phone_number_id=PHONE_NUMBER_ID, access_token=ACCESS_TOKEN)
            meta.start()
            stack.callback(meta.stop)
            stack.callback(product.stop)
            product.start(graph_url=meta.graph_url)
            customers = Customers(webhooks, phone_number_id=PHONE_NUMBER_ID)
            return cls(product, meta, customers, model, stack.pop_all())
        raise AssertionError

    def stop(self) -> None:
        self._stack.close()

    def calm_down(self) -> bool:
        """End every fault and bring new customers; False when something is still on its way, as after a failed test."""
        self.meta.faults = Faults.none()
        self.meta.next_faults.clear()
        self.meta.hanging.clear()
        self.meta.throttled.clear()
        self.meta.release()
        self.product.wire.let_go()
        self.model.play(Mode.ANSWER)
        self.model.service.delay_seconds = MODEL_DELAY_SECONDS
        is_quiet = self.customers.webhooks.open == 0 and self.product.is_ready() and self.books().is_quiet()
        self.customers.leave()
        return is_quiet

    def wait_until_quiet(self, *, seconds: float = 120) -> float:
        return wait_until_quiet(self.product, self.customers, self.meta, seconds=seconds)

    def books(self) -> Books:
        return Books.read(self.product, self.customers, self.meta)

    def settled(self, *, seconds: float = 120) -> list[str]:
        """Wait until everything is worked off and give what is wrong then."""
        self.wait_until_quiet(seconds=seconds)
        return self.books().violations()

    def sent_to(self, customer: int) -> list[str]:
        """Give the texts that Meta accepted for a customer, oldest first."""
        phone = self.customers.phone(customer)
        return [send.text for send in self.meta.sends if send.to.lstrip("+") == phone]


class Worlds:
    """At most one world at a time; a new one when a test left the last one in disorder."""

    def __init__(self, directories: pytest.TempPathFactory) -> None:
        self._directories = directories
        self._world: World | None = None

    def calm(self) -> World:
        if self._world is None:
            self._world = World.start(self._directories.mktemp("product"))
        return self._world

    def tidy(self) -> None:
        if self._world is not None and not self._world.calm_down():
            self.stop()

    def stop(self) -> None:
        if self._world is not None:
            self._world.stop()
        self._world = None


@pytest.fixture(scope="package")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Keep one product for the whole package: starting one takes longer than most of these tests."""
    kept = Worlds(tmp_path_factory)
    yield kept
    kept.stop()


@pytest.fixture
def world(worlds: Worlds) -> Iterator[World]:
    """Give the product in good order, with customers that nobody knows yet."""
    yield worlds.calm()
    worlds.tidy()
