"""What a template says once its blanks are filled. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from apps.contracts.templates import TemplateParameter, TemplateValue

BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


@dataclass(frozen=True)
class Piece:
    """A stretch of a template's text: its own words, or, with `key`, one of its blanks."""

    text: str
    key: str = ""


def pieces(text: str, part: str, values: Mapping[str, str]) -> list[Piece]:
    """Cut a text at its blanks. A blank that nobody filled keeps its braces, so that it is noticed."""
    found: list[Piece] = []
    end = 0
    for blank in BLANK.finditer(text):
        key = f"{part}.{blank[1]}"
        found += [Piece(text[end : blank.start()]), Piece(values.get(key) or blank[0], key)]
        end = blank.end()
    return [piece for piece in (*found, Piece(text[end:])) if piece.text]


def filled(text: str, part: str, values: Mapping[str, str]) -> str:
    return "".join(piece.text for piece in pieces(text, part, values))


def filled_url(template: TemplateValue, parameter: TemplateParameter, value: str) -> str:
    """The address behind a button, with the end that was filled in."""
    return BLANK.sub(lambda _: value, template.buttons[parameter.button].url, count=1)
