"""The real product on private stores, seen through a real browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Person, find_chromium, person, running_chromium
from tests.browser.phone import Phone
from tests.product import Product


# Package, not session: while the driver runs, its event loop keeps other tests of this worker from running theirs.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    find_chromium()
    started = Product(tmp_path_factory.mktemp("product"), DEBUG="true")
    try:
        started.start()
        yield started
    finally:
        started.stop()
        started.kill()


@pytest.fixture
def open_window(product: Product, chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Open a window for somebody; all are closed, and their complaints looked at, when the test ends."""
    with ExitStack() as windows:
        people: list[Person] = []

        def opened(**look: object) -> Person:
            people.append(windows.enter_context(person(chromium, product.url(""), **look)))  # type: ignore[arg-type]
            return people[-1]

        yield opened
        assert [complaint for one in people for complaint in one.complaints] == []


@pytest.fixture
def phone(open_window: Callable[..., Person]) -> Phone:
    """A phone in the hands of somebody who never wrote before."""
    handset = Phone(open_window())
    handset.invent("Carla Souza")
    return handset
