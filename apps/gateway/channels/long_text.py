"""Cuts a text that a channel would refuse, at a paragraph, line, sentence or word."""

from collections.abc import Callable

#: Better than in the middle of a word, from best to worst.
BREAKS = ("\n\n", "\n", ". ", " ")


def split(text: str, *, longest: int, measure: Callable[[str], int] = len) -> list[str]:
    """Give the parts in order; one that fits stays whole, because every part is a message to somebody's telephone.

    `measure` counts as the channel does, and counts no character as more than two.
    """
    parts: list[str] = []
    rest = text
    while measure(rest) > longest:
        cut = _last_break(_longest_start(rest, longest, measure))
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [one for one in (*parts, rest) if one]


def _longest_start(text: str, longest: int, measure: Callable[[str], int]) -> str:
    start = text[:longest]
    while measure(start) > longest:
        start = start[: len(start) - max(1, (measure(start) - longest) // 2)]
    return start


def _last_break(text: str) -> int:
    for mark in BREAKS:
        position = text.rfind(mark)
        # A break in the first half would make many small parts of one text.
        if position > len(text) // 2:
            return position + len(mark)
    return len(text)
