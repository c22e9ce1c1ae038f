"""What the contract promises of any channel about webhooks: who may post, what was posted, and that nothing raises."""

import ast
import copy
import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.contracts.channels import ChannelAdapter
from apps.contracts.messages import InboundMessage
from apps.contracts.words import MEDIA_KINDS, MessageKind
from tests.channels.conformance import (
    RECEIVED_NS,
    Kit,
    as_body,
    places_in,
    read,
    recorded,
    tampered,
)

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def samples(kit: Kit) -> list[bytes]:
    return [path.read_bytes() for path in recorded(kit.kind)]


def messages(kit: Kit, adapter: ChannelAdapter) -> list[InboundMessage]:
    return [message for body in samples(kit) for message in read(adapter, kit.account, body).messages]


# -- who may post --------------------------------------------------------------------------------------------------
def test_what_the_vendor_posts_is_accepted(kit: Kit, adapter: ChannelAdapter) -> None:
    body = samples(kit)[0]

    assert adapter.verify(kit.account, body=body, headers=kit.sign(body))


def test_every_changed_character_of_the_proof_is_refused(kit: Kit, adapter: ChannelAdapter) -> None:
    body = samples(kit)[0]
    ((name, proof),) = kit.sign(body).items()

    accepted = [one for one in tampered(proof) if adapter.verify(kit.account, body=body, headers={name: one})]

    assert adapter.verify(kit.account, body=body, headers={name: proof})
    assert accepted == []


def test_every_changed_byte_of_a_signed_body_is_refused(kit: Kit, adapter: ChannelAdapter) -> None:
    if not kit.signs_body:
        pytest.skip("the vendor signs no body")
    body = min(samples(kit), key=len)
    headers = kit.sign(body)

    accepted = [
        position
        for position in range(len(body))
        if adapter.verify(
            kit.account, body=body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :], headers=headers
        )
    ]

    assert accepted == []


@pytest.mark.parametrize("value", ["", "x", "sha256=", "é", "\x00", "a" * 5000])
def test_a_missing_or_senseless_proof_is_refused(kit: Kit, adapter: ChannelAdapter, value: str) -> None:
    body = samples(kit)[0]
    (name,) = kit.sign(body)

    assert not adapter.verify(kit.account, body=body, headers={})
    assert not adapter.verify(kit.account, body=body, headers={name: value})


def test_an_account_without_a_secret_accepts_nobody(kit: Kit, adapter: ChannelAdapter) -> None:
    body = samples(kit)[0]
    account = kit.without_secrets()
    headers = [kit.sign(body), dict.fromkeys(kit.sign(body), ""), {}]

    assert [adapter.verify(account, body=body, headers=one) for one in headers] == [False] * 3


def test_secrets_are_compared_in_constant_time_only(adapter: ChannelAdapter) -> None:
    folder = Path(inspect.getfile(type(adapter))).parent
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))]

    compared = [
        ast.unparse(node)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
        and "get_secret_value" in ast.unparse(node)
    ]

    assert any("compare_digest" in ast.unparse(tree) for tree in trees)
    assert compared == []


def test_the_handshake_is_answered_to_who_knows_the_secret(kit: Kit, adapter: ChannelAdapter) -> None:
    if kit.handshake is None:
        assert adapter.answer_handshake(kit.account, query={}) is None
        assert adapter.answer_handshake(kit.account, query={"hub.mode": "subscribe", "hub.challenge": "1"}) is None
        return
    right = kit.handshake.query
    wrong = [{**right, kit.handshake.secret_field: one} for one in tampered(right[kit.handshake.secret_field])]

    assert adapter.answer_handshake(kit.account, query=right) == kit.handshake.answer
    assert {adapter.answer_handshake(kit.account, query=one) for one in [*wrong, {}]} == {None}
    assert adapter.answer_handshake(kit.without_secrets(), query=right) is None


# -- what was posted -----------------------------------------------------------------------------------------------
def test_the_recorded_bodies_show_messages_and_more(kit: Kit, adapter: ChannelAdapter) -> None:
    kinds = {message.content.kind for message in messages(kit, adapter)}

    assert MessageKind.TEXT in kinds
    assert not adapter.abilities.media_bytes or kinds & MEDIA_KINDS
    assert not [path.name for path in recorded(kit.kind) if not _says_something(kit, adapter, path.read_bytes())]


def _says_something(kit: Kit, adapter: ChannelAdapter, body: bytes) -> bool:
    parsed = read(adapter, kit.account, body)
    return bool(parsed.messages or parsed.statuses or parsed.notices or parsed.problems or parsed.news or parsed.echoes)


def test_every_message_has_what_the_rest_of_the_product_relies_on(kit: Kit, adapter: ChannelAdapter) -> None:
    found = messages(kit, adapter)

    assert found
    for message in found:
        assert (message.tenant_id, message.account, message.channel) == ("default", kit.account.slug, kit.kind)
        assert message.external_id
        assert message.sender.address
        assert all(":" in one and one.partition(":")[2] for one in message.sender.identities)
        assert len(set(message.sender.identities)) == len(message.sender.identities)
        assert message.sent_at <= message.received_at or (message.sent_at - message.received_at).days < 3
        assert message.received_at.timestamp() == pytest.approx(RECEIVED_NS / 1e9)
        assert message.order.split(".")[0] == f"{int(message.sent_at.timestamp()):012d}"
        assert [len(part) for part in message.order.split(".")] == [12, 20, 4]


def test_the_same_body_read_twice_is_the_same_messages(kit: Kit, adapter: ChannelAdapter) -> None:
    for body in samples(kit):
        first, second = read(adapter, kit.account, body), read(adapter, kit.account, body)

        assert [one.external_id for one in first.messages] == [one.external_id for one in second.messages]
        assert first == second


def test_a_body_delivered_again_later_is_the_same_messages(kit: Kit, adapter: ChannelAdapter) -> None:
    for body in samples(kit):
        first = read(adapter, kit.account, body)
        later = adapter.parse_webhook(kit.account, body=body, received_ns=RECEIVED_NS + 3600 * 10**9)

        assert [one.external_id for one in first.messages] == [one.external_id for one in later.messages]


def test_the_messages_of_one_body_keep_their_order(kit: Kit, adapter: ChannelAdapter) -> None:
    for body in samples(kit):
        found = [one for one in read(adapter, kit.account, body).messages if one.content.kind is MessageKind.TEXT]
        in_one_second = {one.sent_at for one in found}

        if len(in_one_second) == 1:
            assert [one.order for one in found] == sorted(one.order for one in found)


def test_different_messages_never_share_an_id(kit: Kit, adapter: ChannelAdapter) -> None:
    for body in samples(kit):
        ids = [one.external_id for one in read(adapter, kit.account, body).messages]

        assert len(set(ids)) == len(ids)


def test_a_kind_that_nobody_knows_is_kept_as_it_came(kit: Kit, adapter: ChannelAdapter) -> None:
    unknown = [one for one in messages(kit, adapter) if one.content.kind is MessageKind.UNSUPPORTED]

    assert unknown
    assert all(one.content.raw for one in unknown)


def test_edits_reactions_and_taps_name_the_message_that_they_are_about(kit: Kit, adapter: ChannelAdapter) -> None:
    found = messages(kit, adapter)
    about = [one for one in found if one.content.kind in (MessageKind.EDIT, MessageKind.REACTION, MessageKind.REVOKE)]

    assert all(one.content.target and one.content.target != one.external_id for one in about)


def test_what_another_account_is_told_reaches_no_one(kit: Kit, adapter: ChannelAdapter) -> None:
    """Every message carries the tenant and account of the webhook that it came by, whatever its body says."""
    account = kit.account.model_copy(update={"tenant_id": "vizinha", "slug": "outra"})

    found = [message for body in samples(kit) for message in read(adapter, account, body).messages]

    assert {(one.tenant_id, one.account) for one in found} == {("vizinha", "outra")}


# -- nothing raises ------------------------------------------------------------------------------------------------
@FUZZ
@given(value=anything)
def test_any_json_is_read_without_an_exception(kit: Kit, adapter: ChannelAdapter, value: Any) -> None:
    read(adapter, kit.account, as_body(value))


@FUZZ
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(kit: Kit, adapter: ChannelAdapter, body: bytes) -> None:
    read(adapter, kit.account, body)


@settings(FUZZ, max_examples=300)
@given(data=st.data())
def test_a_recorded_body_with_any_part_replaced_is_read_without_an_exception(
    kit: Kit, adapter: ChannelAdapter, data: st.DataObject
) -> None:
    payload = copy.deepcopy(data.draw(st.sampled_from([json.loads(body) for body in samples(kit)])))
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(places_in(payload))
        if not places:
            break
        container, key = data.draw(st.sampled_from(places))
        container[key] = data.draw(anything)

    parsed = read(adapter, kit.account, as_body(payload))

    # What comes out can be stored: it survives UTF-8 and JSON.
    for message in parsed.messages:
        message.model_dump_json().encode()
        assert message.external_id
        assert message.sender.identities


def test_endless_nesting_and_huge_numbers_are_no_exception(kit: Kit, adapter: ChannelAdapter) -> None:
    for body in (b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b'{"update_id":' + b"9" * 5000 + b"}"):
        parsed = read(adapter, kit.account, body)

        assert parsed.messages == ()
