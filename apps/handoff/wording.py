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

#: What a customer sends to be looked at begins with one of these.
SEEN = ("foto", "imagem", "imagens", "vídeo", "video", "planta", "croqui")

#: Enough of Portuguese grammar for the names of facts.
FEMININE_ENDINGS = ("a", "ção", "çõe", "são", "sõe", "dade", "gem", "gen", "tude")
FEMININE = frozenset({"foto", "cor", "core", "parede", "base", "fase", "face"})
MASCULINE_IN_A = frozenset({"dia", "mapa", "problema", "programa", "sistema", "tema", "esquema", "clima"})
SINGULAR_IN_S = frozenset({"mês", "país", "gás", "ônibus", "lápis"})


def to_customer(name: str, **context: Any) -> Content:
    """Draw `templates/handoff/customer/<name>.txt` as a text message."""
    with translation.override(settings.LANGUAGE_CODE):
        return text_content(" ".join(render_to_string(f"handoff/customer/{name}.txt", context).split()))


def quoted(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST_QUOTE, truncate="…")


def summary_line(kind: str, text: str) -> str:
    """One line of a summary made without a model. `kind` is "began", "answered", "last" or "files"."""
    with translation.override(settings.LANGUAGE_CODE):
        sentences = {
            "began": gettext("Começou com: “%(text)s”"),
            "answered": gettext("A assistente respondeu: “%(text)s”"),
            "last": gettext("Por último disse: “%(text)s”"),
        }
        return sentences[kind] % {"text": quoted(text)}


def first_reply(*, customer_name: str, attendant_name: str, missing: Sequence[str]) -> str:
    """A first sentence for the attendant to use or change. It asks for at most three of the `missing` facts."""
    asked = missing[:MOST_QUESTIONS]
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "customer": first_name(customer_name),
            "attendant": first_name(attendant_name),
            "told": enumerated([with_article(name) for name in asked if not is_seen(name)]),
            "seen": enumerated([with_article(name) for name in asked if is_seen(name)]),
        }
        return " ".join(render_to_string("handoff/suggested_reply.txt", context).split())


def is_seen(name: str) -> bool:
    """Whether the fact is something to look at rather than to be told."""
    return name.casefold().startswith(SEEN)


def with_article(name: str) -> str:
    """The name inside a sentence: "o comprimento", "a cidade", "as fotos". The first word decides, by its ending."""
    noun = name.split()[0].casefold() if name.split() else ""
    is_plural = noun.endswith("s") and noun not in SINGULAR_IN_S
    one = noun.removesuffix("s") if is_plural else noun
    is_feminine = (one.endswith(FEMININE_ENDINGS) and one not in MASCULINE_IN_A) or one in FEMININE
    article = ("as" if is_feminine else "os") if is_plural else ("a" if is_feminine else "o")
    return f"{article} {name if name.isupper() else name[:1].lower() + name[1:]}"


def enumerated(names: Sequence[str]) -> str:
    """Join names as people do: "a", "a e b", "a, b e c"."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s e %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def first_name(name: str) -> str:
    """The name to call somebody by; "" for what is no name (a phone number, a username)."""
    first = name.split()[0] if name.split() else ""
    return first if first.isalpha() else ""
