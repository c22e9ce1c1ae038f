"""The small checks of which Meta's rules are made. All raise GraphError."""

from typing import Any

from apps.simulator.meta.errors import GraphError

Body = dict[str, Any]


def refuse(rule: str, details: str) -> GraphError:
    """An invalid parameter (code 100), with the paragraph that forbids it."""
    return GraphError(100, details, rule=rule)


def mapping(body: Body, name: str, rule: str) -> Body:
    if name not in body:
        raise GraphError(131008, f"{name} is required", rule=rule)
    if not isinstance(body[name], dict):
        raise refuse(rule, f"{name} must be an object")
    part: Body = body[name]
    return part


def sequence(body: Body, name: str, rule: str, *, required: bool = True) -> list[Body]:
    if name not in body:
        if required:
            raise GraphError(131008, f"{name} is required", rule=rule)
        return []
    if not isinstance(body[name], list) or not all(isinstance(item, dict) for item in body[name]):
        raise refuse(rule, f"{name} must be a list of objects")
    items: list[Body] = body[name]
    return items


def text(body: Body, name: str, rule: str) -> str:
    if not body.get(name):
        raise GraphError(131008, f"{name} is required", rule=rule)
    if not isinstance(body[name], str):
        raise refuse(rule, f"{name} must be a string")
    return str(body[name])


def characters(body: Body, name: str, limit: int, rule: str) -> str:
    """A required string of at most `limit` characters (Meta counts characters, not bytes: §7.3)."""
    value = text(body, name, rule)
    if len(value) > limit:
        raise refuse(rule, f"{name} must be at most {limit} characters long")
    return value


def strings(body: Body, names: tuple[str, ...], rule: str) -> None:
    """Parts that may be missing, and are strings otherwise."""
    for name in names:
        if name in body and not isinstance(body[name], str):
            raise refuse(rule, f"{name} must be a string")


def one_of(body: Body, name: str, allowed: tuple[str, ...], rule: str) -> str:
    value = text(body, name, rule)
    if value.lower() not in allowed:
        raise GraphError(131009, f"{name} must be one of {', '.join(allowed)}", rule=rule)
    return value.lower()


def flag(body: Body, name: str, rule: str) -> None:
    if name in body and not isinstance(body[name], bool):
        raise refuse(rule, f"{name} must be true or false")


def distinct(values: list[str], what: str, rule: str) -> None:
    if len(set(values)) != len(values):
        raise GraphError(131009, f"{what} must be unique", rule=rule)


def check_place(part: Body) -> None:
    """Coordinates on this earth, as numbers or as strings of them (§7.1)."""
    for name, limit in (("latitude", 90), ("longitude", 180)):
        try:
            degrees = float(part.get(name, ""))
        except (TypeError, ValueError):
            raise refuse("§7.1", f"{name} must be a number") from None
        if not abs(degrees) <= limit:
            raise GraphError(131009, f"{name} is out of range", rule="§7.1")
    strings(part, ("name", "address"), "§7.1")
