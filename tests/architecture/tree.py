"""The product's own files, as the architecture tests walk them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "apps"
OURS = (APPS, ROOT / "urbana")


def python_files(*folders: Path) -> Iterator[Path]:
    for folder in folders or OURS:
        yield from (path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))
