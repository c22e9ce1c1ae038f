"""Runs the whole product on one machine: stores, preparations, processes; starts again what dies; ends it all.

Started by `make run` (or `manage.py up`). It has one thread and no Django, so that it stays small and nothing in
the product can hang it.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import environ

from apps.common.preflight import CannotStart, claim, decide_environment
from apps.common.processes import Supervised, end, read_procfile
from apps.common.running import environment_file
from apps.common.stores import Mongod, StoreError, Valkey
from apps.common.stores.running import end_me_with_my_parent, end_with_parent

BASE_DIR = Path(__file__).resolve().parents[2]
# All gone within 30 s: the workers have most of it, the stores need little.
_DRAIN_SECONDS, _STORE_SECONDS = 20, 6


class Stopped(Exception):
    """Someone asked to stop while things were still starting."""


class Supervisor:
    """One run of the product on one `var/` directory."""

    def __init__(self, base_dir: Path) -> None:
        self.base_dir = base_dir
        self.environment: dict[str, str] = {}
        self.var_dir = Path()
        self.stores: list[Supervised] = []
        self.processes: list[Supervised] = []
        self.stops_asked = 0

    def run(self) -> None:
        """Start everything and keep it alive until asked to stop. Raises CannotStart with the way out."""
        started = time.monotonic()
        self._listen_to_signals()
        self.environment = decide_environment(self.base_dir)
        self.var_dir = Path(self.environment.get("URBANA_VAR_DIR") or self.base_dir / "var").resolve()
        claim(self.var_dir)
        try:
            self._start_stores()
            self._prepare()
            self._start_processes()
            self._keep_alive(started)
        except Stopped:
            say("stopped before everything was started")
        finally:
            self._stop()

    def _listen_to_signals(self) -> None:
        def ask(_number: int, _frame: FrameType | None) -> None:
            self.stops_asked += 1

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, ask)
        if "MAKELEVEL" in os.environ:
            end_me_with_my_parent(signal.SIGTERM)

    def _start_stores(self) -> None:
        logs = self.var_dir / "log"
        logs.mkdir(parents=True, exist_ok=True)
        for variable, store in (
            ("MONGODB_URI", Mongod(self.var_dir / "mongod", log_file=logs / "mongod.log")),
            ("REDIS_URL", Valkey(self.var_dir / "valkey", log_file=logs / "valkey.log")),
        ):
            if self.environment.get(variable):
                say(f"using the {store.name} of {variable}")
                continue
            say(f"starting {store.name} (data in {_short(store.data_dir)})")
            _keep_small(store.log_file)
            store.prepare()
            self.environment[variable] = store.uri
            process = Supervised(store.name, store.start)
            process.start()
            self.stores.append(process)
            self._wait_for(store)

    def _wait_for(self, store: Mongod | Valkey) -> None:
        deadline = time.monotonic() + 30
        while not store.is_ready():
            self._stop_if_asked()
            if time.monotonic() > deadline or self.stores[-1].has_ended():
                raise CannotStart(f"{store.name} did not start: the reason is at the end of {_short(store.log_file)}.")
            time.sleep(0.02)

    def _prepare(self) -> None:
        metrics = self.var_dir / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)
        self.environment["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
        say("preparing the databases (migrations, indexes, demo data)")
        command = [sys.executable, str(self.base_dir / "manage.py"), "prepare"]
        preparation = Supervised(
            "prepare",
            lambda: subprocess.Popen(command, env=self.environment, preexec_fn=end_with_parent(signal.SIGKILL)),
        )
        preparation.start()
        while not preparation.has_ended():
            time.sleep(0.05)
            if self.stops_asked:
                end([preparation], seconds=5, hurry=lambda: False)
                raise Stopped
        if preparation.exit_code:
            raise CannotStart("The databases could not be prepared: the reason is printed above.")

    def _start_processes(self) -> None:
        file = environment_file(self.var_dir)
        file.touch(mode=0o600)
        names = ("MONGODB_URI", "REDIS_URL", "DEBUG", "PORT", "FLOWER_PORT")
        file.write_text(json.dumps({name: self.environment[name] for name in names}), encoding="utf-8")
        self.processes = read_procfile(self.base_dir / "Procfile", self.environment, Path(sys.executable).parent)
        if not self.environment.get("FLOWER_BASIC_AUTH"):
            say("flower is not started: set FLOWER_BASIC_AUTH=user:password to have it")
            self.processes = [process for process in self.processes if process.name != "flower"]
        say("starting " + ", ".join(process.name for process in self.processes))
        for process in self.processes:
            process.start()

    def _keep_alive(self, started: float) -> None:
        is_announced = False
        while not self.stops_asked:
            for process in (*self.stores, *self.processes):
                pid = process.pid
                if news := process.keep_alive():
                    say(news)
                    self._forget_gauges(pid)
            if not is_announced and self._answers():
                is_announced = True
                self._announce(time.monotonic() - started)
            time.sleep(0.1)

    def _forget_gauges(self, pid: int | None) -> None:
        # Counters of a dead process stay true; what it measured of the present does not.
        for file in (self.var_dir / "metrics").glob(f"gauge_live*_{pid}.db"):
            file.unlink(missing_ok=True)

    def _stop_if_asked(self) -> None:
        if self.stops_asked:
            raise Stopped

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", int(self.environment["PORT"])), timeout=0.2) as connection:
                connection.settimeout(1)
                connection.sendall(b"GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return b" 200 " in connection.recv(64)
        except OSError:
            return False

    def _announce(self, seconds: float) -> None:
        web, flower = (f"http://127.0.0.1:{self.environment[name]}" for name in ("PORT", "FLOWER_PORT"))
        lines = [f"ready after {seconds:.0f} s:", f"  console    {web}/console/", f"  admin      {web}/admin/"]
        if environ.Env.parse_value(self.environment["DEBUG"], bool):
            lines.append(f"  simulator  {web}/simulator/   (a customer's phone in the browser)")
            lines.append(
                "  logins     admin/admin (admin and console), sofia/sofia (supervisor), ana/ana, bruno/bruno (attendants)"
            )
        if user := self.environment.get("FLOWER_BASIC_AUTH", "").partition(":")[0]:
            lines.append(
                f"  flower     {flower}/   (user {user}{', password admin' if self.environment['FLOWER_BASIC_AUTH'] == 'admin:admin' else ''})"
            )
        lines.append(f"  health     {web}/health/ready   metrics {web}/metrics")
        lines.append("Ctrl-C stops everything.")
        say("\n".join(lines))

    def _stop(self) -> None:
        if not self.stores and not self.processes:
            return
        say("stopping: web, workers and clock finish what they have begun, stores follow")
        asked = self.stops_asked
        late = end(self.processes, seconds=_DRAIN_SECONDS, hurry=lambda: self.stops_asked > max(asked, 1))
        late += end(self.stores, seconds=_STORE_SECONDS, hurry=lambda: False)
        with contextlib.suppress(FileNotFoundError):
            environment_file(self.var_dir).unlink()
        say(f"stopped (by force: {', '.join(late)})" if late else "stopped")


def say(text: str) -> None:
    """Tell the person at the terminal, or the log that stands in for it."""
    with contextlib.suppress(BrokenPipeError):
        print(f"urbana: {text}", flush=True)


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _keep_small(log_file: Path) -> None:
    if log_file.exists() and log_file.stat().st_size > 10_000_000:
        log_file.replace(log_file.with_suffix(".log.1"))


def main() -> int:
    """Run the product; 1 when it could not start."""
    os.chdir(BASE_DIR)
    try:
        Supervisor(BASE_DIR).run()
    except StoreError as refusal:
        print(f"urbana: {refusal}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
