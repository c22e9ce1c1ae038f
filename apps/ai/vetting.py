"""What is verified in a model's text before a customer reads it. Safety does not depend on the model. Pure."""

import re
from collections.abc import Iterable, Sequence

from apps.ai.values import ArticleValue, PersonaValue
from apps.common.portuguese import fold, words
from apps.contracts.assistant import AssistantAnswer

LONGEST_REPLY = 4096
#: As many words in a row from the instructions are no coincidence.
LEAK_WORDS = 12

_MONEY = re.compile(
    r"(?:R|US)?\$\s*(\d[\d.]*(?:,\d{1,2})?)(\s*mil\b)?|(\d[\d.]*(?:,\d{1,2})?)(\s*mil)?\s*(?:reais|real|conto|contos|pila)\b",
    re.I,
)
_SPELT = re.compile(
    r"\b((?:(?:um|uma|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|quinze|vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|"
    r"noventa|cem|cento|duzentos|trezentos|quatrocentos|quinhentos|seiscentos|setecentos|oitocentos|novecentos|mil)(?: e )?\s?)+)\s?(?:reais|real|conto)\b"
)
_PROMISE = re.compile(
    r"\b(\d+ ?%|gratis|gratuit\w+|de graca|sem custo|cortesia|brinde|\d+ ?x sem juros|\d+ (?:dias?|semanas?|horas?|mes|meses|anos?)(?: uteis)?)(?!\w)"
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s)>\]]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|br|io|app|xyz|top|info|shop|online|site|link|ly|me|gov)(?:/[^\s)>\]]*)?(?!\w)",
    re.I,
)
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([\w.-]+)", re.I)


def problems(
    answer: AssistantAnswer,
    *,
    articles: Sequence[ArticleValue],
    persona: PersonaValue,
    canary: str,
    secrets: Iterable[str],
) -> list[str]:
    """Name everything that keeps this answer from being sent; an empty list lets it go.

    Amounts, discounts and terms must stand in an article, links on the allow-list; `secrets` are texts whose
    wording must not appear, `canary` the mark inside the instructions.
    """
    reply = answer.reply
    known = fold("\n".join(article.text for article in articles))
    found = []
    if unknown := amounts(reply) - amounts("\n".join(article.text for article in articles)):
        found.append(f"price:{','.join(sorted(unknown))}")
    if any(spelt.strip() not in known for spelt in _SPELT.findall(fold(reply))):
        found.append("price:spelt")
    if any(promise not in known for promise in _PROMISE.findall(fold(reply))):
        found.append("promise")
    if any(not _is_allowed(link, articles, persona) for link in _LINK.findall(reply)):
        found.append("link")
    if (canary and canary in reply) or any(_quotes(reply, secret) for secret in secrets):
        found.append("leak")
    return found


def amounts(text: str) -> set[str]:
    """Every sum of money in a text, as plain cents: "R$ 1.500,00" and "1500 reais" are the same."""
    found = set()
    for hit in _MONEY.finditer(text):
        digits, thousand = (hit.group(1), hit.group(2)) if hit.group(1) else (hit.group(3), hit.group(4))
        whole, _, cents = digits.rstrip(".").replace(".", "").partition(",")
        found.add(str((int(whole) * 100 + int(cents.ljust(2, "0") or 0)) * (1000 if thousand else 1)))
    return found


def cited(answer: AssistantAnswer, articles: Sequence[ArticleValue]) -> tuple[str, ...]:
    """The sources that exist, and those whose price the reply states although they were not named."""
    stated = amounts(answer.reply)
    named = [article.id for article in articles if article.id in answer.sources]
    silent = [article.id for article in articles if article.id not in named and stated & amounts(article.text)]
    covered = set().union(*(amounts(article.text) for article in articles if article.id in named))
    return tuple(named if stated <= covered else [*named, *silent])


def whatsapp_text(text: str) -> str:
    """Markdown as models write it into WhatsApp's own marks, at most as long as a message may be."""
    text = re.sub(r"```\w*\n?", "", text.strip())
    text = re.sub(r"(?m)^\s{0,3}#{1,6}\s*(.+?)\s*#*$", r"*\1*", text)
    text = re.sub(r"!?\[([^\]\n]+)\]\((https?://[^)\s]+)\)", r"\1: \2", text)
    text = re.sub(r"\*\*\*(.+?)\*\*\*", r"*_\1_*", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"*\1*", text)
    text = re.sub(r"__(.+?)__", r"*\1*", text)
    text = re.sub(r"~~(.+?)~~", r"~\1~", text)
    text = re.sub(r"(?m)^(\s*)[*+]\s+", r"\1- ", text)
    text = re.sub(r"(?m)^\s*\|?[\s:|-]{5,}\|?\s*$\n?", "", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    return shortened(text.strip())


def shortened(text: str, limit: int = LONGEST_REPLY) -> str:
    """Cut a text that is too long at the end of a sentence, if one ends in its second half."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    end = max(head.rfind(mark) for mark in (". ", "! ", "? ", "\n"))
    return head[: end + 1].rstrip() if end > limit // 2 else head.rstrip() + "…"


def _is_allowed(link: str, articles: Sequence[ArticleValue], persona: PersonaValue) -> bool:
    host = _host(link)
    listed = {_host(one) for one in persona.allowed_links}
    listed |= {_host(one) for article in articles for one in _LINK.findall(article.text)}
    return any(host == one or host.endswith(f".{one}") for one in listed if one)


def _host(link: str) -> str:
    hit = _HOST.match(link.strip())
    return hit.group(1).lower().rstrip(".") if hit else ""


def _quotes(reply: str, secret: str) -> bool:
    said, hidden = words(reply), words(secret)
    if len(said) < LEAK_WORDS or len(hidden) < LEAK_WORDS:
        return False
    windows = {tuple(hidden[start : start + LEAK_WORDS]) for start in range(len(hidden) - LEAK_WORDS + 1)}
    return any(tuple(said[start : start + LEAK_WORDS]) in windows for start in range(len(said) - LEAK_WORDS + 1))
