"""Adding a channel touches one folder: its name stands there, in its stand-in, its tests and its documentation only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.gateway.channels.registry import adapters
from tests.architecture.tree import ROOT

#: The channel that the product began with: its account has columns of its own, and the words of its console are its.
FIRST = "whatsapp"
OTHERS = sorted(set(adapters()) - {FIRST})
PARTS = ("apps", "urbana", "templates", "static", "locale", "tests", "deploy")
NOT_OURS = ("__pycache__", "node_modules", "vendor", "var")


def allowed(kind: str) -> tuple[str, ...]:
    return (
        f"apps/gateway/channels/{kind}/",
        f"apps/simulator/{kind}/",
        f"tests/{kind}/",
        f"tests/payloads/{kind}/",
        "tests/channels/",
    )


def product_files() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix != ".md")
    for part in PARTS:
        for path in (ROOT / part).rglob("*"):
            if path.is_file() and not set(NOT_OURS) & set(path.relative_to(ROOT).parts):
                yield path


@pytest.mark.parametrize("kind", OTHERS)
def test_the_name_of_a_channel_stands_in_its_own_folders_only(kind: str) -> None:
    word = kind.encode()
    naming = {path.relative_to(ROOT).as_posix() for path in product_files() if word in path.read_bytes().lower()}

    assert {one for one in naming if not one.startswith(allowed(kind))} == set()
    # The premise: the search finds what is there.
    assert {f"apps/gateway/channels/{kind}/adapter.py", f"tests/channels/{kind}_kit.py"} <= naming


@pytest.mark.parametrize("kind", OTHERS)
def test_nobody_imports_a_channel_but_itself_and_its_tests(kind: str) -> None:
    package = f"gateway.channels.{kind}"
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "apps").rglob("*.py")
        if package in path.read_text(encoding="utf-8")
    }

    assert {one for one in importing if not one.startswith(f"apps/gateway/channels/{kind}/")} == set()


def test_there_is_a_second_channel_to_look_at() -> None:
    assert OTHERS
