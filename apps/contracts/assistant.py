"""The assistant's answer and the protocols behind which language models and transcribers stand."""

from decimal import Decimal
from typing import Any, Protocol

from pydantic import Field

from apps.contracts.base import Value
from apps.contracts.words import Action


class Collected(Value):
    """One fact that the customer gave, by name ("comodo", "largura", "cidade")."""

    name: str
    value: str


class AssistantAnswer(Value):
    """The one schema of the assistant: an action, the text for the customer, and why.

    `confidence` is 0–1; `sources` are knowledge article ids; `collected` what the customer told about the project.
    """

    action: Action
    reply: str
    confidence: float = Field(ge=0, le=1)
    sources: tuple[str, ...] = ()
    reason: str = ""
    collected: tuple[Collected, ...] = ()


class ModelRequest(Value):
    """One question to a language model: fixed `system` prefix first, then append-only `turns`, volatile facts last.

    `turns` are (role, text) with roles "user" and "assistant". `timeout_seconds` is the total deadline.
    """

    tenant_id: str
    model: str
    system: str
    turns: tuple[tuple[str, str], ...]
    volatile: str = ""
    max_output_tokens: int = 600
    timeout_seconds: float = 20.0
    options: dict[str, Any] = Field(default_factory=dict)
    customer_hash: str = ""
    cache_key: str = ""


class ModelAnswer(Value):
    """What came back, with what it cost. `cost_usd` is computed from the configured prices."""

    answer: AssistantAnswer
    model: str
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    latency_ms: int = 0
    repaired: bool = False
    request_id: str = ""


class LanguageModel(Protocol):
    """Turns a request into an answer, or raises `ModelError`."""

    name: str

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """Ask once. Raises ModelError with `retry_after` when the same model is worth asking again."""
        ...


class Transcriber(Protocol):
    name: str

    def transcribe(self, *, tenant_id: str, audio: bytes, mime_type: str) -> str:
        """Write down what is said in an audio file, in its own language. Raises ModelError."""
        ...
