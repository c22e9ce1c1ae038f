"""The provider against a real HTTP server: what is asked, what is understood, and that nothing takes longer than allowed."""

import json
import time

import pytest

from apps.ai.errors import ModelFailure
from apps.ai.providers.openai import OpenAIModel
from apps.ai.providers.schema import answer_schema
from apps.contracts.assistant import ModelRequest
from tests.ai.server import ModelServer, Reply, answer, fails, says


def request(**changes: object) -> ModelRequest:
    given: dict[str, object] = {
        "tenant_id": "default",
        "model": "gpt-6-luna",
        "system": "Você é a Urba.",
        "turns": (("user", "Oi"),),
        "volatile": "Agora são 10:00.",
        "timeout_seconds": 3.0,
        "customer_hash": "abc",
        "cache_key": "default:v1",
    }
    return ModelRequest.model_validate({**given, **changes})


def test_the_question_is_asked_as_a_strict_schema_with_a_limit_and_nothing_stored(model: ModelServer) -> None:
    OpenAIModel().answer(request(max_output_tokens=321, options={"reasoning_effort": "low"}))

    [asked] = model.requests
    assert asked["store"] is False
    assert asked["max_completion_tokens"] == 321
    assert asked["safety_identifier"] == "abc"
    assert asked["reasoning_effort"] == "low"
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert [one["role"] for one in asked["messages"]] == ["system", "user", "system"]
    assert "temperature" not in asked
    assert model.headers[0]["authorization"] == "Bearer sk-test"


def test_the_schema_obeys_the_strict_subset() -> None:
    def check(node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert sorted(node["required"]) == sorted(node["properties"])
            assert not {"default", "minimum", "maximum"} & set(node)
            for value in node.values():
                check(value)
        if isinstance(node, list):
            for value in node:
                check(value)

    check(answer_schema())

    assert set(answer_schema()["properties"]) == {"action", "reply", "confidence", "sources", "reason", "collected"}


def test_an_answer_comes_with_its_tokens(model: ModelServer) -> None:
    model.replies = [says(answer("Oi, Carla!", sources=["1"]), finish="stop")]

    found = OpenAIModel().answer(request())

    assert (found.answer.reply, found.answer.sources) == ("Oi, Carla!", ("1",))
    assert (found.prompt_tokens, found.cached_tokens, found.completion_tokens) == (1200, 1024, 40)


FAULTS = [
    (fails(429, "rate_limit_exceeded", headers={"retry-after": "1"}), "rate_limited", 1.0, False, 0),
    (fails(429, "rate_limit_exceeded", headers={"retry-after-ms": "50"}), "rate_limited", 0.05, False, 0),
    (fails(429, "rate_limit_exceeded"), "rate_limited", 1.0, True, 0),
    (fails(429, "insufficient_quota"), "insufficient_quota", None, False, 60),
    (fails(401, "invalid_api_key"), "bad_key", None, False, 60),
    (fails(403), "bad_key", None, False, 60),
    (fails(404, "model_not_found"), "model_not_found", None, False, 60),
    (fails(400, "context_length_exceeded"), "context_length", 0.0, False, 0),
    (fails(400, "unsupported_parameter"), "invalid_request", None, False, 0),
    (fails(422), "invalid_request", None, False, 0),
    (fails(500), "server_error", 0.5, True, 0),
    (fails(503, "slow_down"), "server_error", 0.5, True, 0),
    (Reply(b"<html>bad gateway</html>", status=502, content_type="text/html"), "server_error", 0.5, True, 0),
    (Reply(b'{"choices": [', content_type="application/json"), "nonsense", None, True, 0),
    (Reply(b"[" * 100_000, content_type="application/json"), "nonsense", None, True, 0),
    (says(answer(), finish="content_filter"), "content_filter", None, False, 0),
    (says(None, refusal="I cannot"), "refused", None, False, 0),
    (says("", finish="length"), "truncated", None, False, 0),
    (Reply({"choices": [{}]}, cut=True), "connection", 0.3, True, 0),
]


@pytest.mark.parametrize(("reply", "code", "retry", "is_outage", "closes"), FAULTS)
def test_a_failure_says_what_is_worth_doing(
    model: ModelServer, reply: Reply, code: str, retry: float | None, is_outage: bool, closes: float
) -> None:
    model.replies = [reply]

    with pytest.raises(ModelFailure) as failure:
        OpenAIModel().answer(request())

    found = failure.value
    assert (found.code, found.is_outage, found.closes_seconds) == (code, is_outage, closes)
    assert (found.retry_after.total_seconds() if found.retry_after is not None else None) == retry
    assert len(model.requests) == 1


NONSENSE = [
    Reply(b"hello", content_type="text/plain"),
    Reply({"hello": "world"}),
    Reply({"choices": []}),
    Reply({"choices": "many"}),
    Reply([1, 2, 3]),
    Reply(None),
    says("not json"),
    says(json.dumps({"action": "dance", "reply": "x", "confidence": 1})),
    says(answer("")),
    says(answer(confidence=7)),
    says(answer(extra=1)),
    says(None),
]


@pytest.mark.parametrize("reply", NONSENSE)
def test_an_answer_outside_the_schema_is_repaired_once(model: ModelServer, reply: Reply) -> None:
    model.replies = [reply, says(answer("Agora sim"))]

    found = OpenAIModel().answer(request())

    assert found.answer.reply == "Agora sim"
    assert found.repaired
    assert len(model.requests) == 2
    assert model.requests[1]["messages"][-1]["role"] == "user"


@pytest.mark.parametrize("reply", NONSENSE)
def test_an_answer_outside_the_schema_twice_is_a_failure(model: ModelServer, reply: Reply) -> None:
    model.replies = [reply]

    with pytest.raises(ModelFailure) as failure:
        OpenAIModel().answer(request())

    assert failure.value.code in ("outside_schema", "nonsense")
    assert len(model.requests) <= 2


def test_a_json_inside_a_code_fence_is_read(model: ModelServer) -> None:
    model.replies = [says(f"```json\n{answer('Oi')}\n```")]

    assert OpenAIModel().answer(request()).answer.reply == "Oi"


@pytest.mark.parametrize(
    "reply",
    [
        Reply({}, delay=20),
        Reply(b" " * 500 + b"{}", drip=0.2),
        Reply({}, status=500, delay=20),
    ],
    ids=["hangs", "drips", "fails late"],
)
def test_the_deadline_is_total(model: ModelServer, reply: Reply) -> None:
    model.replies = [reply]
    started = time.monotonic()

    with pytest.raises(ModelFailure) as failure:
        OpenAIModel().answer(request(timeout_seconds=1.0))

    assert failure.value.code == "timeout"
    assert time.monotonic() - started < 2.5


def test_far_too_much_is_cut_off(model: ModelServer) -> None:
    model.replies = [Reply(b'"' + b"x" * 5_000_000 + b'"')]

    with pytest.raises(ModelFailure) as failure:
        OpenAIModel().answer(request(timeout_seconds=5.0))

    assert failure.value.is_outage


def test_nobody_listening_is_a_failure(settings: "pytest.FixtureRequest") -> None:
    settings.OPENAI_API_KEY = "sk-test"  # type: ignore[attr-defined]
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"  # type: ignore[attr-defined]

    with pytest.raises(ModelFailure) as failure:
        OpenAIModel().answer(request())

    assert failure.value.code == "connection"
