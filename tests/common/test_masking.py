"""Log lines and error reports carry no personal data and no secrets."""

import json
import logging
import sys

import pytest

from apps.common.error_reports import scrub
from apps.common.logs import JsonFormatter
from apps.common.masking import mask
from apps.common.tracing import current_traceparent, span, trace_id


@pytest.mark.parametrize(
    "secret",
    [
        "5583988888888",
        "+55 83 98888-8888",
        "(83) 98888-8888",
        "83 8888-8888",
        "carla.silva@example.com",
        "123.456.789-09",
        "12.345.678/0001-90",
        "wamid.HBgNNTU4Mzk4ODg4ODg4OBUCABIYFjNFQjBDMDg2",
    ],
)
def test_personal_data_is_masked(secret: str) -> None:
    assert secret not in mask(f"mensagem de {secret} recebida")


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("Authorization: Bearer EAAJB0123abc", "EAAJB0123abc"),
        ("mongodb://urbana:s3nh4-x@127.0.0.1:27017/urbana", "s3nh4-x"),
        ("redis://:abc_DEF@127.0.0.1:6379/0", "abc_DEF"),
        ("https://graph/v1?access_token=EAAB9&x=1", "EAAB9"),
        ('{"app_secret": "0123abcd"}', "0123abcd"),
        ("key sk-proj-abcdefgh1234 refused", "abcdefgh1234"),
    ],
)
def test_secrets_are_masked(line: str, secret: str) -> None:
    assert secret not in mask(line)


@pytest.mark.parametrize(
    "plain",
    [
        "2026-11-22T17:06:26.419+00:00",
        "6748a1f0c2d3e4f5a6b7c8d9",
        "c58bc3d9-4f7d-4868-8bc7-c4cb29189a01",
        "R$ 350,00 por ambiente de até 20 m²",
        "duration_ms 165.0 status 200",
    ],
)
def test_what_operators_need_stays_readable(plain: str) -> None:
    assert mask(plain) == plain


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "apps.test", "levelno": logging.INFO, "levelname": "INFO", "msg": message})
    made.__dict__.update(extra)
    return made


def test_a_log_line_is_json_with_its_trace_and_masked_data() -> None:
    with span("test"):
        line = json.loads(JsonFormatter().format(record("from 5583988888888", customer="carla@example.com", count=3)))
        trace = trace_id()

    assert line["trace_id"] == trace
    assert len(line["span_id"]) == 16
    assert "5583988888888" not in line["message"]
    assert line["customer"] == "***@***"
    assert line["count"] == 3


def test_a_traceback_in_a_log_line_is_masked() -> None:
    try:
        raise ValueError("+55 83 98888-8888")
    except ValueError:
        made = record("failed", exc_info=sys.exc_info())

    line = JsonFormatter().format(made)

    assert "ValueError" in line
    assert "98888-8888" not in line


def test_a_span_continues_the_trace_of_its_parent() -> None:
    with span("web"):
        parent, trace = current_traceparent(), trace_id()

    with span("worker", parent=parent):
        continued = trace_id()

    assert continued == trace
    assert trace_id() == ""


def test_an_error_report_carries_neither_request_nor_personal_data() -> None:
    event = {
        "request": {"data": "oi"},
        "user": {"id": 1},
        "exception": {"values": [{"value": "5583988888888 said no"}]},
    }

    clean = scrub(event, {})  # type: ignore[arg-type]

    assert "request" not in clean
    assert "user" not in clean
    assert "5583988888888" not in json.dumps(clean)
