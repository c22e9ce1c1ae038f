"""One turn's question with everything it needs, and the calls that it causes."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.crypto import salted_hmac

from apps.ai import domain
from apps.ai.values import ArticleValue, ModelValue, PersonaValue, PolicyValue
from apps.contracts.assistant import ModelAnswer
from apps.contracts.conversations import AnswerContext

TOTAL_SECONDS = 28.0


@dataclass
class Call:
    """One model call as it will be recorded. `outcome` is "answered" or what went wrong."""

    model: ModelValue
    outcome: str
    answer: ModelAnswer | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    latency_ms: int = 0

    @property
    def cost_usd(self) -> Decimal:
        return self.model.cost_usd(
            prompt_tokens=self.prompt_tokens, cached_tokens=self.cached_tokens, completion_tokens=self.completion_tokens
        )


@dataclass
class Question:
    """Everything that answering one turn needs, read beforehand."""

    context: AnswerContext
    persona: PersonaValue
    articles: Sequence[ArticleValue]
    policy: PolicyValue
    prompt: domain.Prompt
    canary: str
    ends_at: float = field(default_factory=lambda: time.monotonic() + TOTAL_SECONDS)


def canary_of(tenant_id: str, persona: PersonaValue) -> str:
    """A mark inside the instructions that nobody could write by chance; stable, so that the prompt's prefix is too."""
    return "ref-" + salted_hmac("ai.canary", f"{tenant_id}:{persona.slug}:{persona.prompt_version}").hexdigest()[:12]
