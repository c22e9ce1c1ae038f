"""Sentences of the handoff, in the business's language whoever's request or worker draws them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext

from apps.contracts.content import Content, text_content

LONGEST_QUOTE = 140

#: More questions at once are a form, not a conversation.
MOST_QUESTIONS = 3


def to_customer(name: str, **context: Any) -> Content:
    """Draw `templates/handoff/customer/<name>.txt` as a text message."""
    with translation.override(settings.LANGUAGE_CODE):
        return text_content(" ".join(render_to_string(f"handoff/customer/{name}.txt", context).split()))


def quoted(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST_QUOTE, truncate="…")


def summary_line(kind: str, text: str) -> str:
    """One line of a summary made without a model. `kind` is "began", "answered", "last" or "files"."""
    sentences = {
        "began": gettext("Começou com: “%(text)s”"),
        "answered": gettext("A assistente respondeu: “%(text)s”"),
        "last": gettext("Por último disse: “%(text)s”"),
    }
    return sentences[kind] % {"text": quoted(text)}


def first_reply(*, customer_name: str, attendant_name: str, missing: Sequence[str]) -> str:
    """A first sentence for the attendant to use or change. It asks for at most three of the `missing` facts."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "customer": first_name(customer_name),
            "attendant": first_name(attendant_name),
            "missing": enumerated([name.lower() for name in missing[:MOST_QUESTIONS]]),
        }
        return " ".join(render_to_string("handoff/suggested_reply.txt", context).split())


def enumerated(names: Sequence[str]) -> str:
    """Join names as people do: "a", "a e b", "a, b e c"."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s e %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def first_name(name: str) -> str:
    """The name to call somebody by; "" for what is no name (a phone number, a username)."""
    first = name.split()[0] if name.split() else ""
    return first if first.isalpha() else ""
