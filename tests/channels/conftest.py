"""Every channel that the registry finds, each with its kit and its stand-in."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import LazySettings

from apps.contracts.channels import ChannelAdapter
from apps.contracts.words import MEDIA_KINDS
from apps.gateway.channels.registry import adapter_for, adapters
from tests.channels.conformance import Kit

KINDS = sorted(adapters())


def kit_of(kind: str) -> Kit:
    kit: Kit = import_module(f"tests.channels.{kind}_kit").KIT()
    return kit


@pytest.fixture(scope="module", params=KINDS)
def running_kit(request: pytest.FixtureRequest) -> Iterator[Kit]:
    with kit_of(request.param) as running:
        yield running


@pytest.fixture
def kit(running_kit: Kit, redis: None) -> Kit:
    """One channel after the other. Redis is empty, so that no upload of an earlier test is remembered."""
    return running_kit


@pytest.fixture
def adapter(kit: Kit) -> ChannelAdapter:
    return adapter_for(kit.kind)


@pytest.fixture
def file(tmp_path: Path, settings: LazySettings) -> str:
    """Files in the product's storage, one per kind of media; gives how their paths begin."""
    settings.MEDIA_ROOT = tmp_path
    for kind in MEDIA_KINDS:
        (tmp_path / f"amostra.{kind.value}").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 56)
    return "amostra"
