"""Cuts a text that a channel would refuse, at a paragraph, line, sentence or word."""

import unicodedata

#: Better than in the middle of a word, from best to worst.
BREAKS = (("\n\n",), ("\n",), (". ", "! ", "? ", "… "), (" ",))
#: What belongs to the character before or after it: joiners, variation selectors, the keycap, skin tones.
_JOINER = "\u200d"
_JOINED = frozenset({_JOINER, "\ufe0e", "\ufe0f", "\u20e3", *(chr(one) for one in range(0x1F3FB, 0x1F400))})


def length_of(text: str) -> int:
    """How long vendors find a text: in UTF-16 units, where most emoji count twice. Characters would be too generous."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, *, longest: int, part: int = 0) -> list[str]:
    """Give the parts in order; one that fits stays whole, because every part is a message to somebody's telephone.

    `longest` is what the channel takes, `part` the size of the parts when it takes several (0: the same).
    """
    parts: list[str] = []
    rest = text
    while length_of(rest) > longest:
        cut = _last_break(_beginning(rest, part or longest))
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [one for one in (*parts, rest) if one] or [text]


def _beginning(text: str, longest: int) -> str:
    """So much of a text as fits, without taking an emoji apart."""
    end = len(text.encode("utf-16-le", "surrogatepass")[: 2 * longest].decode("utf-16-le", "ignore"))
    while end > 1 and (text[end] in _JOINED or text[end - 1] == _JOINER or unicodedata.combining(text[end])):
        end -= 1
    return text[:end]


def _last_break(text: str) -> int:
    for marks in BREAKS:
        position, mark = max((text.rfind(mark), mark) for mark in marks)
        # A break in the first half would make many small parts of one text.
        if position > len(text) // 2:
            return position + len(mark)
    return len(text)
