"""HTML as the vendor reads it: few tags, three escapes, and 400 "can't parse entities" for all else (§3)."""

import html
import re

from apps.simulator.telegram.errors import bad

TAGS = frozenset("b strong i em u ins s strike del code pre a blockquote tg-spoiler span".split())
ENTITIES = frozenset({"&lt;", "&gt;", "&amp;", "&quot;"})
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-z-]+)(?P<rest>[^<>]*)>|(?P<entity>&\w+;|&#\d+;)|(?P<broken>[<>])")
_RULE = "§3"


def visible(text: str) -> tuple[str, int]:
    """The text that a customer sees and how many entities it has. Raises BotApiError."""
    pieces: list[str] = []
    open_tags: list[str] = []
    end = count = 0
    for found in _TOKEN.finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
        if found["broken"]:
            raise _unreadable(f"unsupported start tag at byte offset {found.start()}")
        if found["entity"]:
            pieces.append(html.unescape(found["entity"]) if _is_known(found["entity"]) else found["entity"])
            continue
        count += _nest(open_tags, found["tag"], is_end=bool(found["end"]))
    if open_tags:
        raise _unreadable(f'can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return "".join([*pieces, text[end:]]), count


def _nest(open_tags: list[str], tag: str, *, is_end: bool) -> int:
    if tag not in TAGS:
        raise _unreadable(f'unsupported start tag "{tag}"')
    if not is_end:
        open_tags.append(tag)
        return 1
    if not open_tags or open_tags.pop() != tag:
        raise _unreadable(f'unexpected end tag "{tag}"')
    return 0


def _is_known(entity: str) -> bool:
    return entity in ENTITIES or entity.startswith("&#")


def _unreadable(why: str) -> Exception:
    return bad(f"can't parse entities: {why}", rule=_RULE)
