"""Whether a template may be sent as it was asked: its state, and each parameter against its definition (§7.1, §11 D)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from apps.contracts.content import Choice
from apps.simulator.meta.definitions import blanks, filled
from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.media import Shelf, check_attachment
from apps.simulator.meta.shapes import Body, check_place, mapping, sequence, strings, text
from apps.simulator.phone.business import Template

LONGEST_BODY = 1024
LONGEST_HEADER = 60
LONGEST_CODE = 15
MEDIA_FORMATS = ("IMAGE", "VIDEO", "DOCUMENT")
RULE = "§7.1"


@dataclass(frozen=True)
class Filled:
    """What the customer reads. `replies` are the buttons that answer, `links` those that lead elsewhere, a line each."""

    header: str = ""
    body: str = ""
    footer: str = ""
    media: Body = field(default_factory=dict)
    place: Body = field(default_factory=dict)
    replies: tuple[Choice, ...] = ()
    links: tuple[str, ...] = ()


def check_template(template: Template | None, part: Body, shelf: Shelf, *, now: float) -> Filled:
    """Refuse what does not fit the approved template; give it filled in. Raises GraphError."""
    found = _usable(template, part)
    components = sequence(part, "components", RULE, required=False)
    for kind in ("header", "body"):
        if sum(component["type"].lower() == kind for component in components) > 1:
            raise GraphError(132000, f"{kind} is given more than once", rule=RULE)
    header, media, place = _header(found, _given(components, "header"), shelf, now=now)
    body_text = str((found.component("BODY") or {}).get("text", ""))
    body = _written(found, "body", body_text, _given(components, "body"))
    if len(body) > LONGEST_BODY:
        raise GraphError(132005, f"The filled body is longer than {LONGEST_BODY} characters", rule="§7.3")
    replies, links = _buttons(found, [component for component in components if component["type"].lower() == "button"])
    footer = str((found.component("FOOTER") or {}).get("text", ""))
    return Filled(header, body, footer, media, place, replies, links)


def _usable(template: Template | None, part: Body) -> Template:
    if template is None or template.status in ("PENDING", "REJECTED", "DELETED", "PENDING_DELETION"):
        language = part["language"]["code"]
        raise GraphError(132001, f"template name ({part['name']}) does not exist in {language}", rule="§11 D")
    if template.status == "PAUSED":
        raise GraphError(132015, "The template is paused because of its low quality", rule="§11 D")
    if template.status == "DISABLED":
        raise GraphError(132016, "The template was paused too often and is disabled for good", rule="§11 D")
    return template


def _given(components: list[Body], kind: str) -> list[Body]:
    found = next((component for component in components if component["type"].lower() == kind), {})
    return sequence(found, "parameters", RULE, required=False)


def _written(template: Template, kind: str, words: str, given: list[Body]) -> str:
    """Fill a text. A wrong count is 132000, a wrong kind or name 132012."""
    names = blanks(words)
    if len(given) != len(names):
        raise GraphError(
            132000,
            f"{kind}: number of localizable_params ({len(given)}) does not match the expected number of params ({len(names)})",
            rule="§11 D",
        )
    values: dict[str, str] = {}
    for position, parameter in enumerate(given):
        name = names[position]
        if template.parameter_format == "NAMED":
            name = str(parameter.get("parameter_name", ""))
            if name not in names or name in values:
                raise GraphError(132012, f"{kind}: parameter_name must be one of {', '.join(names)}", rule=RULE)
        values[name] = _value(kind, parameter)
    return filled(words, values)


def _value(kind: str, parameter: Body) -> str:
    """The words of one parameter; what is not text carries its own fallback (§7.1)."""
    name = text(parameter, "type", RULE)
    if name == "text":
        return checked_text(parameter)
    if name in ("currency", "date_time") and kind == "body":
        return text(mapping(parameter, name, RULE), "fallback_value", RULE)
    raise GraphError(132012, f"{kind}: Format mismatch, expected TEXT, received {name.upper()}", rule=RULE)


def checked_text(parameter: Body) -> str:
    """A text parameter without a line break, a tab or a run of spaces (§7.1). Raises GraphError 132018."""
    value = text(parameter, "text", RULE)
    if re.search(r"[\n\r\t]| {5,}", value):
        raise GraphError(132018, "text parameters take no line break, tab or more than 4 spaces in a row", rule=RULE)
    return value


def _header(template: Template, given: list[Body], shelf: Shelf, *, now: float) -> tuple[str, Body, Body]:
    """The header's text, its media and its place; at most one of them is not empty."""
    header = template.component("HEADER") or {}
    wanted = str(header.get("format", "TEXT"))
    if wanted == "TEXT":
        words = _written(template, "header", str(header.get("text", "")), given)
        if len(words) > LONGEST_HEADER:
            raise GraphError(132005, f"The filled header is longer than {LONGEST_HEADER} characters", rule="§7.3")
        return words, {}, {}
    received = str(given[0].get("type", "")).upper() if given else "UNKNOWN"
    if len(given) != 1 or received != wanted:
        raise GraphError(132012, f"header: Format mismatch, expected {wanted}, received {received}", rule=RULE)
    part = mapping(given[0], wanted.lower(), RULE)
    if wanted == "LOCATION":
        for name in ("latitude", "longitude", "name", "address"):
            if part.get(name) in (None, ""):
                raise GraphError(131008, f"header: {name} is required", rule=RULE)
        check_place(part)
        return "", {}, part
    if ("id" in part) == ("link" in part):
        raise GraphError(131008, f"header: {wanted.lower()} needs either id or link", rule=RULE)
    strings(part, ("id", "link", "filename"), RULE)
    if "id" in part:
        check_attachment(wanted.lower(), shelf.get(str(part["id"])), now=now)
    return "", {"kind": wanted.lower(), **part}, {}


def _buttons(template: Template, given: list[Body]) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """Check each button's parameters. A button that must have one and has none is 131008."""
    buttons: list[Body] = (template.component("BUTTONS") or {}).get("buttons", [])
    parameters = _by_button(buttons, given)
    replies: list[Choice] = []
    links: list[str] = []
    for index, button in enumerate(buttons):
        chosen = parameters.get(index, [])
        _check_button(index, button, chosen)
        if button["type"] == "QUICK_REPLY":
            payload = str(chosen[0]["payload"]) if chosen else str(button["text"])
            replies.append(Choice(id=payload, title=button["text"]))
        else:
            links.append(f"{button['text']}: {_target(button, chosen)}")
    return tuple(replies), tuple(links)


def _by_button(buttons: list[Body], given: list[Body]) -> dict[int, list[Body]]:
    """The parameters by the position of their button."""
    found: dict[int, list[Body]] = {}
    for component in given:
        index = str(component.get("index", ""))
        kind = str(component.get("sub_type", "")).lower()
        if not index.isdigit() or int(index) >= len(buttons) or int(index) in found:
            raise GraphError(131009, f"buttons: there is no button at index {index or '(none)'}", rule=RULE)
        if kind != str(buttons[int(index)]["type"]).lower():
            raise GraphError(
                132012, f"buttons: Button at index {index} is not of sub_type {kind or '(none)'}", rule=RULE
            )
        found[int(index)] = sequence(component, "parameters", RULE, required=False)
    return found


def _check_button(index: int, button: Body, given: list[Body]) -> None:
    kind = str(button["type"])
    needed = {"URL": len(blanks(str(button.get("url", "")))), "COPY_CODE": 1}.get(kind, 0)
    if needed and not given:
        raise GraphError(
            131008, f"buttons: Button at index {index} of type {kind.title()} requires a parameter", rule=RULE
        )
    if len(given) > (1 if kind == "QUICK_REPLY" else needed):
        raise GraphError(132000, f"buttons: Button at index {index} takes {needed} parameters", rule="§11 D")
    for parameter in given:
        PARAMETERS[kind](index, parameter)


def _target(button: Body, given: list[Body]) -> str:
    """Where a button leads: an address, a number to call, a code to copy."""
    if button["type"] == "URL":
        return filled(str(button.get("url", "")), {"1": str(given[0]["text"])} if given else {})
    if button["type"] == "COPY_CODE":
        return str(given[0]["coupon_code"])
    return str(button.get("phone_number", ""))


def _payload(index: int, parameter: Body) -> None:
    _kind(index, parameter, "payload")
    text(parameter, "payload", RULE)


def _address(index: int, parameter: Body) -> None:
    _kind(index, parameter, "text")
    checked_text(parameter)


def _code(index: int, parameter: Body) -> None:
    _kind(index, parameter, "coupon_code")
    if len(text(parameter, "coupon_code", RULE)) > LONGEST_CODE:
        raise GraphError(132005, f"buttons: coupon_code is longer than {LONGEST_CODE} characters", rule="§7.3")


def _kind(index: int, parameter: Body, wanted: str) -> None:
    if parameter.get("type") != wanted:
        raise GraphError(132012, f"buttons: Button at index {index} takes a parameter of type {wanted}", rule=RULE)


PARAMETERS: dict[str, Callable[[int, Body], None]] = {"QUICK_REPLY": _payload, "URL": _address, "COPY_CODE": _code}
