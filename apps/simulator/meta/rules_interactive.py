"""What Meta accepts in an `interactive` object (protocols/whatsapp.md §7.1 and §7.3)."""

from collections.abc import Callable

from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.shapes import Body, characters, distinct, mapping, one_of, refuse, sequence, text

OTHER_TYPES = ("product", "catalog_message", "call_permission_request")


def check_interactive(part: Body) -> None:
    """Refuse what Meta would refuse in buttons, lists and their kin. Raises GraphError."""
    kind = one_of(part, "type", (*CHECKS, *OTHER_TYPES), "§7.1")
    if kind not in CHECKS:
        return
    if kind == "list" and (part.get("header") or {}).get("type", "text") != "text":
        raise refuse("§7.1", "the header of a list is a text")
    _check_frame(part, body_limit=4096 if kind == "list" else 1024)
    CHECKS[kind](mapping(part, "action", "§7.1"))


def _check_frame(part: Body, *, body_limit: int) -> None:
    characters(mapping(part, "body", "§7.1"), "text", body_limit, "§7.3")
    if "footer" in part:
        characters(mapping(part, "footer", "§7.1"), "text", 60, "§7.3")
    if "header" in part:
        header = mapping(part, "header", "§7.1")
        kind = one_of(header, "type", ("text", "image", "video", "document"), "§7.1")
        if kind == "text":
            characters(header, "text", 60, "§7.3")
            return
        file = mapping(header, kind, "§7.1")
        if ("id" in file) == ("link" in file):
            raise refuse("§7.1", f"header {kind} needs either id or link")


def _check_buttons(action: Body) -> None:
    buttons = sequence(action, "buttons", "§7.1")
    if not 1 <= len(buttons) <= 3:
        raise refuse("§7.3", "buttons must be 1 to 3")
    replies = [mapping(button, "reply", "§7.1") for button in buttons]
    distinct([characters(reply, "id", 256, "§7.3") for reply in replies], "button ids", "§7.3")
    distinct([characters(reply, "title", 20, "§7.3") for reply in replies], "button titles", "§7.3")


def _check_list(action: Body) -> None:
    characters(action, "button", 20, "§7.3")
    sections = sequence(action, "sections", "§7.1")
    if not 1 <= len(sections) <= 10:
        raise refuse("§7.3", "sections must be 1 to 10")
    for section in sections:
        if len(sections) > 1 or "title" in section:
            characters(section, "title", 24, "§7.3")
    rows = [row for section in sections for row in sequence(section, "rows", "§7.1")]
    if not 1 <= len(rows) <= 10:
        raise refuse("§7.3", "rows must be 1 to 10 in total")
    distinct([characters(row, "id", 200, "§7.3") for row in rows], "row ids", "§7.3")
    for row in rows:
        characters(row, "title", 24, "§7.3")
        if "description" in row:
            characters(row, "description", 72, "§7.3")


def _check_cta(action: Body) -> None:
    parameters = mapping(action, "parameters", "§7.1")
    characters(parameters, "display_text", 20, "§7.3")
    if not text(parameters, "url", "§7.1").startswith(("https://", "http://")):
        raise GraphError(131009, "url must be a web address", rule="§7.1")


def _check_place_request(action: Body) -> None:
    one_of(action, "name", ("send_location",), "§7.1")


def _check_flow(action: Body) -> None:
    parameters = mapping(action, "parameters", "§7.1")
    characters(parameters, "flow_cta", 20, "§7.3")


def _check_products(action: Body) -> None:
    text(action, "catalog_id", "§7.1")
    sections = sequence(action, "sections", "§7.1")
    items = [item for section in sections for item in sequence(section, "product_items", "§7.1")]
    if not 1 <= len(items) <= 30:
        raise refuse("§7.3", "product_items must be 1 to 30 in total")


def _check_carousel(action: Body) -> None:
    cards = sequence(action, "cards", "§7.1")
    if not 2 <= len(cards) <= 10:
        raise refuse("§7.3", "cards must be 2 to 10")
    for card in cards:
        if "body" in card:
            characters(mapping(card, "body", "§7.1"), "text", 160, "§7.3")


CHECKS: dict[str, Callable[[Body], None]] = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_cta,
    "location_request_message": _check_place_request,
    "flow": _check_flow,
    "product_list": _check_products,
    "carousel": _check_carousel,
}
