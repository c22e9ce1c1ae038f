"""Finds, in Portuguese as people type it, what the articles say about a question. Pure: articles in, passages out.

A question is a bag of stems weighted by how rare they are among the articles. An article covers the part of that
weight that it mentions; what no article mentions weighs most, so that a question about something unknown stays
uncovered instead of being answered with whatever is near.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from apps.ai.indexing import Indexed, index_of, match
from apps.ai.values import ArticleValue
from apps.common.portuguese import content_words, fold, stem, words

#: The share of a question's weight that must be covered before an answer is given.
ANSWER_FROM = 0.65
#: What a further article must add to be worth saying too.
ADD_FROM = 0.2
MOST_ARTICLES = 3
#: And all parts of a long message together.
MOST_PASSAGES = 6
#: How alike (0–100) a question without any subject of its own must be to a known way of asking: "o que vocês fazem?".
SAME_QUESTION_FROM = 78

_SEGMENT = re.compile(r"[.!?;,\n]+|\s+e\s+(?=(?:quanto|qual|como|onde|precisa|tem|voc[eê]s|vcs)\b)", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(?:quanto|qual|quais|como|onde|quando|quem|que|precisa|pode|posso|fazem|tem|da para|voces|quero|preciso|manda|me|meu pedido|cade|ignore|queria|gostaria)\b"
)
_PRICE = re.compile(
    r"\b(?:quanto (?:\w+ ){0,3}?(?:custa|custaria|custam|custo|fica|ficaria|sai|sairia|cobra|cobram|vale|da|seria|esta|pago|gasto|gastaria|e)|"
    r"quanto$|quanto (?:o|a|os|as|um|uma|para|pelo|pela|por|no|na|isso|voces)|preco|precos|preso|valor|valores|custa|custam|custaria|custo|custos|"
    r"cobra|cobram|tabela|caro|barato|investimento|orcamento|quantos reais)\b"
)
_ONLY_QUOTE = re.compile(r"\borcamentos?\b")
_PRICE_STEMS = frozenset(content_words("preço preços valor valores custa custam custaria custo custos cobra cobram cobrado fica ficaria sai sairia "
                                       "tabela caro cara barato barata investimento reais pago pagar gasto gastaria vale real média total final certo preso saindo ficando custando dinheiro"))  # fmt: skip
_CONTINUES = re.compile(r"^(?:e |e (?:o|a|no|na|do|da|para|se)\b|ja |mas e )")
#: Chatter around a question that says nothing about its subject.
_CHATTER = frozenset(content_words(
    """gostei adorei lindo linda legal trabalho vi achei instagram indicou amiga ajuda ajudar duvida pergunta perguntar olhando
    pensando pensar interesse interessada interessado conhecer entender melhor ideia curiosidade urgente rapido querida querido flor senhora
    senhor doutor jovem nome chamo marido esposa filho filha mae feio feia velho velha pequeno pequena grande novo nova casa minha meu
    comprei mudei mudando acabei acho queremos tava pensei sonho faz tempo anos meses primeira vez certinho direitinho possivel saberia
    gente pessoal vcs aqui moro tenho conseguem trabalham servico servicos voces empresa sobre detalhe detalhes site internet vi anuncio existe achar nisso ficou lindo obrigado dona bonita bonito deixar deixa mudar jeito tiver metro metros quadrados inteira inteiro caso repetir repete pagina link mensagem"""
))  # fmt: skip


@dataclass(frozen=True)
class Passage:
    """An article to say, and whether its price is what was asked."""

    article: ArticleValue
    wants_price: bool
    wants_body: bool = True


@dataclass(frozen=True)
class Found:
    """What the articles say about a question. `confidence` is the share of the question that they cover.

    `is_complete` False means that something that was asked stays open, a price for example.
    """

    passages: tuple[Passage, ...] = ()
    confidence: float = 0.0
    is_complete: bool = True


def find(question: str, articles: Sequence[ArticleValue], *, before: str = "") -> Found:
    """Choose the passages that answer a question. `before` is what the customer asked last, for "e a fachada?".

    A long message is tried whole first, then by the parts of it that ask; each of these must be covered.
    """
    index = index_of(tuple(articles))
    whole = _find(question, index, before)
    parts = [part for part in _SEGMENT.split(question) if asks(part)]
    if (whole.passages and whole.is_complete) or not parts or parts == [question]:
        return whole
    found = [_find(part, index, before) for part in parts if content_words(part) or asks_price(part)]
    passages = tuple(dict.fromkeys(passage for one in found for passage in one.passages))
    if not passages:
        return whole
    is_complete = all(one.passages and one.is_complete for one in found)
    return Found(
        passages[:MOST_PASSAGES], min((one.confidence for one in found if one.passages), default=0.0), is_complete
    )


def _find(question: str, index: tuple[Indexed, ...], before: str) -> Found:
    wants_price = asks_price(question) or bool(_CONTINUES.search(" ".join(words(question))) and asks_price(before))
    asked = _subject(question, wants_price)
    if wants_price and _is_general(asked, index):
        earlier = _subject(before, True)
        asked = {
            one_stem: word
            for one_stem, word in earlier.items()
            if any(match(one_stem, word, one) >= 0.8 for one in index)
        }
        if _is_general(asked, index):
            return _price_list(index)
    if not asked:
        return _same_question(question, index)
    found = _cover(asked, index, wants_price=wants_price)
    only_quote = not _PRICE.search(_ONLY_QUOTE.sub(" ", " ".join(words(question))))
    if not found.passages or not wants_price or only_quote or any(one.wants_price for one in found.passages):
        return found
    named = _services_named_in(found.passages, index)
    return Found((*found.passages, *named), found.confidence, is_complete=bool(named))


def _is_general(asked: dict[str, str], index: tuple[Indexed, ...]) -> bool:
    """Tell whether nothing is named but what most articles speak of ("o projeto", "minha casa")."""
    return all(
        one in _CHATTER or sum(1 for entry in index if match(one, word, entry) >= 0.5) * 10 >= len(index) * 6
        for one, word in asked.items()
    )


def _services_named_in(passages: tuple[Passage, ...], index: tuple[Indexed, ...]) -> tuple[Passage, ...]:
    """The prices of the services that these passages speak of by name."""
    said = fold(" ".join(passage.article.body for passage in passages))
    named = [one.article for one in index if one.article.price and fold(one.article.title) in said]
    return tuple(Passage(article, wants_price=True, wants_body=False) for article in named)


def asks(text: str) -> bool:
    """Tell whether a text asks or wants something."""
    return "?" in text or asks_price(text) or bool(_ASKING.search(" ".join(words(text))))


def asks_price(text: str) -> bool:
    return bool(_PRICE.search(" ".join(words(text))))


def _subject(text: str, wants_price: bool) -> dict[str, str]:
    """The stems that a text is about, each with the word it came from."""
    found = {stem(word): word for word in words(text) if content_words(word)}
    return {
        one: word
        for one, word in found.items()
        if not any(letter.isdigit() for letter in one) and not (wants_price and one in _PRICE_STEMS)
    }


def _price_list(index: Iterable[Indexed]) -> Found:
    priced = [Passage(one.article, wants_price=True, wants_body=False) for one in index if one.article.price]
    return Found(tuple(priced), 0.9 if priced else 0.0)


def _same_question(question: str, index: tuple[Indexed, ...]) -> Found:
    said = " ".join(words(question))
    scored = [(fuzz.token_sort_ratio(said, phrase), one) for one in index for phrase in one.phrases]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or score < SAME_QUESTION_FROM:
        return Found()
    return Found((Passage(best.article, wants_price=False),), score / 100)


def _cover(asked: dict[str, str], index: tuple[Indexed, ...], *, wants_price: bool) -> Found:
    """Take article after article while each adds to what is covered of the question."""
    matches = {one.article.id: {stem: match(stem, word, one) for stem, word in asked.items()} for one in index}
    weights = _weights(asked, matches)
    covered = dict.fromkeys(asked, 0.0)
    chosen: list[Indexed] = []
    left = list(index)
    while left and len(chosen) < MOST_ARTICLES:
        gains = {one.article.id: _gain(matches[one.article.id], covered, weights) for one in left}
        ranks = {one.article.id: _rank(one, gains, asked, wants_price=wants_price) for one in left}
        best = max(left, key=lambda one: ranks[one.article.id])
        fresh = max((matches[best.article.id][stem] for stem in asked if covered[stem] < 0.5), default=0.0)
        if gains[best.article.id] < ADD_FROM or (chosen and fresh < 0.8):
            break
        taken = [best]
        if not chosen and wants_price and best.article.price:
            # "quanto custa o decor?" is about every service of that name.
            taken = [one for one in left if one.article.price and ranks[best.article.id] - ranks[one.article.id] < 0.02]
        chosen += taken
        left = [one for one in left if one not in taken]
        covered = {stem: max(matches[one.article.id][stem] for one in chosen) for stem in asked}
    confidence = sum(weights[stem] * covered[stem] for stem in asked) / sum(weights.values())
    if confidence < ANSWER_FROM:
        return Found((), confidence)
    return Found(tuple(_passage(one.article, wants_price) for one in chosen), min(1.0, confidence))


def _passage(article: ArticleValue, wants_price: bool) -> Passage:
    says_price = wants_price and bool(article.price)
    return Passage(article, wants_price=says_price, wants_body=not says_price)


def _gain(matches: dict[str, float], covered: dict[str, float], weights: dict[str, float]) -> float:
    total = sum(weights.values())
    return sum(weights[stem] * max(0.0, matches[stem] - covered[stem]) for stem in weights) / total


def _rank(one: Indexed, gains: dict[str, float], asked: dict[str, str], *, wants_price: bool) -> float:
    likeness = max((_overlap(frozenset(asked), variant) for variant in one.questions), default=0.0)
    return gains[one.article.id] + 0.35 * likeness + (0.15 if wants_price and one.article.price else 0.0)


def _weights(asked: dict[str, str], matches: dict[str, dict[str, float]]) -> dict[str, float]:
    """Rare words weigh more; a word that no article knows weighs as the rarest, chatter hardly anything."""
    found = {}
    for one in asked:
        having = sum(1 for article in matches.values() if article[one] >= 0.5)
        weight = math.log(1 + len(matches) / (having or 0.7))
        found[one] = weight * (0.05 if one in _CHATTER and not having else 0.5 if one in _CHATTER else 1.0)
    return found


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
