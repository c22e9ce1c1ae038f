"""The table of Meta's rules in docs/simulator.md is the code's: every code, every paragraph, every test."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "apps" / "simulator" / "meta").glob("*.py"))


def _rows() -> list[list[str]]:
    """The cells of the table under "What it refuses": rule, paragraphs, codes, tests."""
    section = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8").split("## What it refuses")[1]
    lines = [line for line in section.split("\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def _refusals() -> list[tuple[str, str, str]]:
    """Where each refusal stands, its code and its paragraph, as far as they are written out."""
    found: list[tuple[str, str, str]] = []
    for path in RULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if getattr(call.func, "id", "") != "GraphError":
                continue
            rule = next((ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "rule"), "")
            found.append((f"{path.name}:{call.lineno}", ast.unparse(call.args[0]), rule.strip("'")))
    return found


def test_every_refusal_but_the_ordered_ones_names_its_paragraph() -> None:
    nameless = [place for place, code, rule in _refusals() if not rule and "fault" not in code]

    assert nameless == []


def test_every_code_and_paragraph_of_the_code_is_in_the_table() -> None:
    codes = {code for row in _rows() for code in re.findall(r"\d+", row[2])}
    paragraphs = {paragraph for row in _rows() for paragraph in re.findall(r"\d+(?:\.\d)?(?: D)?", row[1])}

    missing = [
        (place, code, rule)
        for place, code, rule in _refusals()
        if (code.isdigit() and code not in codes) or (rule.startswith("§") and rule[1:] not in paragraphs)
    ]
    assert missing == []


def test_every_row_names_tests_that_exist() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))

    rows = _rows()
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row[3])
        assert named, row[0]
        assert [name for name in named if f"def {name}(" not in written] == []
