"""What an article speaks of, word by word, and how surely a word of a question is one of them. Pure."""

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from apps.ai.values import ArticleValue
from apps.common.portuguese import content_words, words


@dataclass(frozen=True)
class Indexed:
    """`named`: title and keywords. `asked`: ways of asking. `written`: body and price. `spelt`: named, uncut by stemming."""

    article: ArticleValue
    named: frozenset[str]
    asked: frozenset[str]
    written: frozenset[str]
    spelt: frozenset[str]
    questions: tuple[frozenset[str], ...]
    phrases: tuple[str, ...]


@lru_cache(maxsize=64)
def index_of(articles: tuple[ArticleValue, ...]) -> tuple[Indexed, ...]:
    return tuple(_indexed(article) for article in articles)


def _indexed(article: ArticleValue) -> Indexed:
    name = " ".join((article.title, *article.keywords))
    return Indexed(
        article=article,
        named=frozenset(content_words(name)),
        asked=frozenset(content_words(" ".join(article.questions))),
        written=frozenset(content_words(article.text)),
        spelt=frozenset(words(name)),
        questions=tuple(frozenset(content_words(variant)) for variant in (article.title, *article.questions)),
        phrases=tuple(" ".join(words(variant)) for variant in article.questions),
    )


def match(asked: str, word: str, one: Indexed) -> float:
    """How surely an article speaks of a word: its name and keywords most, slips of the finger and its text less."""
    if asked in one.named:
        return 1.0
    if asked in one.asked:
        return 0.9
    if _slip(word, one.spelt):
        return 0.85
    if len(asked) >= 8 and any(len(known) >= 5 and asked.startswith(known) for known in one.named):
        return 0.7
    return 0.6 if asked in one.written else 0.0


def _slip(word: str, known: frozenset[str]) -> bool:
    if len(word) < 5:
        return False
    slips = 1 if len(word) < 8 else 2
    heard = _sound(word)
    return any(
        abs(len(other) - len(word)) <= slips
        and len(other) >= 5
        and other[0] == word[0]
        and DamerauLevenshtein.distance(heard, _sound(other), score_cutoff=slips) <= slips
        for other in known
    )


@lru_cache(maxsize=4096)
def _sound(word: str) -> str:
    """Roughly how a word sounds, because people write what they hear: "faxada", "rezerva"."""
    for written, heard in (
        ("ch", "x"),
        ("ss", "s"),
        ("ce", "se"),
        ("ci", "si"),
        ("z", "s"),
        ("ge", "je"),
        ("gi", "ji"),
        ("h", ""),
        ("y", "i"),
    ):
        word = word.replace(written, heard)
    return word
