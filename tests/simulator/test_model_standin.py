"""The stand-in for OpenAI says only what it was told, in the shape it was asked for, or fails as ordered."""

import json
from typing import Any

import httpx
import pytest
from jsonschema import validate

from apps.simulator.model.answers import Mode
from apps.simulator.standin import ModelStandIn

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["action", "reply", "confidence", "sources", "reason", "collected"],
    "properties": {
        "action": {"enum": ["ask", "answer", "hand_off", "resolve"], "type": "string"},
        "reply": {"type": "string"},
        "confidence": {"type": "number"},
        "sources": {"type": "array", "items": {"type": "string"}},
        "reason": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        "collected": {"type": "array", "items": {"$ref": "#/$defs/Collected"}},
    },
    "$defs": {"Collected": {"type": "object", "properties": {"name": {"type": "string"}}}},
}


def ask(model: ModelStandIn, system: str, question: str) -> httpx.Response:
    body = {
        "model": "m",
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": question}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": SCHEMA}},
    }
    headers = {"Authorization": "Bearer key"}
    return httpx.post(f"{model.base_url}/chat/completions", json=body, headers=headers, timeout=3)


def said(answer: httpx.Response) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(answer.json()["choices"][0]["message"]["content"])
    return value


def test_the_answer_is_the_passage_that_matches_in_the_asked_shape() -> None:
    system = "Persona.\n\n[telhado] O telhado custa 12 moedas.\n\n[piso] O piso custa 34 moedas."
    with ModelStandIn() as model:
        value = said(ask(model, system, "Quanto custa o PISO?"))

    validate(value, SCHEMA)
    assert value["action"] == "answer"
    assert "34 moedas" in value["reply"]
    assert value["sources"] == ["piso"]


def test_without_a_matching_passage_it_gives_up() -> None:
    with ModelStandIn() as model:
        value = said(ask(model, "Nada.", "Quanto custa o piso?"))

    validate(value, SCHEMA)
    assert value["action"] == "hand_off"
    assert value["confidence"] < 0.5


@pytest.mark.parametrize(
    ("mode", "status"), [(Mode.RATE_LIMIT, 429), (Mode.QUOTA, 429), (Mode.ERROR, 500), (Mode.OVERLOADED, 503)]
)
def test_a_refusal_on_order_lasts_as_many_calls_as_ordered(mode: Mode, status: int) -> None:
    with ModelStandIn() as model:
        model.play(mode, times=1)
        refused, answered = ask(model, "x", "x"), ask(model, "x", "x")

    assert (refused.status_code, answered.status_code) == (status, 200)
    assert ("retry-after" in refused.headers) == (mode is Mode.RATE_LIMIT)


def test_each_bad_answer_is_bad_in_its_own_way() -> None:
    with ModelStandIn() as model:
        texts = {}
        for mode in (Mode.NONSENSE, Mode.EMPTY, Mode.WRONG_SCHEMA, Mode.TOO_LONG, Mode.REFUSAL):
            model.play(mode, times=1)
            texts[mode] = ask(model, "[a] palavra", "palavra").json()["choices"][0]["message"]
        model.play(Mode.CUT, times=1)
        with pytest.raises(httpx.RemoteProtocolError):
            ask(model, "x", "x")

    with pytest.raises(json.JSONDecodeError):
        json.loads(texts[Mode.NONSENSE]["content"])
    assert texts[Mode.EMPTY]["content"] is None
    assert texts[Mode.REFUSAL]["refusal"]
    assert "reply" not in json.loads(texts[Mode.WRONG_SCHEMA]["content"])
    assert len(json.loads(texts[Mode.TOO_LONG]["content"])["reply"]) > 4096
