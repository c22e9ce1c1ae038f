"""Processing a message: analyse, filter, enrich, route. Runs inside the intake's transaction, so it calls nothing outside."""

from datetime import datetime
from zoneinfo import ZoneInfo

from apps.common import clock
from apps.common.mongo import atomic
from apps.contracts.events import MessageProcessed
from apps.contracts.messages import Analysis, InboundMessage
from apps.contracts.words import MEDIA_KINDS, MessageKind
from apps.events.services import publish
from apps.plugins import selectors as plugins
from apps.processor import domain, metrics, reading, selectors
from apps.processor.person import asks_for_person
from apps.tenants import selectors as tenants

#: What a customer wants stands in so many letters; a longer text would only be slow to read.
LONGEST_READ = 1500
SPOKEN_KINDS = frozenset({MessageKind.TEXT, MessageKind.BUTTON_REPLY, MessageKind.LIST_REPLY})


@atomic
def process_message(message: InboundMessage) -> Analysis:
    """Say what a message is about and what the tenant's rules want done with it, and publish that.

    Raises AlreadyExists, through the outermost transaction, when this message was processed before.
    """
    with metrics.ANALYSIS_SECONDS.time():
        analysis = analyse(message)
    publish(
        MessageProcessed(tenant_id=message.tenant_id, message=message, analysis=analysis),
        key=f"pr:{message.account}:{message.external_id}",
    )
    return analysis


def analyse(message: InboundMessage) -> Analysis:
    """Everything that `process_message` finds, without publishing: also for trying rules out."""
    rated = domain.rating(message)
    if rated is not None:
        return Analysis(rating=rated[0], rated_conversation_id=rated[1], intent="rating")
    analysis = _with_person_wish(_read(message), message)
    score = domain.spam_score(message, selectors.spam_rules(message.tenant_id))
    if score >= domain.SPAM_FROM:
        metrics.SPAM.labels(message.tenant_id).inc()
        return analysis.model_copy(update={"spam_score": score, "is_spam": True})
    analysis = analysis.model_copy(update={"spam_score": score, "extra": _enriched(message)})
    return domain.apply_rules(
        analysis, message, selectors.routing_rules(message.tenant_id), local_now=_local_now(message.tenant_id)
    )


def _read(message: InboundMessage) -> Analysis:
    text = message.content.text[:LONGEST_READ]
    # A caption or a place is never meant as a word to us; a template's own button is.
    consent = domain.consent(text) if message.content.kind in SPOKEN_KINDS else ""
    return Analysis(
        language=reading.language(text),
        intent=consent or reading.intent(text),
        sentiment=reading.sentiment(text) if text else "",
        urgency=reading.urgency(text),
        entities=reading.entities(text),
        looks_complete=message.content.kind not in MEDIA_KINDS and reading.looks_complete(text),
    )


def _with_person_wish(analysis: Analysis, message: InboundMessage) -> Analysis:
    """A person is asked for in the customer's own words, or in a phrase that the tenant configured."""
    text = message.content.text
    found: dict[str, object] = {"wants_person": True, "intent": "person"} if asks_for_person(text) else {}
    for rule in tenants.handoff_rules(message.tenant_id):
        if domain.contains_any(text, rule.phrases):
            found |= {"handoff_rule": rule.name, "queue": rule.queue}
            break
    return analysis.model_copy(update=found)


def _enriched(message: InboundMessage) -> dict[str, str]:
    """What the enrichers that this tenant switched on add, each timed by its name."""
    found: dict[str, str] = {}
    for enricher, settings in plugins.enabled_enrichers(message.tenant_id):
        with metrics.ENRICHER_SECONDS.labels(enricher.name).time():
            found |= enricher.enrich(message, settings)
    return found


def _local_now(tenant_id: str) -> datetime:
    tenant = tenants.tenant(tenant_id)
    return clock.now().astimezone(ZoneInfo(tenant.timezone if tenant else "UTC"))
