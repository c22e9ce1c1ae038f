"""Answering a customer: read, ask outside of any transaction, then commit what is said or why a person is called."""

from typing import Any
from zoneinfo import ZoneInfo

from apps.ai import domain, limits, metrics, selectors
from apps.ai.asking import ask_articles, ask_models, with_budget
from apps.ai.documents import ModelCall
from apps.ai.questions import Call, Question, canary_of
from apps.ai.values import Outcome, PersonaValue
from apps.common import clock
from apps.common.mongo import atomic
from apps.contracts.assistant import AssistantAnswer
from apps.contracts.content import text_content
from apps.contracts.conversations import AnswerContext
from apps.contracts.words import Action, Author, HandoffReason, SilenceReason
from apps.conversations import selectors as conversations
from apps.conversations import services as conversation
from apps.events.verdicts import settle_here
from apps.tenants import selectors as tenants

#: Enough for two steps of the prompt's history (see `domain.STEP_TURNS`), however talkative the turns.
HISTORY_LIMIT = 160
#: A model that is less sure than this did not help; several in a row bring a person.
HELPFUL_FROM = 0.35
#: A model that answered what may not be said, or would not answer, is not out of order.
_NOT_DOWN = ("rejected", "refused", "content_filter")


def answer_customer(*, tenant_id: str, conversation_id: str, turn: int) -> None:
    """Answer one turn, hand it over, or write down why not. Safe to repeat: a turn is answered once.

    Does nothing when the turn is no longer the newest or the assistant no longer holds the conversation.
    """
    context = conversations.answer_context(tenant_id, conversation_id, turn, history_limit=HISTORY_LIMIT)
    if context is None:
        return
    persona = selectors.persona(tenant_id, context.assistant)
    if persona is None:
        _hand_off(context, HandoffReason.MODEL_UNAVAILABLE, detail="no assistant is configured")
    elif not _is_stopped(context, persona):
        _answer(context, persona)


def _is_stopped(context: AnswerContext, persona: PersonaValue) -> bool:
    """Whether safety or a limit decides before any model is asked; what was decided is on the record."""
    limit = tenants.reply_limits(context.tenant_id)
    if domain.is_at_risk(context):
        _hand_off(context, HandoffReason.SAFETY)
    elif limit.loop_limit and domain.repeats(context) >= limit.loop_limit:
        conversation.record_silence(
            tenant_id=context.tenant_id,
            conversation_id=context.conversation_id,
            turn=context.turn,
            reason=SilenceReason.LOOP,
        )
        metrics.TURNS.labels("none", "loop").inc()
    elif limit.turns_per_customer_hour and _turns(context) > limit.turns_per_customer_hour:
        _hand_off(context, HandoffReason.BUDGET_SPENT, reply=persona.limit_reply)
    else:
        return False
    return True


def _answer(context: AnswerContext, persona: PersonaValue) -> None:
    question = _question(context, persona)
    outcome, calls = ask_models(question)
    asked = [call for call in calls if call.outcome != "answered"]
    if outcome is None:
        outcome = ask_articles(question).model_copy(update={"failures": tuple(call.outcome for call in asked)})
    _commit(context, persona, outcome, calls)
    _count(context, outcome, calls)


def _question(context: AnswerContext, persona: PersonaValue) -> Question:
    policy = selectors.policy(context.tenant_id)
    if policy.daily_budget_usd and policy.chain:
        policy = with_budget(policy, selectors.spent_today_usd(context.tenant_id))
    articles = selectors.articles(context.tenant_id)
    canary = canary_of(context.tenant_id, persona)
    if not policy.chain:
        return Question(context, persona, articles, policy, domain.local_prompt(context), canary)
    tenant = tenants.tenant(context.tenant_id)
    prompt = domain.build_prompt(
        context,
        persona,
        articles,
        canary=canary,
        local_now=clock.now().astimezone(ZoneInfo(tenant.timezone if tenant else "UTC")),
        max_tokens=policy.max_prompt_tokens,
    )
    return Question(context, persona, articles, policy, prompt, canary)


@atomic
def _commit(context: AnswerContext, persona: PersonaValue, outcome: Outcome, calls: list[Call]) -> None:
    """What is said and what it cost, in one transaction. A turn that somebody else took meanwhile only costs."""
    answer = outcome.answer
    collected = domain.collected_fields([(one.name, one.value) for one in answer.collected])
    if answer.action is Action.HAND_OFF:
        reason, text = _why_handed(outcome, persona)
        _hand_off(
            context,
            reason,
            detail=answer.reason[:300],
            reply=_spoken(text, context, persona, Action.HAND_OFF),
            provenance=_provenance(outcome, context, persona),
            collected=collected,
        )
    else:
        said = conversation.add_reply(
            tenant_id=context.tenant_id,
            conversation_id=context.conversation_id,
            author=Author.ASSISTANT,
            content=text_content(_spoken(answer.reply, context, persona, answer.action)),
            turn=context.turn,
            attendant_name=persona.name,
            provenance=_provenance(outcome, context, persona),
            collected=collected,
            is_failed=answer.confidence < HELPFUL_FROM,
        )
        if said and answer.action is Action.RESOLVE:
            conversation.close_conversation(
                tenant_id=context.tenant_id,
                conversation_id=context.conversation_id,
                outcome="resolved_by_assistant",
                by=persona.name,
            )
    for call in calls:
        if call.outcome != "breaker_open":
            _record(context, persona, call)
    settle_here()


def _why_handed(outcome: Outcome, persona: PersonaValue) -> tuple[HandoffReason, str]:
    """A person is needed because the assistant does not know, or because its model is down: the customer hears which."""
    is_down = any(not failure.startswith(_NOT_DOWN) for failure in outcome.failures)
    if is_down and not outcome.answer.sources:
        return HandoffReason.MODEL_UNAVAILABLE, persona.unavailable_reply
    return HandoffReason.ASSISTANT_DECIDED, outcome.answer.reply or persona.unknown_reply


def _spoken(text: str, context: AnswerContext, persona: PersonaValue, action: Action) -> str:
    return domain.introduced(text, persona, action=action) if context.is_first_answer else text


def _hand_off(
    context: AnswerContext,
    reason: HandoffReason,
    *,
    detail: str = "",
    reply: str = "",
    **given: Any,
) -> None:
    conversation.request_handoff(
        tenant_id=context.tenant_id,
        conversation_id=context.conversation_id,
        reason=reason,
        detail=detail,
        turn=context.turn,
        reply=text_content(reply) if reply else None,
        **given,
    )


def _provenance(outcome: Outcome, context: AnswerContext, persona: PersonaValue) -> dict[str, object]:
    """What an attendant may open beside the answer: who wrote it, from what, for how much, and what was checked."""
    titles = {article.id: article.title for article in selectors.articles(context.tenant_id)}
    answer: AssistantAnswer = outcome.answer
    return {
        "provider": outcome.provider,
        "model": outcome.model,
        "assistant": persona.name,
        "prompt_version": persona.prompt_version,
        "action": answer.action.value,
        "confidence": answer.confidence,
        "reason": answer.reason,
        "sources": [{"id": one, "title": titles.get(one, "")} for one in answer.sources],
        "prompt_tokens": outcome.prompt_tokens,
        "cached_tokens": outcome.cached_tokens,
        "completion_tokens": outcome.completion_tokens,
        "cost_usd": str(outcome.cost_usd),
        "latency_ms": outcome.latency_ms,
        "repaired": outcome.repaired,
        "request_id": outcome.request_id,
        "checks": list(outcome.checks),
        "failures": list(outcome.failures),
    }


def _record(context: AnswerContext, persona: PersonaValue, call: Call) -> None:
    ModelCall(
        tenant_id=context.tenant_id,
        conversation_id=context.conversation_id,
        turn=context.turn,
        provider=call.model.provider,
        model=call.model.name,
        prompt_version=f"{persona.slug}:v{persona.prompt_version}",
        prompt_tokens=call.prompt_tokens,
        cached_tokens=call.cached_tokens,
        completion_tokens=call.completion_tokens,
        cost_usd=call.cost_usd,
        latency_ms=call.latency_ms,
        outcome=call.outcome,
        repaired=bool(call.answer and call.answer.repaired),
        request_id=call.answer.request_id if call.answer else "",
    ).save(force_insert=True, validate=False)


def _count(context: AnswerContext, outcome: Outcome, calls: list[Call]) -> None:
    metrics.TURNS.labels(outcome.provider, outcome.answer.action.value).inc()
    for call in calls:
        model = call.model
        metrics.MODEL_CALLS.labels(model.provider, model.name, call.outcome).inc()
        if call.outcome == "breaker_open":
            continue
        metrics.MODEL_SECONDS.labels(model.name).observe(call.latency_ms / 1000)
        for kind in ("prompt", "cached", "completion"):
            metrics.MODEL_TOKENS.labels(model.name, kind).inc(getattr(call, f"{kind}_tokens"))
        metrics.MODEL_COST_USD.labels(context.tenant_id, model.name).inc(float(call.cost_usd))


def _turns(context: AnswerContext) -> int:
    return limits.turns_this_hour(
        context.tenant_id, context.customer.id, turn=f"{context.conversation_id}:{context.turn}"
    )
