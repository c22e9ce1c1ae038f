"""The real product, process by process, on stores of its own: to be killed, frozen and looked into."""

import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Any

import psutil
from pymongo import MongoClient
from redis import Redis

from apps.common.processes import Supervised, end
from apps.common.stores import RunningStore, start_mongod, start_valkey
from apps.common.stores.running import spawn
from tests.faults.mongo_wire import MongoWire

BASE_DIR = Path(__file__).resolve().parents[2]
WORKERS = ("intake", "assistant", "delivery", "quarantine")
EVERYTHING = ("web", *WORKERS, "clock")
PHONE_NUMBER_ID, ACCESS_TOKEN, APP_SECRET = "330000000000001", "token-of-the-stand-in", "segredo-de-teste"


class Product:
    """One run of the product: chosen lines of the Procfile, started again when they die, as `make run` does."""

    def __init__(
        self, directory: Path, *, names: tuple[str, ...] = EVERYTHING, environment: dict[str, str] | None = None
    ) -> None:
        self.directory, self.names = directory, names
        self.port = free_port()
        self.mongod: RunningStore
        self.valkey: RunningStore
        #: Between the workers that send and their MongoDB, to stop them at a moment of the test's choice.
        self.wire: MongoWire
        self.extra = environment or {}
        #: So many processes send, one message at a time each; 0: the threads of one process, as usual.
        self.senders = 0
        self.processes: dict[str, Supervised] = {}
        self.environment: dict[str, str] = {}
        self._stopping = threading.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def webhook_url(self) -> str:
        return f"{self.url}/webhooks/whatsapp/default"

    # -- life -------------------------------------------------------------------------------------------------
    def start(self, *, graph_url: str, seconds: float = 60) -> None:
        """Start stores, prepare the databases, start the processes, and wait until the product is ready."""
        self.mongod = start_mongod(self.directory / "mongod")
        self.valkey = start_valkey(self.directory / "valkey")
        self.wire = MongoWire(self.mongod.uri)
        self.environment = self._environment(graph_url)
        (self.directory / "metrics").mkdir(exist_ok=True)
        (self.directory / "log").mkdir(exist_ok=True)
        self.manage("prepare")
        self._thread.start()
        self._started.wait(10)
        self.wait_for(self.is_ready, seconds=seconds, what="the product to be ready")

    def manage(self, *arguments: str) -> str:
        """Run one of manage.py's commands and give what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(40)
        if hasattr(self, "wire"):
            self.wire.close()
        for store in ("mongod", "valkey"):
            if running := getattr(self, store, None):
                running.stop()

    def _supervise(self) -> None:
        # The children are tied to the thread that starts them, so this one outlives them.
        for name, command in self._commands():
            self.processes[name] = Supervised(name, self._starter(name, command))
            self.processes[name].start()
        self._started.set()
        while not self._stopping.is_set():
            for process in self.processes.values():
                process.keep_alive()
            time.sleep(0.05)
        for name in self.processes:
            self.kill(name)  # their stores are thrown away; that a stop loses nothing is another test's
        end(list(self.processes.values()), seconds=15, hurry=lambda: False)

    def _commands(self) -> Iterator[tuple[str, list[str]]]:
        for line in (BASE_DIR / "Procfile").read_text(encoding="utf-8").splitlines():
            name, _, command = line.partition(":")
            if name in self.names:
                program, *arguments = [Template(word).substitute(self.environment) for word in shlex.split(command)]
                yield name, [str(Path(sys.executable).parent / program), *arguments]

    def _starter(self, name: str, command: list[str]) -> "Callable[[], subprocess.Popen[bytes]]":
        environment = {**self.environment, "URBANA_PROCESS": name}
        if name == "delivery":
            environment["MONGODB_URI"] = self.wire.uri
        log_file = self.directory / "log" / f"{name}.log"
        return lambda: spawn(self._pooled(name, command), environment=environment, log_file=log_file)

    def _pooled(self, name: str, command: list[str]) -> list[str]:
        if name != "delivery" or not self.senders:
            return command
        wanted = {"threads": "prefork", self.environment["DELIVERY_THREADS"]: str(self.senders)}
        return [wanted.get(word, word) for word in command]

    def _environment(self, graph_url: str) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "urbana.settings",
            "PYTHONPATH": str(BASE_DIR),
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",
            "DEBUG": "true",
            "SECRET_KEY": "only for tests",
            "PORT": str(self.port),
            "FLOWER_PORT": str(free_port()),
            "FORWARDED_ALLOW_IPS": "",
            "URBANA_ENV_FILE": os.devnull,
            "URBANA_VAR_DIR": str(self.directory),
            "PROMETHEUS_MULTIPROC_DIR": str(self.directory / "metrics"),
            "MONGODB_URI": self.mongod.uri,
            "REDIS_URL": self.valkey.uri,
            "INTAKE_THREADS": "4",
            "ASSISTANT_THREADS": "8",
            "DELIVERY_THREADS": "8",
            "ASSISTANT_TURNS_PER_CUSTOMER_HOUR": "0",
            "WHATSAPP_GRAPH_URL": graph_url,
            "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
            "WHATSAPP_ACCESS_TOKEN": ACCESS_TOKEN,
            "WHATSAPP_APP_SECRET": APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": "segredo-de-verificacao",
            "WHATSAPP_PAIR_INTERVAL_SECONDS": "0",
            **self.extra,
        }

    # -- harm -------------------------------------------------------------------------------------------------
    def kill(self, name: str) -> bool:
        """Kill a process and its children with -9; it is started again. False when it is not running just now."""
        process = self.processes[name]
        if process.pid is None or process.has_ended():
            return False
        try:
            family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        except psutil.NoSuchProcess:
            return False
        for member in family:
            with_no_tears(member.kill)
        return True

    @contextmanager
    def frozen(self, store: RunningStore) -> Iterator[None]:
        """Stop a store's process for the time of the block; its connections stay open and answer nothing."""
        os.kill(store.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(store.pid, signal.SIGCONT)

    @contextmanager
    def sending_by_processes(self, count: int) -> Iterator[None]:
        """Let so many processes send in the block, each of which can be killed in the middle of its one send."""
        self.senders = count
        self.kill("delivery")
        try:
            yield
        finally:
            self.senders = 0
            self.kill("delivery")

    def senders_pids(self) -> set[int]:
        """Name the processes that send just now; their parent is not among them."""
        process = self.processes["delivery"]
        try:
            return {child.pid for child in psutil.Process(process.pid).children()}
        except psutil.NoSuchProcess:
            return set()

    def flush_valkey(self) -> None:
        with Redis.from_url(self.valkey.uri) as client:
            client.flushall()

    # -- sight ------------------------------------------------------------------------------------------------
    @contextmanager
    def database(self) -> Iterator[Any]:
        with MongoClient[dict[str, Any]](self.mongod.uri, tz_aware=True) as client:
            yield client.get_default_database()

    def is_ready(self) -> bool:
        status, _ = self.get("/health/ready")
        return status == 200

    def get(self, path: str, *, key: str = "") -> tuple[int, Any]:
        """Fetch a page, for the API with its key; the status is 0 when nothing answers."""
        return self._ask("GET", path, key=key, timeout_seconds=5)

    @cached_property
    def api_key(self) -> str:
        """A key that may read and command."""
        return self.manage("create_api_key", "Teste", "--write").strip()

    def post(self, path: str, content: dict[str, Any]) -> tuple[int, Any]:
        """Give the API a command."""
        return self._ask("POST", path, key=self.api_key, timeout_seconds=30, body=json.dumps(content))

    def log_lines(self, name: str) -> list[dict[str, Any]]:
        """Give what a process logged, line by line, leaving out what is no JSON."""
        lines = (self.directory / "log" / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def _ask(
        self, method: str, path: str, *, key: str, timeout_seconds: float, body: str | None = None
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_seconds)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()
        is_json = "json" in (response.getheader("Content-Type") or "")
        return response.status, json.loads(answer) if is_json else answer

    def wait_for(self, condition: Callable[[], bool], *, seconds: float, what: str, every: float = 0.1) -> float:
        """Poll until something is true; give how long it took. Fails with the last lines of every log."""
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > seconds:
                raise AssertionError(f"waited {seconds:g} s for {what}\n{self.last_lines()}")
            time.sleep(every)
        return time.monotonic() - started

    def last_lines(self, characters: int = 1500) -> str:
        logs = sorted((self.directory / "log").glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-characters:]}" for log in logs)


def with_no_tears(act: Callable[[], None]) -> None:
    try:
        act()
    except psutil.NoSuchProcess:
        return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
