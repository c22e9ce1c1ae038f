"""One table decides what each error of Meta's means."""

from datetime import timedelta

import pytest

from apps.contracts.errors import SendError, SendUnknown
from apps.gateway.channels.whatsapp.error_table import TABLE, ErrorClass
from apps.gateway.channels.whatsapp.errors import class_of, explain, refusal


def error(code: int, *, http_status: int = 400, **more: object) -> Exception:
    return refusal(http_status=http_status, body={"error": {"code": code, **more}})


@pytest.mark.parametrize("code", [4, 80007, 613, 130429, 131056])
def test_throttling_waits_and_counts_against_nobody(code: int) -> None:
    found = error(code, http_status=429)

    assert isinstance(found, SendError)
    assert found.retry_after
    assert not found.counts


def test_a_pair_limit_slows_this_customer_only() -> None:
    found = error(131056)

    assert isinstance(found, SendError)
    assert found.too_fast == "customer"


def test_a_retry_after_header_wins() -> None:
    found = refusal(http_status=429, body={"error": {"code": 130429}}, retry_after_seconds=7)

    assert isinstance(found, SendError)
    assert found.retry_after == timedelta(seconds=7)
    assert found.too_fast == "account"


@pytest.mark.parametrize("code", [1, 2, 131000, 131016, 131057, 133004, 2494100])
def test_an_ambiguous_error_is_an_unknown_outcome(code: int) -> None:
    assert isinstance(error(code, http_status=500), SendUnknown)


@pytest.mark.parametrize("http_status", [500, 502, 503])
def test_a_server_error_without_a_code_is_an_unknown_outcome(http_status: int) -> None:
    assert isinstance(refusal(http_status=http_status, body="<html>"), SendUnknown)


@pytest.mark.parametrize("code", [100, 131026, 131047, 131051, 132001, 132999, 250, 131060])
def test_a_refusal_for_good_is_not_repeated(code: int) -> None:
    found = error(code)

    assert isinstance(found, SendError)
    assert found.retry_after is None


@pytest.mark.parametrize("code", [0, 190, 368, 131031])
def test_a_blocked_account_holds_its_messages(code: int) -> None:
    found = error(code, http_status=401)

    assert isinstance(found, SendError)
    assert found.blocks_account
    assert not found.counts
    assert found.retry_after is not None
    assert found.retry_after <= timedelta(seconds=60)


def test_an_unknown_code_is_judged_by_its_status_and_transience() -> None:
    refused, transient = error(987654), error(987654, is_transient=True)

    assert isinstance(refused, SendError)
    assert refused.retry_after is None
    assert isinstance(transient, SendUnknown)


@pytest.mark.parametrize("code", sorted(TABLE))
def test_every_error_has_a_sentence_and_a_next_step(code: int) -> None:
    sentence = explain(str(code))

    assert sentence.count(".") >= 2 or ";" in sentence
    assert class_of(str(code)) in ErrorClass


@pytest.mark.parametrize("code", ["", "abc", "-1", "9" * 30, "²"])
def test_a_code_that_is_none_is_explained_too(code: str) -> None:
    assert explain(code)
