"""A machine that cannot run the product hears why, in one sentence with the way out."""

import ast
from pathlib import Path

import pytest

from apps.common import bootstrap
from apps.common.stores import Mongod, StoreError, Valkey, binaries
from tests.servers import BASE_DIR


def test_an_old_python_can_read_the_bootstrap_far_enough_to_refuse() -> None:
    source = (BASE_DIR / "apps/common/bootstrap.py").read_text(encoding="utf-8")

    ast.parse(source, feature_version=(3, 7))


def test_a_python_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (3, 98))
    monkeypatch.setattr(bootstrap, "NEWEST", (3, 99))
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SystemExit) as refusal:
        bootstrap.require_platform()

    assert "Python 3.98 to 3.99 is needed" in str(refusal.value)
    assert "PYTHON=" in str(refusal.value)


def test_another_operating_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "platform", "win32")

    with pytest.raises(SystemExit) as refusal:
        bootstrap.require_platform()

    assert "docker-compose.yml" in str(refusal.value)


@pytest.mark.parametrize(("find", "variable"), [("find_mongod", "MONGODB_URI"), ("find_valkey", "REDIS_URL")])
def test_a_missing_server_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch, find: str, variable: str) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(binaries, "_in_package", lambda package, relative: None)

    with pytest.raises(StoreError) as refusal:
        getattr(binaries, find).__wrapped__()

    assert variable in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_server_too_old_for_the_spool_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=7.0.15 sha=0 bits=64'\n", encoding="utf-8")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    found = binaries.find_valkey.__wrapped__()

    assert found != old


def test_a_lookalike_that_calls_itself_mongod_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lookalike = tmp_path / "mongod"
    lookalike.write_text("#!/bin/sh\necho 'wire server over sqlite 1.0'\n", encoding="utf-8")
    lookalike.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    found = binaries.find_mongod.__wrapped__()

    assert found != lookalike


def test_a_store_keeps_its_port_and_password(tmp_path: Path) -> None:
    for kind in (Mongod, Valkey):
        directory = tmp_path / kind.__name__
        directory.mkdir()

        first, second = kind(directory).uri, kind(directory).uri

        assert first == second
        assert "127.0.0.1" in first
        assert (directory / "password").stat().st_mode & 0o077 == 0


def test_mongod_never_logs_documents(tmp_path: Path) -> None:
    tmp_path.joinpath("m").mkdir()

    command = " ".join(Mongod(tmp_path / "m").command())

    assert "--slowms 60000" in command
    assert "--bind_ip 127.0.0.1" in command
    assert "--keyFile" in command
