"""The assistant's configuration as values, cached by the tenant's configuration version; and what was spent."""

from datetime import UTC, datetime, time
from decimal import Decimal

from django.conf import settings

from apps.ai.documents import ModelCall
from apps.ai.models import Assistant, KnowledgeArticle, LanguageModelSpec, ModelPolicy, PromptVersion
from apps.ai.values import ArticleValue, ModelValue, PersonaValue, PolicyValue
from apps.common import clock
from apps.tenants.cached import configured

_PERSONA_FIELDS = (
    "slug", "name", "persona", "tone", "guardrails", "must_say", "introduction", "person_notice", "greeting_reply",
    "thanks_reply", "farewell_reply", "acknowledgement_reply", "identity_reply", "media_reply", "clarify_reply", "details_reply", "unknown_reply",
    "unavailable_reply", "limit_reply",
)  # fmt: skip


def persona(tenant_id: str, slug: str = "") -> PersonaValue | None:
    """The assistant of this slug, else the tenant's default one; None when the tenant has none switched on."""
    found = _personas(tenant_id)
    return next((one for one in found if one.slug == slug), found[0] if found else None)


@configured(tuple[ArticleValue, ...])
def articles(tenant_id: str) -> tuple[ArticleValue, ...]:
    """Everything that the tenant's assistant may state."""
    return tuple(
        ArticleValue(
            id=str(row.pk),
            title=row.title,
            questions=_lines(row.questions),
            keywords=tuple(part.strip() for part in row.keywords.replace("\n", ",").split(",") if part.strip()),
            body=row.body.strip(),
            price=row.price.strip(),
        )
        for row in KnowledgeArticle.objects.filter(tenant_id=tenant_id, is_active=True)
    )


def policy(tenant_id: str, use: str = "answer") -> PolicyValue:
    """The models to ask for a use, in order: OPENAI_MODEL first, none that is shut down or has no key."""
    found = _policies(tenant_id).get(use, PolicyValue())
    today = clock.now().date()
    # A tenant without a policy still has models: its first one is better than none.
    configured_chain = found.chain or _models(tenant_id)[:1]
    chain = [model for model in configured_chain if model.is_on(today)]
    first = settings.OPENAI_MODEL
    if first and use == "answer":
        known = {model.name: model for model in (*_models(tenant_id), *chain)}
        chain = [known.get(first, ModelValue(name=first)), *(model for model in chain if model.name != first)]
    # Without a key this provider cannot be asked, and nothing is wrong with that.
    usable = [model for model in chain if model.provider != "openai" or settings.OPENAI_API_KEY]
    return found.model_copy(update={"chain": tuple(usable)})


def spent_today_usd(tenant_id: str) -> Decimal:
    """What the tenant's model calls have cost since midnight UTC."""
    midnight = datetime.combine(clock.now().date(), time.min, tzinfo=UTC)
    return ModelCall.spent_since(tenant_id, midnight)


@configured(tuple[PersonaValue, ...])
def _personas(tenant_id: str) -> tuple[PersonaValue, ...]:
    rows = Assistant.objects.filter(tenant_id=tenant_id, is_active=True).order_by("-is_default", "name")
    return tuple(_persona(row) for row in rows)


@configured(tuple[ModelValue, ...])
def _models(tenant_id: str) -> tuple[ModelValue, ...]:
    return tuple(_model(row) for row in LanguageModelSpec.objects.filter(tenant_id=tenant_id, is_active=True))


@configured(dict[str, PolicyValue])
def _policies(tenant_id: str) -> dict[str, PolicyValue]:
    rows = ModelPolicy.objects.filter(tenant_id=tenant_id).select_related("first", "second", "third")
    return {row.use: _policy(row) for row in rows}


def _persona(row: Assistant) -> PersonaValue:
    prompt = PromptVersion.objects.filter(assistant=row, is_published=True).order_by("-number").first()
    return PersonaValue(
        **{name: getattr(row, name) for name in _PERSONA_FIELDS},
        instructions=prompt.instructions if prompt else "",
        prompt_version=prompt.number if prompt else 0,
        allowed_links=_lines(row.allowed_links),
    )


def _policy(row: ModelPolicy) -> PolicyValue:
    chain = [spec for spec in (row.first, row.second, row.third) if spec is not None and spec.is_active]
    return PolicyValue(
        chain=tuple(_model(spec) for spec in chain),
        timeout_seconds=row.timeout_seconds,
        max_output_tokens=row.max_output_tokens,
        max_prompt_tokens=row.max_prompt_tokens,
        temperature=row.temperature,
        daily_budget_usd=row.daily_budget_usd,
    )


def _model(row: LanguageModelSpec) -> ModelValue:
    return ModelValue(
        name=row.name,
        provider=row.provider,
        input_usd=row.input_usd,
        cached_usd=row.cached_usd,
        output_usd=row.output_usd,
        context_tokens=row.context_tokens,
        accepts_temperature=row.accepts_temperature,
        reasoning_effort=row.reasoning_effort,
        shutdown_date=row.shutdown_date,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
