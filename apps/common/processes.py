"""One supervised process: its command, its life, and when it may be started again."""

import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template

from apps.common.stores.running import spawn

# What dies is started again within three seconds; what dies at once, again and again, gets longer pauses.
_FIRST_PAUSE, _LONGEST_PAUSE, _SETTLED_AFTER = 0.5, 15.0, 10.0


class Supervised:
    """A process that should be running. Asked ten times a second, it never blocks."""

    def __init__(self, name: str, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        self.name = name
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0
        self._pause = _FIRST_PAUSE

    @property
    def pid(self) -> int | None:
        """Give the process id while it lives."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """Give how it ended, or None while it lives."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the process now."""
        self._process = self._start()
        self._started_at = time.monotonic()

    def keep_alive(self) -> str:
        """Start the process again when its pause is over; give a sentence when it has just ended, else ""."""
        if self._process is None:
            if time.monotonic() >= self._start_again_at:
                self.start()
            return ""
        code = self._process.poll()
        if code is None:
            return ""
        was_killed = code < 0
        has_settled = time.monotonic() - self._started_at > _SETTLED_AFTER
        # Only what ends by itself gets longer pauses: a kill from outside says nothing about the next start.
        self._pause = _FIRST_PAUSE if was_killed or has_settled else min(self._pause * 2, _LONGEST_PAUSE)
        self._start_again_at = time.monotonic() + self._pause
        self._process = None
        return f"{self.name} ended ({_verdict(code)}); it starts again in {self._pause:g} s"

    def send(self, what: signal.Signals) -> None:
        """Send a signal, if the process lives."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(what)
            # A frozen process hears SIGTERM only once it continues.
            self._process.send_signal(signal.SIGCONT)

    def has_ended(self) -> bool:
        """Tell whether nothing of it runs."""
        return self._process is None or self._process.poll() is not None


def end(processes: list[Supervised], *, seconds: float, hurry: Callable[[], bool]) -> list[str]:
    """Ask all to end, wait, and kill those that did not; give their names. `hurry` cuts the wait short."""
    for process in processes:
        process.send(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while not all(process.has_ended() for process in processes) and time.monotonic() < deadline and not hurry():
        time.sleep(0.05)
    late = [process for process in processes if not process.has_ended()]
    for process in late:
        process.send(signal.SIGKILL)
    while not all(process.has_ended() for process in late):
        time.sleep(0.02)
    return [process.name for process in late]


def read_procfile(path: Path, environment: Mapping[str, str], bin_dir: Path) -> list[Supervised]:
    """Give the processes of a Procfile, with ${VARIABLES} filled in and programs taken from the virtual environment."""
    processes = []
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, command = line.partition(":")
        if not separator or line.startswith("#"):
            continue
        arguments = [Template(word).substitute(environment) for word in shlex.split(command)]
        arguments[0] = str(bin_dir / arguments[0])
        processes.append(Supervised(name.strip(), _starter(arguments, {**environment, "URBANA_PROCESS": name.strip()})))
    return processes


def _starter(arguments: list[str], environment: dict[str, str]) -> Callable[[], "subprocess.Popen[bytes]"]:
    return lambda: spawn(arguments, environment=environment)


def _verdict(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
