"""The whole product as `make run` starts it, on its own directory and ports, for tests that kill parts of it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil

from tests.servers import BASE_DIR, FOREIGN

_OURS = ("MONGODB_URI", "REDIS_URL", "SECRET_KEY", "DEBUG", "DJANGO_", "URBANA_", "PROMETHEUS_", "FLOWER_", "PYTEST_")


def free_port() -> int:
    """Give a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], object], *, seconds: float, why: str) -> None:
    """Look again and again until something is so; fail with `why` when it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


class Product:
    """One `make run` without make. `output` is what the terminal shows."""

    def __init__(self, directory: Path, **variables: str) -> None:
        self.directory = directory
        self.port = free_port()
        self.log = directory / "terminal.log"
        directory.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith((*_OURS, *FOREIGN))}
        self.environment = environment | {
            "URBANA_VAR_DIR": str(directory / "var"),
            "URBANA_ENV_FILE": os.devnull,
            "PORT": str(self.port),
            # Two products that start at once would both find the same next free port.
            "FLOWER_PORT": str(free_port()),
            **variables,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """Give the supervisor."""
        assert self._process is not None
        return self._process

    @property
    def output(self) -> str:
        """Give what the terminal shows."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def url(self, path: str) -> str:
        """Give the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def launch(self) -> None:
        """Start the supervisor and come back at once."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "apps.common.supervisor"],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self) -> None:
        """Start the product and wait until it is ready to serve."""
        self.launch()
        wait_until(
            lambda: self.is_ready() or self.process.poll() is not None, seconds=90, why=f"not ready:\n{self.output}"
        )
        assert self.process.poll() is None, self.output

    def is_ready(self) -> bool:
        """Tell whether readiness is green."""
        return self.readiness().get("status") == "ready"

    def readiness(self) -> dict[str, str]:
        """Give what /health/ready says, or nothing when nobody answers."""
        try:
            with urlopen(self.url("/health/ready"), timeout=5) as response:
                return dict(json.load(response))
        except HTTPError as refusal:
            return dict(json.load(refusal))
        except (URLError, OSError, ValueError):
            return {}

    def children(self) -> list[psutil.Process]:
        """Give every living process that the supervisor started."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in found if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]

    def child(self, pattern: str) -> psutil.Process | None:
        """Give the process whose command line matches, if there is one."""
        return next((child for child in self.children() if re.search(pattern, _command_line(child))), None)

    def stop(self, *, seconds: float = 30) -> int:
        """Press Ctrl-C and wait; give the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=seconds)

    def kill(self) -> None:
        """End everything by force, whatever state it is in."""
        if self._process is None or self._process.poll() is not None:
            return
        everyone = [*self.children(), psutil.Process(self.process.pid)]
        for process in everyone:
            process.kill()
        self.process.wait()
        psutil.wait_procs(everyone, timeout=10)


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
