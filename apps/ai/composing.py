"""Writes an answer from the articles' and the persona's own sentences, without a model. Pure."""

import re
from collections.abc import Sequence

from apps.ai.retrieval import Found, Passage, asks, find
from apps.ai.smalltalk import SmallTalk, recognise
from apps.ai.values import ArticleValue, PersonaValue
from apps.common.portuguese import words
from apps.contracts.assistant import AssistantAnswer
from apps.contracts.words import Action

#: A longer text that no article covers tells a story: that is for a person, not for another question.
SHORT_WORDS = 8
_SIZE = re.compile(r"(?i)\d+(?:[.,]\d+)?\s?(?:m|metros?)?\s?(?:x|×|por)\s?\d|\d+\s?(?:m2|m²|metros)")


def compose(
    said: Sequence[str], *, before: str, has_file: bool, persona: PersonaValue, articles: Sequence[ArticleValue]
) -> AssistantAnswer:
    """Answer one burst. `said` are its texts, `before` what the customer asked last, `has_file` that a file came too.

    What the articles do not cover is handed to a person, with the part that they do cover.
    """
    text = "\n".join(part for part in said if part.strip())
    if not text:
        return _say(persona.media_reply if has_file else persona.greeting_reply, Action.ANSWER)
    found = find(text, articles, before=before)
    talk = recognise(text)
    if talk is not None and (talk is SmallTalk.IDENTITY or not found.passages):
        return _say(
            _small_talk(SmallTalk.FILE if has_file and talk is SmallTalk.ACKNOWLEDGEMENT else talk, persona),
            Action.ANSWER,
        )
    if not found.passages:
        return _unanswered(text, has_file=has_file, persona=persona, confidence=found.confidence)
    return _stated(found, persona)


def _unanswered(text: str, *, has_file: bool, persona: PersonaValue, confidence: float) -> AssistantAnswer:
    """What to do with a text that no article covers: a question for a person, a description too, a murmur is asked about."""
    if asks(text):
        return AssistantAnswer(
            action=Action.HAND_OFF,
            reply=persona.unknown_reply,
            confidence=confidence,
            reason="Os artigos não cobrem a pergunta.",
        )
    is_description = bool(_SIZE.search(text)) or len(words(text)) > SHORT_WORDS
    if has_file and not is_description:
        return _say(persona.media_reply, Action.ANSWER)
    if is_description or not persona.clarify_reply:
        return AssistantAnswer(
            action=Action.HAND_OFF,
            reply=persona.details_reply or persona.unknown_reply,
            confidence=confidence,
            reason="O cliente descreveu o que quer.",
        )
    return AssistantAnswer(
        action=Action.ASK, reply=persona.clarify_reply, confidence=0.2, reason="Nada foi perguntado."
    )


def _stated(found: Found, persona: PersonaValue) -> AssistantAnswer:
    sources = tuple(passage.article.id for passage in found.passages)
    reply = _text(found.passages)
    if found.is_complete:
        return AssistantAnswer(action=Action.ANSWER, reply=reply, confidence=found.confidence, sources=sources)
    return AssistantAnswer(
        action=Action.HAND_OFF,
        reply=f"{reply}\n\n{persona.unknown_reply}",
        confidence=found.confidence,
        sources=sources,
        reason="Os artigos cobrem só parte da pergunta.",
    )


def _text(passages: Sequence[Passage]) -> str:
    """Explanations are paragraphs; prices asked for together are lines of one list."""
    blocks: list[str] = []
    prices: list[str] = []
    for passage in passages:
        article = passage.article
        if passage.wants_body:
            blocks.append(" ".join(part for part in (article.body, article.price) if part))
        else:
            prices.append(article.price)
    if prices:
        blocks.insert(0 if passages[0].wants_price else len(blocks), "\n".join(prices))
    return "\n\n".join(blocks)


def _small_talk(talk: SmallTalk, persona: PersonaValue) -> str:
    return {
        SmallTalk.GREETING: persona.greeting_reply,
        SmallTalk.THANKS: persona.thanks_reply,
        SmallTalk.FAREWELL: persona.farewell_reply,
        SmallTalk.ACKNOWLEDGEMENT: persona.acknowledgement_reply,
        SmallTalk.IDENTITY: persona.identity_reply,
        SmallTalk.FILE: persona.media_reply,
    }[talk]


def _say(text: str, action: Action) -> AssistantAnswer:
    return AssistantAnswer(action=action, reply=text, confidence=1.0)
