"""The stack of apps holds: imports and foreign keys point down only (docs/architecture.md)."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from tests.servers import BASE_DIR

CONTRACTS: list[dict[str, Any]] = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
LAYERS: list[list[str]] = [
    [name.strip() for name in layer.split("|")]
    for layer in next(contract for contract in CONTRACTS if contract["id"] == "layers")["layers"]
]
DEPTH = {name: depth for depth, layer in enumerate(LAYERS) for name in layer}
SOURCES = [path for root in ("apps", "urbana") for path in sorted((BASE_DIR / root).rglob("*.py"))]


def test_every_contract_is_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports")]

    result = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout[-3000:]


def test_every_package_has_a_layer() -> None:
    packages = {path.parent.name for path in (BASE_DIR / "apps").glob("*/__init__.py")}

    assert packages == set(DEPTH)


def test_every_documents_module_is_protected() -> None:
    modules = {f"apps.{path.parent.name}.documents" for path in (BASE_DIR / "apps").glob("*/documents.py")}
    modules |= {
        f"apps.{path.parents[1].name}.documents" for path in (BASE_DIR / "apps").glob("*/documents/__init__.py")
    }

    protected = {name for contract in CONTRACTS for name in contract.get("protected_modules", [])}

    assert modules == protected


def test_no_foreign_key_points_to_a_sibling_or_upward() -> None:
    wrong = []
    for model in apps.get_models():
        source = model._meta.app_label
        for field in model._meta.get_fields():
            target = field.related_model._meta.app_label if field.related_model and field.concrete else source
            if source in DEPTH and target in DEPTH and target != source and DEPTH[target] <= DEPTH[source]:
                wrong.append(f"{model.__name__}.{field.name} → {target}")

    assert wrong == []


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        f"{path.relative_to(BASE_DIR)}:{inner.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


@pytest.mark.parametrize("module", ["django.db.models.signals", "mongoengine.signals"])
def test_no_logic_hides_in_signals_of_a_store(module: str) -> None:
    users = [str(path.relative_to(BASE_DIR)) for path in SOURCES if module in path.read_text(encoding="utf-8")]

    assert users == []
