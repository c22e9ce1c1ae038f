"""docs/channels.md: its blocks of code are a whole channel, and it passes the suite."""

import inspect
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from apps.contracts import channels as contract
from apps.contracts.channels import ChannelAdapter
from apps.gateway import channels
from apps.gateway.channels import registry
from tests import channels as suites
from tests.architecture.tree import ROOT
from tests.channels import conformance, test_conformance, test_conformance_content, test_conformance_failures
from tests.channels.conformance import Kit

PAGE = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FILES = {body.split("\n", 1)[0].removeprefix("# "): body for language, body in BLOCKS if language == "python"}
SAMPLES = [body for language, body in BLOCKS if language == "json"]
#: The tests of the suite that need nothing but the channel.
TESTS = [
    pytest.param(test, id=name.removeprefix("test_"))
    for suite in (test_conformance, test_conformance_content, test_conformance_failures)
    for name, test in vars(suite).items()
    if name.startswith("test_") and set(inspect.signature(test).parameters) <= {"kit", "adapter", "subtests", "address"}
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The page's files, where Python and the registry find them as if they stood in the repository."""
    root = tmp_path_factory.mktemp("page")
    for name, body in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(body, encoding="utf-8")
    (root / "apps/gateway/channels/pombo/__init__.py").touch()
    (root / "payloads").mkdir()
    for position, body in enumerate(SAMPLES):
        (root / "payloads" / f"{position}.json").write_text(body, encoding="utf-8")
    places = ((channels, "apps/gateway/channels"), (suites, "tests/channels"))
    for package, folder in places:
        package.__path__.append(str(root / folder))
    registry.adapters.cache_clear()
    yield root
    for package, folder in places:
        package.__path__.remove(str(root / folder))
    for name in [name for name in sys.modules if "pombo" in name]:
        del sys.modules[name]
    registry.adapters.cache_clear()


@pytest.fixture(scope="module")
def pombo(written: Path) -> Iterator[Kit]:
    kit: Kit = import_module("tests.channels.pombo_kit").KIT()
    with kit:
        yield kit


def test_the_registry_finds_the_channel_of_the_page(written: Path) -> None:
    assert registry.adapters()["pombo"].abilities.title == "Pombo"


@pytest.mark.parametrize("test", TESTS)
def test_the_channel_of_the_page_passes(
    test: Any,
    pombo: Kit,
    written: Path,
    redis: None,
    subtests: pytest.Subtests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conformance, "recorded", lambda kind: sorted((written / "payloads").glob("*.json")))
    monkeypatch.setattr(test_conformance, "recorded", conformance.recorded)
    adapter: ChannelAdapter = registry.adapter_for("pombo")
    offered = {"kit": pombo, "adapter": adapter, "subtests": subtests, "address": "7"}

    test(**{name: offered[name] for name in inspect.signature(test).parameters})


def test_every_block_of_the_page_is_used() -> None:
    languages = [language for language, _ in BLOCKS]

    assert set(languages) == {"python", "json", "console"}
    assert all(name.endswith(".py") for name in FILES)
    assert all(isinstance(json.loads(body), dict) for body in SAMPLES)
    assert len(TESTS) > 25
    assert PAGE.count("```") == 2 * len(BLOCKS), "an indented or unnamed block would not be run"


def test_every_optional_protocol_is_explained() -> None:
    protocols = {
        name
        for name, one in vars(contract).items()
        if inspect.isclass(one) and getattr(one, "_is_protocol", False) and one.__module__ == contract.__name__
    }

    assert {name for name in protocols - {"ChannelAdapter"} if f"`{name}`" not in PAGE} == set()
