"""The configuration of the assistant as values, and what one answer is made from."""

from datetime import date
from decimal import Decimal

from apps.contracts.assistant import AssistantAnswer
from apps.contracts.base import Value


class ArticleValue(Value):
    """One thing the business knows. `price` is a whole sentence, "" outside the catalogue."""

    id: str
    title: str
    questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    body: str
    price: str = ""

    @property
    def text(self) -> str:
        """All that the article states, as a model reads it."""
        return f"{self.body}\n{self.price}".strip()


class PersonaValue(Value):
    """The assistant that speaks. `prompt_version` is 0 while no instructions are published."""

    slug: str
    name: str
    persona: str
    tone: str = ""
    guardrails: str = ""
    must_say: str = ""
    instructions: str = ""
    prompt_version: int = 0
    allowed_links: tuple[str, ...] = ()
    introduction: str
    person_notice: str
    greeting_reply: str
    thanks_reply: str
    farewell_reply: str
    acknowledgement_reply: str
    identity_reply: str
    media_reply: str
    clarify_reply: str = ""
    details_reply: str = ""
    unknown_reply: str
    unavailable_reply: str
    limit_reply: str


class ModelValue(Value):
    """A model and its prices in US dollars per million tokens."""

    name: str
    provider: str = "openai"
    input_usd: Decimal = Decimal(0)
    cached_usd: Decimal = Decimal(0)
    output_usd: Decimal = Decimal(0)
    context_tokens: int = 128_000
    accepts_temperature: bool = False
    reasoning_effort: str = ""
    shutdown_date: date | None = None

    def is_on(self, today: date) -> bool:
        return self.shutdown_date is None or today < self.shutdown_date

    def cost_usd(self, *, prompt_tokens: int, cached_tokens: int, completion_tokens: int) -> Decimal:
        """`prompt_tokens` includes the cached ones, as the API counts."""
        fresh = max(0, prompt_tokens - cached_tokens)
        total = fresh * self.input_usd + cached_tokens * self.cached_usd + completion_tokens * self.output_usd
        return total / 1_000_000


class PolicyValue(Value):
    """The chain of models for a use and its limits."""

    chain: tuple[ModelValue, ...] = ()
    timeout_seconds: float = 18.0
    max_output_tokens: int = 1200
    max_prompt_tokens: int = 16_000
    temperature: float = 0.4
    daily_budget_usd: Decimal = Decimal(0)


class Outcome(Value):
    """What the assistant will say and do, and what stands behind it. `checks` name what was verified or changed."""

    answer: AssistantAnswer
    provider: str
    model: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    latency_ms: int = 0
    repaired: bool = False
    request_id: str = ""
    checks: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
