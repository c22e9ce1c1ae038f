"""Asks the chain of models, within one deadline and at most two calls, then the articles. Everything outside MongoDB.

first model → the same again after its own wait, or the next one → articles → a person
"""

import random
import time
from datetime import timedelta
from decimal import Decimal

from django.utils.crypto import salted_hmac

from apps.ai.accepting import accepted
from apps.ai.errors import ModelFailure
from apps.ai.questions import Call, Question
from apps.ai.values import ModelValue, Outcome, PolicyValue
from apps.common.breaker import Breaker
from apps.common.redis import key
from apps.contracts.assistant import LanguageModel, ModelRequest
from apps.contracts.errors import ModelError
from apps.contracts.plugins import PluginKind
from apps.plugins import registry

MOST_CALLS = 2
#: Less time than this is not worth a call.
SHORTEST_SECONDS = 2.0
KNOWLEDGE = "knowledge"


def ask_models(question: Question) -> tuple[Outcome | None, list[Call]]:
    """The first acceptable answer of the chain, None when no model gave one; and every call that was made."""
    calls: list[Call] = []
    made = 0
    chain = list(question.policy.chain)
    position = 0
    while position < len(chain) and made < MOST_CALLS:
        left = question.ends_at - time.monotonic()
        if left < SHORTEST_SECONDS:
            break
        model = chain[position]
        breaker = breaker_of(model)
        if breaker.wait_seconds() > 0:
            calls.append(Call(model, "breaker_open"))
            position += 1
            continue
        call, failure = _call(
            question, model, min(left, question.policy.timeout_seconds), may_repair=made + 1 < MOST_CALLS
        )
        calls.append(call)
        made += failure.calls if failure else 2 if call.answer and call.answer.repaired else 1
        _tell(breaker, failure)
        if failure is None and call.answer is not None:
            return accepted(question, call, call.answer), calls
        if failure is None or failure.code in ("refused", "content_filter", "outside_schema"):
            break
        position = _next(position, chain, failure, question.ends_at, made)
    return None, calls


def ask_articles(question: Question) -> Outcome:
    """What the articles answer. Never fails: without a persona nobody would have asked."""
    request = ModelRequest(
        tenant_id=question.context.tenant_id,
        model=KNOWLEDGE,
        system="",
        # Nothing leaves the house, so the customer's own words are used.
        turns=tuple((role, question.prompt.masks.show(text)) for role, text in question.prompt.turns),
        options={"assistant": question.persona.slug},
    )
    found = _provider(KNOWLEDGE).answer(request)
    return Outcome(answer=found.answer, provider=KNOWLEDGE, model=KNOWLEDGE, latency_ms=found.latency_ms)


def breaker_of(model: ModelValue) -> Breaker:
    """Keys and quotas are the server's, so all tenants share what is known about a model."""
    name = key("breaker", "*", "model", model.provider, model.name)
    # A hanging model fails slowly, so its failures are counted over a longer time; a probe may take a whole answer.
    return Breaker(name, failures=4, window_seconds=120, open_seconds=20, probe_seconds=30)


def _call(
    question: Question, model: ModelValue, seconds: float, *, may_repair: bool
) -> tuple[Call, ModelFailure | None]:
    started = time.monotonic()
    try:
        found = _provider(model.provider).answer(_request(question, model, seconds, may_repair=may_repair))
    except ModelFailure as error:
        failure = error
    except ModelError as error:
        failure = ModelFailure(error.code, str(error), retry_after=error.retry_after, is_outage=True)
    except registry.UnknownPlugin as error:
        failure = ModelFailure("no_provider", str(error), calls=0)
    else:
        call = Call(
            model,
            "answered",
            found,
            found.prompt_tokens,
            found.cached_tokens,
            found.completion_tokens,
            found.latency_ms,
        )
        return call, None
    elapsed = round((time.monotonic() - started) * 1000)
    return Call(model, failure.code, None, failure.prompt_tokens, 0, failure.completion_tokens, elapsed), failure


def _request(question: Question, model: ModelValue, seconds: float, *, may_repair: bool) -> ModelRequest:
    context, policy = question.context, question.policy
    options: dict[str, object] = {"may_repair": may_repair, "reasoning_effort": model.reasoning_effort}
    if model.accepts_temperature:
        options["temperature"] = policy.temperature
    return ModelRequest(
        tenant_id=context.tenant_id,
        model=model.name,
        system=question.prompt.system,
        turns=question.prompt.turns,
        volatile=question.prompt.volatile,
        max_output_tokens=policy.max_output_tokens,
        timeout_seconds=seconds,
        options=options,
        customer_hash=salted_hmac(
            "ai.customer", f"{context.tenant_id}:{context.customer.id}", algorithm="sha256"
        ).hexdigest(),
        cache_key=f"{context.tenant_id}:{question.persona.slug}:v{question.persona.prompt_version}",
    )


def _next(position: int, chain: list[ModelValue], failure: ModelFailure, ends_at: float, made: int) -> int:
    """Whom to ask now: another model if there is one, else the same one after its own wait, if that fits."""
    if made >= MOST_CALLS:
        return len(chain)
    wait = failure.retry_after
    fits = wait is not None and time.monotonic() + wait.total_seconds() + SHORTEST_SECONDS < ends_at
    if failure.code == "rate_limited" and fits and wait is not None and not failure.is_outage:
        _pause(wait)
        return position
    if position + 1 < len(chain):
        return position + 1
    if fits and wait is not None:
        _pause(wait)
        return position
    return len(chain)


def _pause(wait: timedelta) -> None:
    """Wait as told, and a little longer, so that not everybody returns at once."""
    time.sleep(wait.total_seconds() + random.uniform(0, min(0.5, 0.1 + wait.total_seconds() / 4)))  # noqa: S311


def _tell(breaker: Breaker, failure: ModelFailure | None) -> None:
    if failure is None or failure.code in ("outside_schema", "refused", "content_filter", "truncated"):
        breaker.record_success()
    elif failure.closes_seconds:
        breaker.open_now(seconds=failure.closes_seconds)
    elif failure.is_outage:
        breaker.record_failure()


def _provider(name: str) -> LanguageModel:
    """Raises UnknownPlugin."""
    found: LanguageModel = registry.get(PluginKind.LANGUAGE_MODEL, name)
    return found


def with_budget(policy: PolicyValue, spent_usd: Decimal) -> PolicyValue:
    """Near the end of the day's budget only the last model of the chain answers; beyond it, none."""
    if not policy.daily_budget_usd:
        return policy
    if spent_usd >= policy.daily_budget_usd:
        return policy.model_copy(update={"chain": ()})
    if spent_usd >= policy.daily_budget_usd * Decimal("0.8"):
        return policy.model_copy(update={"chain": policy.chain[-1:]})
    return policy
