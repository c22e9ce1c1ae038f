"""The dossier: what a person needs to know before the first word, made without a model."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from apps.contracts.conversations import ConversationValue, MessageValue
from apps.contracts.handoff import Dossier, DossierAnswer, DossierFact, TicketValue
from apps.contracts.people import QueueValue
from apps.contracts.words import MEDIA_KINDS, Author
from apps.handoff import wording

SUMMARY_LINES = 3
ANSWERS = 3

#: Intents that do not tell what somebody wants.
SAYS_LITTLE = frozenset({"", "person", "greeting", "thanks", "farewell", "rating", "other"})

#: A text of fewer words is a greeting rather than what the customer came for.
WORDS_OF_A_WISH = 4


def compose(
    conversation: ConversationValue,
    *,
    messages: Sequence[MessageValue],
    ticket: TicketValue | None,
    queue: QueueValue,
    attendant_name: str,
) -> Dossier:
    """Put together what is known. `messages` are the latest of the conversation, oldest first."""
    facts = facts_of(conversation, messages, queue.wanted_facts)
    missing = [fact.name for fact in facts if fact.is_missing]
    return Dossier(
        conversation_id=conversation.id,
        reason=ticket.reason if ticket else None,
        reason_detail=ticket.reason_detail if ticket else "",
        summary=summary_of(conversation, messages),
        intent=intent_of(conversation, messages),
        sentiment=conversation.sentiment,
        facts=facts,
        answers=answers_of(messages),
        suggested_queue=queue.slug,
        suggested_reply=wording.first_reply(
            customer_name=conversation.customer_name, attendant_name=attendant_name, missing=missing
        ),
        transfer_reason=ticket.transfer_reason if ticket else "",
    )


def summary_of(conversation: ConversationValue, messages: Sequence[MessageValue]) -> tuple[str, ...]:
    """At most three lines: the model's summary when there is one, else the first wish, the last answer, the last word."""
    if conversation.summary:
        return tuple(line.strip() for line in conversation.summary.splitlines() if line.strip())[:SUMMARY_LINES]
    said = [message for message in messages if message.author is Author.CUSTOMER and message.content.text.strip()]
    if not said:
        return ()
    wish = next((one for one in said if len(one.content.text.split()) >= WORDS_OF_A_WISH), said[0])
    lines = [wording.summary_line("began", wish.content.text)]
    answered = [one for one in messages if one.author is Author.ASSISTANT and one.content.text]
    if answered:
        lines.append(wording.summary_line("answered", answered[-1].content.text))
    if said[-1] is not wish:
        lines.append(wording.summary_line("last", said[-1].content.text))
    return tuple(lines)


def intent_of(conversation: ConversationValue, messages: Sequence[MessageValue]) -> str:
    """What the customer came for: the latest intent that says more than a greeting or the wish for a person."""
    found = [str(one.analysis.get("intent", "")) for one in messages if one.author is Author.CUSTOMER]
    return next((intent for intent in reversed(found) if intent not in SAYS_LITTLE), conversation.intent)


def facts_of(
    conversation: ConversationValue, messages: Sequence[MessageValue], wanted: Sequence[str]
) -> tuple[DossierFact, ...]:
    """What was collected, and what the queue wants to know and nobody told yet. Files count as photos told."""
    told = {plain(name): (name, value) for name, value in conversation.collected.items() if value}
    files = sum(1 for message in messages if message.author is Author.CUSTOMER and message.content.kind in MEDIA_KINDS)
    facts = []
    for name in wanted:
        known = told.pop(plain(name), (name, ""))[1]
        if not known and files and plain(name) in PHOTOS:
            known = str(files)
        facts.append(DossierFact(name=name, value=known))
    return tuple(facts) + tuple(DossierFact(name=name, value=value) for name, value in told.values())


def answers_of(messages: Sequence[MessageValue]) -> tuple[DossierAnswer, ...]:
    """The assistant's last answers, oldest first."""
    answered = [one for one in messages if one.author is Author.ASSISTANT and one.content.text]
    return tuple(
        DossierAnswer(
            message_id=one.id,
            text=one.content.text,
            sources=tuple(_title(source) for source in one.provenance.get("sources", ())),
        )
        for one in answered[-ANSWERS:]
    )


def plain(name: str) -> str:
    """A name as it is compared: without accents, capitals, and the difference between space and underscore."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("_", " ").replace("-", " "))
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())


def _title(source: Any) -> str:
    """The name of an article, as the assistant noted it: {"id", "title"}, or the id alone."""
    return str(source.get("title") or source.get("id", "")) if isinstance(source, Mapping) else str(source)


PHOTOS = {plain(name) for name in ("foto", "fotos", "imagem", "imagens", "foto ou vídeo", "fotos ou vídeos")}
