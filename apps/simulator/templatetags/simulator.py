"""Icons and coloured JSON for the phone."""

import re

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
TOKEN = re.compile(r'("(?:\\.|[^"\\])*")(\s*:)?|(\b-?\d[\d.eE+-]*\b|\btrue\b|\bfalse\b|\bnull\b)')


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the set that the console shares; with a label it speaks, without it is silent."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="i" {}><use href="{}#{}"/></svg>', spoken, static("console/icons.svg"), name)


@register.filter
def coloured_json(text: str) -> SafeString:
    """Mark keys and values; every piece of the text is escaped."""
    pieces: list[SafeString] = []
    end = 0
    for found in TOKEN.finditer(text):
        pieces.append(format_html("{}", text[end : found.start()]))
        kind = "k" if found[2] else "v"
        pieces.append(format_html('<span class="{}">{}</span>{}', kind, found[1] or found[3], found[2] or ""))
        end = found.end()
    pieces.append(format_html("{}", text[end:]))
    return SafeString("".join(pieces))
