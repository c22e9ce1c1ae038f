"""The marks of our texts (*bold*, _italic_, ~struck~, `code`) in the vendor's HTML. Everything else is escaped."""

import re

from apps.gateway.channels.telegram.limits import MOST_ENTITIES

#: A mark counts only where it hugs a word from outside, so that 2*3*4, snake_case and ~/folder stay what they are.
_MARKED = re.compile(
    r"```(?P<pre>[^`]+)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])(?P<stars>\*{1,2})(?P<b>[^\s*](?:[^*\n]*[^\s*])?)(?P=stars)(?![\w*])"
    r"|(?<![\w_])_(?P<i>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<s>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)
_TAGS = ("pre", "code", "b", "i", "s")
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def as_html(text: str) -> str | None:
    """Give the text as HTML, None when it has no marks and needs none."""
    pieces: list[str] = []
    end = count = 0
    for found in _MARKED.finditer(text):
        tag = next(one for one in _TAGS if found[one] is not None)
        pieces += [escaped(text[end : found.start()]), f"<{tag}>{escaped(found[tag])}</{tag}>"]
        end, count = found.end(), count + 1
    if not 0 < count <= MOST_ENTITIES:
        return None
    return "".join([*pieces, escaped(text[end:])])


def escaped(text: str) -> str:
    return text.translate(_ESCAPED)
