"""A registry to which tests may add their own extensions."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.contracts.base import Value
from apps.contracts.messages import InboundMessage
from apps.contracts.plugins import PluginKind
from apps.plugins import registry


class ShoutSettings(Value):
    threshold: int = 3
    words: tuple[str, ...] = ()


class ShoutEnricher:
    """Notes when a customer shouts; enough of an extension to be switched on."""

    name = "shout"

    def enrich(self, message: InboundMessage, settings: Any) -> dict[str, str]:
        capitals = sum(letter.isupper() for letter in message.content.text)
        return {"grita": "sim"} if capitals >= settings.threshold else {}


@pytest.fixture
def shout(db: None, redis: None) -> Iterator[str]:
    registry.register(PluginKind.ENRICHER, "shout", ShoutEnricher(), title="Grito", settings=ShoutSettings)
    yield "enricher:shout"
    registry.unregister(PluginKind.ENRICHER, "shout")
