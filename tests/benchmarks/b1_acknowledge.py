"""B1: durable acknowledgement of webhooks, as a share of what a bare process could accept.

The load is signed, unique webhooks. Product and raw limit take turns on the same stores in the same run, because
absolute figures drift from machine to machine and from minute to minute.
"""

import hashlib
import hmac
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from apps.common.stores import start_mongod, start_valkey
from tests.benchmarks.http_load import Outcome, closed_loop, open_loop
from tests.benchmarks.rows import Row, row

APP_SECRET = b"segredo-de-medida"
PATH = "/webhooks/whatsapp/default"
CONNECTIONS = (32, 128)
SECONDS = 3.0
MOST_REQUESTS = 90_000
OFFERED_PER_SECOND = (1_000.0, 3_300.0)

_numbers = itertools.count()


def run(repeats: int) -> list[Row]:
    """Measure everything `repeats` times; one row per metric."""
    found: dict[tuple[str, str], list[float]] = {}

    def note(metric: str, unit: str, value: float) -> None:
        found.setdefault((metric, unit), []).append(value)

    with _stores() as environment:
        for _ in range(repeats):
            for connections in CONNECTIONS:
                rates = {}
                for target in ("raw_limit", "product"):
                    outcome = _closed(environment, target, connections)
                    rates[target] = outcome.per_second
                    note(f"{target.replace('_', ' ')}, {connections} connections", "webhooks/s", outcome.per_second)
                note(f"durable ÷ raw limit, {connections} connections", "ratio", rates["product"] / rates["raw_limit"])
            for per_second in OFFERED_PER_SECOND:
                offered = _offered(environment, per_second)
                note(f"p50 at {per_second:.0f}/s offered", "ms", offered.percentile(0.5) * 1000)
                note(f"p99 at {per_second:.0f}/s offered", "ms", offered.percentile(0.99) * 1000)
    return [row("B1", metric, values, unit) for (metric, unit), values in found.items()]


def _closed(environment: dict[str, str], target: str, connections: int) -> Outcome:
    with _serving(environment, target) as port:
        uvloop.run(closed_loop(port, _requests(5_000), connections=connections, seconds=0.5))
        outcome = uvloop.run(closed_loop(port, _requests(MOST_REQUESTS), connections=connections, seconds=SECONDS))
    if outcome.refused:
        raise RuntimeError(f"{outcome.refused} webhooks were refused by {target}")
    return outcome


def _offered(environment: dict[str, str], per_second: float) -> Outcome:
    with _serving(environment, "product") as port:
        uvloop.run(closed_loop(port, _requests(5_000), connections=32, seconds=0.5))
        requests = _requests(int(per_second * (SECONDS + 1)))
        return uvloop.run(open_loop(port, requests, connections=128, per_second=per_second, seconds=SECONDS))


def _requests(count: int) -> Iterator[bytes]:
    """Unique signed requests, prepared before the clock starts."""
    return iter([_request(next(_numbers)) for _ in range(count)])


def _request(number: int) -> bytes:
    body = (
        '{"object":"whatsapp_business_account","entry":[{"id":"210000000000001","changes":[{"field":"messages","value":'
        '{"messaging_product":"whatsapp","metadata":{"display_phone_number":"5511900000001",'
        '"phone_number_id":"330000000000001"},"contacts":[{"profile":{"name":"Carla"},"wa_id":"5511900000002"}],'
        f'"messages":[{{"from":"5511900000002","id":"wamid.MEDIDA{number}","timestamp":"1795357200","type":"text",'
        '"text":{"body":"Bom dia, quanto custa?"}}]}}]}]}'
    ).encode()
    signature = hmac.digest(APP_SECRET, body, hashlib.sha256).hex()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def _stores() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="urbana-b1-") as directory:
        mongod, valkey = start_mongod(Path(directory) / "mongod"), start_valkey(Path(directory) / "valkey")
        environment = {
            **os.environ,
            "MONGODB_URI": mongod.uri,
            "REDIS_URL": valkey.uri,
            "URBANA_VAR_DIR": directory,
            "DEBUG": "true",
            "SECRET_KEY": "only for benchmarks",
            "URBANA_ENV_FILE": os.devnull,
        }
        try:
            indexes = [sys.executable, "manage.py", "ensure_indexes"]
            subprocess.run(indexes, env=environment, check=True, stdout=subprocess.DEVNULL)
            yield environment
        finally:
            mongod.stop()
            valkey.stop()


@contextmanager
def _serving(environment: dict[str, str], target: str) -> Iterator[int]:
    """One uvicorn process, as in production: uvloop, httptools, no access log of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", f"tests.benchmarks.webhook_targets:{target}", "--port", str(port)]
    options = ["--lifespan", "on", "--no-access-log", "--log-level", "warning"]
    if target == "product":
        options += ["--http", "apps.common.http_limits:LimitedHttp"]
    process = subprocess.Popen([*command, *options], env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server to measure did not start")
