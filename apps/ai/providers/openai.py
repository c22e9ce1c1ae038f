"""Any OpenAI-compatible endpoint, through Chat Completions with a strict JSON schema.

The SDK's own retries are off: who asks again, when and whom, is the chain's decision. Sources: the API's error codes
and structured outputs pages, https://developers.openai.com/api/docs.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import httpx2
import openai
from django.conf import settings

from apps.ai.errors import ModelFailure
from apps.ai.providers.deadline import deadline_transport, total_deadline
from apps.ai.providers.schema import OutsideSchema, answer_schema, parse_answer
from apps.contracts.assistant import AssistantAnswer, ModelAnswer, ModelRequest

LONGEST_SECONDS = 30.0
DEFAULT_URL = "https://api.openai.com/v1"
#: A key, a quota or a model that is gone does not come back by itself, so nobody asks for this long.
CLOSED_SECONDS = 60.0

_NO_MONEY = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "credit_limit_reached",
        "access_terminated",
    }
)
_lock = threading.Lock()
_clients: dict[tuple[str, str], openai.OpenAI] = {}


def shared_client() -> openai.OpenAI:
    """The client of this process, made at the first call: connections must not cross a fork."""
    address = (settings.OPENAI_BASE_URL or DEFAULT_URL, settings.OPENAI_API_KEY)
    with _lock:
        if address not in _clients:
            _clients[address] = openai.OpenAI(
                base_url=address[0],
                api_key=address[1],
                max_retries=0,
                timeout=LONGEST_SECONDS,
                # Compressed answers could not be limited by their size on the wire.
                default_headers={"Accept-Encoding": "identity"},
                http_client=httpx2.Client(transport=deadline_transport()),
            )
        return _clients[address]


class OpenAIModel:
    """`client_factory` gives the client for each call, so that another transport can be put underneath."""

    name = "openai"

    def __init__(self, client_factory: Callable[[], openai.OpenAI] = shared_client) -> None:
        self._client = client_factory

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """Ask once, and once more when the answer is outside the schema and `options["may_repair"]` allows it.

        Raises ModelFailure.
        """
        started = time.monotonic()
        ends_at = started + min(request.timeout_seconds, LONGEST_SECONDS)
        messages = _messages(request)
        tokens = [0, 0, 0]
        completion = self._ask(request, messages, ends_at, tokens)
        repaired = False
        try:
            answer = _read(completion)
        except OutsideSchema as problem:
            if not request.options.get("may_repair", True) or ends_at - time.monotonic() < 1:
                raise _outside(problem, 1, tokens) from problem
            messages = [*messages, *_repair(completion, problem)]
            try:
                completion = self._ask(request, messages, ends_at, tokens)
                answer = _read(completion)
            except OutsideSchema as again:
                raise _outside(again, 2, tokens) from again
            except ModelFailure as failure:
                failure.calls = 2
                raise
            repaired = True
        return ModelAnswer(
            answer=answer,
            model=request.model,
            prompt_tokens=tokens[0],
            cached_tokens=tokens[1],
            completion_tokens=tokens[2],
            latency_ms=round((time.monotonic() - started) * 1000),
            repaired=repaired,
            request_id=str(getattr(completion, "_request_id", "") or ""),
        )

    def _ask(self, request: ModelRequest, messages: list[dict[str, str]], ends_at: float, tokens: list[int]) -> Any:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise ModelFailure("timeout", "the deadline has passed", is_outage=True)
        try:
            with total_deadline(ends_at):
                create = self._client().with_options(timeout=left).chat.completions.create
                completion = create(messages=cast(Any, messages), **_parameters(request))
        except openai.OpenAIError as error:
            raise translate(error) from error
        except (ValueError, RecursionError) as error:
            raise ModelFailure("nonsense", "the answer is not JSON", is_outage=True) from error
        _count(completion, tokens)
        return completion


def translate(error: openai.OpenAIError) -> ModelFailure:
    """The SDK's error in our words, with what is worth doing about it. No text of the request is kept."""
    code = str(getattr(error, "code", "") or "")
    match error:
        case openai.APITimeoutError():
            return ModelFailure("timeout", "no answer within the deadline", is_outage=True)
        case openai.APIConnectionError():
            return ModelFailure("connection", "no connection", retry_after=timedelta(seconds=0.3), is_outage=True)
        case openai.RateLimitError() if code in _NO_MONEY or error.type in _NO_MONEY:
            return ModelFailure("insufficient_quota", "no credit left", closes_seconds=CLOSED_SECONDS)
        case openai.RateLimitError():
            wait = _retry_after(error)
            return ModelFailure(
                "rate_limited", "too many requests", retry_after=wait or timedelta(seconds=1), is_outage=wait is None
            )
        case openai.APIStatusError():
            return _refusal(error, code)
    return ModelFailure("nonsense", type(error).__name__, is_outage=True)


def _refusal(error: openai.APIStatusError, code: str) -> ModelFailure:
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ModelFailure("bad_key", f"refused with {error.status_code}", closes_seconds=CLOSED_SECONDS)
        case openai.NotFoundError():
            return ModelFailure("model_not_found", "the model is gone", closes_seconds=CLOSED_SECONDS)
        case openai.BadRequestError() if code == "context_length_exceeded":
            return ModelFailure("context_length", "the prompt is too long", retry_after=timedelta())
        case openai.BadRequestError() if "content" in code or "policy" in code:
            return ModelFailure("refused", "the content was refused")
    if error.status_code in (408, 409) or error.status_code >= 500:
        wait = _retry_after(error) or timedelta(seconds=0.5)
        return ModelFailure("server_error", f"failed with {error.status_code}", retry_after=wait, is_outage=True)
    return ModelFailure("invalid_request", f"refused with {error.status_code}")


def _parameters(request: ModelRequest) -> dict[str, Any]:
    chosen = {
        "model": request.model,
        "max_completion_tokens": request.max_output_tokens,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "resposta_da_assistente", "strict": True, "schema": answer_schema()},
        },
        "store": False,
        "safety_identifier": request.customer_hash,
        "prompt_cache_key": request.cache_key,
        "temperature": request.options.get("temperature"),
        "reasoning_effort": request.options.get("reasoning_effort"),
    }
    return {name: value for name, value in chosen.items() if value not in (None, "")}


def _messages(request: ModelRequest) -> list[dict[str, str]]:
    """Fixed first, append-only next, volatile last: the provider's cache serves the longest unchanged beginning."""
    messages = [{"role": "system", "content": request.system}]
    messages += [{"role": role, "content": text} for role, text in request.turns]
    if request.volatile:
        messages.append({"role": "system", "content": request.volatile})
    return messages


def _repair(completion: Any, problem: OutsideSchema) -> list[dict[str, str]]:
    said = _content(completion)[:4000] or "(vazio)"
    order = f"A resposta não seguiu o formato: {problem}. Responda de novo, só com o JSON do esquema pedido."
    return [{"role": "assistant", "content": said}, {"role": "user", "content": order}]


def _read(completion: Any) -> AssistantAnswer:
    """The answer inside a completion. Raises OutsideSchema, or ModelFailure when asking again cannot help."""
    choices = getattr(completion, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise OutsideSchema("a resposta veio sem conteúdo")
    message, reason = choices[0].message, choices[0].finish_reason
    if getattr(message, "refusal", None):
        raise ModelFailure("refused", "the model refused")
    if reason == "content_filter":
        raise ModelFailure("content_filter", "the answer was filtered")
    text = _content(completion)
    if not text and reason == "length":
        raise ModelFailure("truncated", "the output limit was spent before the answer")
    return parse_answer(text)


def _content(completion: Any) -> str:
    choices = getattr(completion, "choices", None)
    if not isinstance(choices, list) or not choices:
        return completion if isinstance(completion, str) else ""
    content = getattr(getattr(choices[0], "message", None), "content", None)
    return content if isinstance(content, str) else ""


def _count(completion: Any, tokens: list[int]) -> None:
    usage = getattr(completion, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    found = (
        getattr(usage, "prompt_tokens", 0),
        getattr(details, "cached_tokens", 0),
        getattr(usage, "completion_tokens", 0),
    )
    for index, value in enumerate(found):
        tokens[index] += value if isinstance(value, int) else 0


def _outside(problem: OutsideSchema, calls: int, tokens: list[int]) -> ModelFailure:
    return ModelFailure(
        "outside_schema",
        f"outside the schema: {problem}",
        calls=calls,
        prompt_tokens=tokens[0],
        completion_tokens=tokens[2],
    )


def _retry_after(error: openai.APIStatusError) -> timedelta | None:
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return timedelta(seconds=max(0.0, min(float(headers[name]) * unit, 86_400)))
        except (KeyError, ValueError):
            continue
    return None
