"""A stand-in with an account that sends through it."""

from collections.abc import Iterator

import httpx
import pytest

from apps.contracts.channels import ChannelAdapter
from apps.gateway.channels.registry import adapter_for
from apps.simulator.telegram.account import Customer
from apps.simulator.telegram.standin import TelegramStandIn
from tests.channels.telegram_kit import JOANA, TelegramKit


@pytest.fixture
def kit(redis: None) -> Iterator[TelegramKit]:
    with TelegramKit() as running:
        yield running


@pytest.fixture
def vendor(kit: TelegramKit) -> TelegramStandIn:
    return kit.stand_in


@pytest.fixture
def adapter() -> ChannelAdapter:
    return adapter_for("telegram")


@pytest.fixture
def joana(vendor: TelegramStandIn) -> Customer:
    """Joana, who has written once."""
    vendor.write(JOANA, "oi")
    return JOANA


@pytest.fixture
def client(vendor: TelegramStandIn) -> Iterator[httpx.Client]:
    """What anybody holds who has the token."""
    with httpx.Client(base_url=f"{vendor.api_url}/bot{vendor.account.token}/", timeout=5) as http:
        yield http
