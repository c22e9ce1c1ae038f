"""Reads JSON that anybody may have shaped: a wrong type reads as nothing, never as an exception."""

import json
import math
from typing import Any

#: Deeper than any vendor nests, and well inside what the document store takes.
DEEPEST = 40
LARGEST_INTEGER = 2**63 - 1


class Unreadable(ValueError):
    """The body is not JSON at all. The message never quotes it."""


def read_json(body: bytes) -> Any:
    """Parse and clean one body. Raises Unreadable.

    Cleaned means that every store takes it: no lone surrogates, no NUL, no endless nesting, no number that
    overflows 64 bits.
    """
    try:
        return _clean(json.loads(body, parse_constant=str), DEEPEST)
    except (ValueError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from None


def _clean(value: Any, depth: int) -> Any:
    match value:
        case str():
            return _clean_text(value)
        case bool() | None:
            return value
        case int():
            return value if abs(value) <= LARGEST_INTEGER else str(value)[:64]
        case float():
            return value if math.isfinite(value) else str(value)
        case _ if depth == 0:
            return "…"
        case list():
            return [_clean(one, depth - 1) for one in value]
        case _:
            return {_clean_key(name): _clean(one, depth - 1) for name, one in value.items()}


def _clean_text(value: str) -> str:
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _clean_key(name: str) -> str:
    # The document store reads a dollar or a dot in a name as an operator or a path.
    return _clean_text(name).replace("$", "＄").replace(".", "．") if "$" in name or "." in name else _clean_text(name)


def mapping(value: Any, *names: str) -> dict[str, Any]:
    """Follow `names` down and give the object there, or an empty one."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def items(value: Any, name: str) -> list[dict[str, Any]]:
    """Give the objects of the list called `name`; whatever else stands in it is left out."""
    found = value.get(name) if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text(value: Any, name: str) -> str:
    """Give a text or number as text, "" for anything else."""
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, str):
        return found
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else ""


def number(value: Any, name: str) -> float | None:
    """Give a finite number, also when it is written as text."""
    try:
        found = float(text(value, name))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def is_true(value: Any, name: str) -> bool:
    return isinstance(value, dict) and value.get(name) is True


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
