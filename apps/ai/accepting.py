"""Whether a model's answer may be said, and how it is said."""

from apps.ai import metrics, vetting
from apps.ai.masking import has_placeholder
from apps.ai.questions import Call, Question
from apps.ai.values import Outcome
from apps.contracts.assistant import AssistantAnswer, Collected, ModelAnswer

CHECKS = ("schema", "price", "promise", "link", "leak", "placeholder", "length")


def accepted(question: Question, call: Call, found: ModelAnswer) -> Outcome | None:
    """The model's answer as it will be sent, None (and on the record) when a check keeps it back."""
    show = question.prompt.masks.show
    masked = found.answer.model_copy(update={"reply": vetting.whatsapp_text(found.answer.reply)})
    shown = masked.model_copy(update={"reply": vetting.shortened(show(masked.reply))})
    problems = _problems(question, masked, shown)
    if problems:
        call.outcome = f"rejected:{problems[0]}"
        for problem in problems:
            metrics.REJECTED.labels(problem).inc()
        return None
    collected = tuple(Collected(name=one.name, value=show(one.value)) for one in shown.collected)
    sources = vetting.cited(shown, question.articles)
    return Outcome(
        answer=shown.model_copy(update={"sources": sources, "collected": collected}),
        provider=call.model.provider,
        model=call.model.name,
        prompt_tokens=call.prompt_tokens,
        cached_tokens=call.cached_tokens,
        completion_tokens=call.completion_tokens,
        cost_usd=call.cost_usd,
        latency_ms=call.latency_ms,
        repaired=found.repaired,
        request_id=found.request_id,
        checks=CHECKS,
    )


def _problems(question: Question, masked: AssistantAnswer, shown: AssistantAnswer) -> list[str]:
    persona = question.persona
    secrets = (persona.instructions, persona.guardrails, persona.must_say)
    found = vetting.problems(
        masked, articles=question.articles, persona=persona, canary=question.canary, secrets=secrets
    )
    # What the customer wrote may come back to them; a placeholder that stands for nothing may not.
    if has_placeholder(shown.reply):
        found.append("placeholder")
    return [problem.partition(":")[0] for problem in found]
