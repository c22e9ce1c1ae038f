"""No JSON that anybody signs makes the parser raise."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateway.payloads import NAMES, body_of, parse, payload_of

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(anything)
@settings(max_examples=100, deadline=None)
def test_any_json_is_read_without_an_exception(value: Any) -> None:
    parse(json.dumps(value).encode("utf-8", "surrogatepass"))


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=300, deadline=None)
def test_a_sample_with_any_part_replaced_is_read_without_an_exception(name: str, data: st.DataObject) -> None:
    payload = payload_of(name)
    places = list(_places(payload))
    container, key = data.draw(st.sampled_from(places))
    container[key] = data.draw(anything)

    parsed = parse(json.dumps(payload).encode("utf-8", "surrogatepass"))

    # What comes out can be stored: it survives UTF-8 and JSON.
    for value in (*parsed.messages, *parsed.statuses, *parsed.echoes, *parsed.news):
        value.model_dump_json().encode()


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_bytes_that_are_no_json_are_a_problem(body: bytes) -> None:
    parse(body)


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=200, deadline=None)
def test_a_sample_without_one_of_its_parts_or_with_one_twice_is_read_without_an_exception(
    name: str, data: st.DataObject
) -> None:
    payload = payload_of(name)
    container, key = data.draw(st.sampled_from(list(_places(payload))))
    if data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = [container[key], container[key]]

    parse(json.dumps(payload).encode())


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=200, deadline=None)
def test_a_sample_cut_off_or_damaged_anywhere_is_read_without_an_exception(name: str, data: st.DataObject) -> None:
    body = bytearray(body_of(name))
    place = data.draw(st.integers(0, len(body) - 1))
    if data.draw(st.booleans()):
        body = body[:place]
    else:
        body[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=8))

    parse(bytes(body))


def test_endless_nesting_is_a_problem() -> None:
    assert parse(b"[" * 100_000).problems
    assert parse(b'{"entry":' * 5_000 + b"1" + b"}" * 5_000) is not None


def test_lone_surrogates_and_nul_reach_no_store() -> None:
    payload = payload_of("text")
    body = json.dumps(payload).replace("Quero falar com um atendente", r"oi \ud800 \u0000 tudo")

    (message,) = parse(body.encode()).messages

    assert message.content.text == "oi ?  tudo"


def _places(value: Any) -> Any:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _places(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from _places(inner)
