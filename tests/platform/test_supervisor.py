"""One command runs the product: it starts again what dies, explains what it cannot do, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.product import Product, free_port, wait_until
from tests.servers import BASE_DIR

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.real_processes, pytest.mark.timeout(300)]

EVERYONE = ("mongod", "valkey-server|redis-server", "uvicorn", "celery.*worker", "celery.*beat", "celery.*flower")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = Product(tmp_path_factory.mktemp("product"))
    running.start()
    yield running
    running.kill()


def refusal(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = Product(Path(variables["URBANA_VAR_DIR"]), **variables).environment
    command = [sys.executable, "-m", "apps.common.supervisor"]
    return subprocess.run(
        command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_every_process_runs_under_its_usual_name(product: Product) -> None:
    missing = [name for name in EVERYONE if product.child(name) is None]

    assert missing == []


def test_addresses_and_demo_logins_are_printed(product: Product) -> None:
    wait_until(lambda: "ready after" in product.output, seconds=10, why="the addresses were never printed")

    assert f"http://127.0.0.1:{product.port}/console/" in product.output
    assert "ana/ana" in product.output


def test_no_password_of_a_store_stands_in_the_process_list(product: Product) -> None:
    password = (product.directory / "var/mongod/password").read_text(encoding="ascii")

    lines = [" ".join(child.cmdline()) for child in product.children()]

    assert lines
    assert not [line for line in lines if password in line]


def test_stores_listen_on_loopback_only_and_want_a_password(product: Product) -> None:
    valkey = product.child("valkey-server|redis-server")
    assert valkey is not None
    (listener,) = [each for each in valkey.net_connections() if each.status == psutil.CONN_LISTEN]

    with socket.create_connection(tuple(listener.laddr), timeout=5) as connection:
        connection.sendall(b"PING\r\n")
        answer = connection.recv(100)

    assert listener.laddr[0] == "127.0.0.1"
    assert answer.startswith(b"-NOAUTH")


@pytest.mark.parametrize("name", ["intake@", "celery.*beat", "uvicorn", "valkey-server|redis-server", "mongod"])
def test_what_is_killed_is_back_within_three_seconds(product: Product, name: str) -> None:
    victim = product.child(name)
    assert victim is not None

    victim.kill()
    victim.wait(5)

    wait_until(lambda: product.child(name), seconds=3, why=f"{name} did not come back:\n{product.output[-2000:]}")
    wait_until(product.is_ready, seconds=40, why=f"never ready again: {product.readiness()}")


def test_a_command_in_another_terminal_finds_the_running_stores(product: Product) -> None:
    variables = {name: value for name, value in product.environment.items() if name not in ("PORT", "DEBUG")}
    code = "from apps.common import mongo; print(mongo.is_writable(timeout_seconds=5))"

    result = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=BASE_DIR,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.stdout.strip() == "True", result.stderr


def test_a_second_one_on_the_same_directory_is_refused_in_one_sentence(product: Product) -> None:
    result = refusal(URBANA_VAR_DIR=str(product.directory / "var"), PORT=str(free_port()))

    assert result.returncode == 1
    assert result.stderr.strip().count("\n") == 0
    assert "already runs" in result.stderr


def test_flower_wants_its_password(product: Product) -> None:
    port = json.loads((product.directory / "var/run/environment.json").read_text(encoding="utf-8"))["FLOWER_PORT"]

    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as connection:
        connection.sendall(b"GET /workers HTTP/1.0\r\nHost: localhost\r\n\r\n")
        answer = connection.recv(100)

    assert b" 401 " in answer


def test_metrics_come_from_web_workers_and_clock(product: Product) -> None:
    with socket.create_connection(("127.0.0.1", product.port), timeout=10) as connection:
        connection.sendall(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n")
        text = b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    for role in ("web", "clock", "worker.intake", "worker.assistant", "worker.delivery", "worker.quarantine"):
        assert f'urbana_heartbeats_total{{role="{role}"}}' in text


def test_killed_with_everything_it_starts_again_keeps_its_data_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    product = Product(tmp_path)
    try:
        product.start()
        secret = (tmp_path / "var/secret_key").read_text(encoding="utf-8")
        before = product.children()
        os.kill(product.process.pid, signal.SIGKILL)
        product.process.wait()
        psutil.wait_procs(before, timeout=5)
        assert not [child for child in before if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]

        product.start()
        after = product.children()
        code = product.stop()

        assert code == 0
        assert (tmp_path / "var/secret_key").read_text(encoding="utf-8") == secret
        assert not [child for child in after if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    finally:
        product.kill()


def test_a_taken_port_is_one_sentence_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        result = refusal(URBANA_VAR_DIR=str(tmp_path), PORT=str(port))

    assert result.returncode == 1
    assert result.stderr.strip().count("\n") == 0
    assert f"Port {port} is taken" in result.stderr
    assert f"PORT={port + 1} make run" in result.stderr


def test_production_without_a_secret_is_refused_in_one_sentence(tmp_path: Path) -> None:
    result = refusal(URBANA_VAR_DIR=str(tmp_path), DEBUG="false")

    assert result.returncode == 1
    assert result.stderr.strip().count("\n") == 0
    assert "SECRET_KEY" in result.stderr
