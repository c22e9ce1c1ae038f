"""What the embedded stores have in common: a port of their own, a process, and an end."""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
# Below Linux's ephemeral range: a port from within it can be lost to any outgoing connection while the store is down.
_FIRST_PORT, _PORTS = 21000, 9000


class StoreError(Exception):
    """A store cannot be started. The message is one sentence with the way out."""


@dataclass(frozen=True)
class RunningStore:
    """A started server. `uri` carries its credentials."""

    uri: str
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def pid(self) -> int:
        """Give the server's process id, for tests that freeze or kill it."""
        return self.process.pid

    def stop(self, *, seconds: float = 10) -> None:
        """End the server politely, then by force; one that is frozen or dead already is no error."""
        if self.process.poll() is None:
            self.process.terminate()
            # A stopped process handles no SIGTERM before it continues.
            self.process.send_signal(signal.SIGCONT)
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def end_me_with_my_parent(sent: signal.Signals) -> None:
    """Make Linux send this signal to this very process when its parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, sent)


def end_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """Give a `preexec_fn` that makes Linux send this signal to the child when its parent dies, kill -9 included."""
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def prepare_child() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, sent)
        if os.getppid() != parent:
            os._exit(1)

    return prepare_child


def spawn(
    command: list[str], *, environment: dict[str, str], log_file: Path | None = None
) -> "subprocess.Popen[bytes]":
    """Start a child that leads its own process group and does not outlive us.

    Call it from a thread that lives as long as the process: the kernel ties the child to the thread.
    """
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log_file.open("ab")) if log_file else None
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def port_of(data_dir: Path) -> int:
    """Give the port that belongs to this data directory, choosing a free one the first time."""
    record = data_dir / "port"
    if record.exists():
        return int(record.read_text(encoding="ascii"))
    start = zlib.crc32(str(data_dir.resolve()).encode())
    port = next(p for p in (_FIRST_PORT + (start + step) % _PORTS for step in range(_PORTS)) if is_free(p))
    record.write_text(str(port), encoding="ascii")
    return port


def secret_of(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
    """Read a secret that only this user may read, making it the first time."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make(), encoding="ascii")
    return path.read_text(encoding="ascii")


def stop_orphan(data_dir: Path, *, program: str) -> None:
    """End a server that an earlier run left behind on this data directory, so that it can be started again."""
    for process in psutil.process_iter(["name", "cwd", "cmdline"]):
        if process.info["name"] != program or process.pid == os.getpid():
            continue
        if process.info["cwd"] != str(data_dir.resolve()) and str(data_dir.resolve()) not in (
            process.info["cmdline"] or []
        ):
            continue
        with contextlib.suppress(psutil.Error):
            process.terminate()
            process.resume()
            try:
                process.wait(timeout=10)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait(timeout=5)
