"""What `make run` decides before it starts anything: variables, ports, and whether it may run at all."""

import fcntl
import os
from pathlib import Path

import environ
import psutil

from apps.common.running import lock_file, read_env_file
from apps.common.stores import StoreError
from apps.common.stores.running import is_free

DEFAULTS = {
    "PORT": "8000",
    "DEBUG": "true",
    "DJANGO_SETTINGS_MODULE": "urbana.settings",
    "INTAKE_THREADS": "4",
    "ASSISTANT_THREADS": "64",
    "DELIVERY_THREADS": "16",
    # Nobody stands between a caller on loopback and us, so no forwarding header is believed.
    "FORWARDED_ALLOW_IPS": "",
    "FLOWER_PERSISTENT": "False",
    "FLOWER_MAX_TASKS": "2000",
    "FLOWER_MAX_WORKERS": "200",
    "PYTHONUNBUFFERED": "1",
    # Many threads otherwise keep many heaps: tens of megabytes per worker.
    "MALLOC_ARENA_MAX": "2",
}
_FLOWER_PORT = 5555


class CannotStart(StoreError):
    """`make run` cannot start. The message is one sentence with the way out."""


def decide_environment(base_dir: Path) -> dict[str, str]:
    """Give the environment of every process: ours, then `.env`, then the defaults of `make run`.

    Raises CannotStart when a port is taken.
    """
    read_env_file(base_dir)
    # An empty value, as in a copied .env.example, means the default.
    environment = DEFAULTS | {name: value for name, value in os.environ.items() if value or name not in DEFAULTS}
    environment["PORT"] = str(_web_port(environment["PORT"]))
    is_debug = environ.Env.parse_value(environment["DEBUG"], bool)
    if not environment.get("FLOWER_BASIC_AUTH") and is_debug:
        environment["FLOWER_BASIC_AUTH"] = "admin:admin"
    environment["FLOWER_PORT"] = str(_flower_port(environment.get("FLOWER_PORT", "")))
    if not is_debug and not environment.get("SECRET_KEY"):
        raise CannotStart(
            "SECRET_KEY is not set: set it in the environment or in .env, or set DEBUG=true to try the product."
        )
    return environment


def claim(var_dir: Path) -> int:
    """Hold the lock of this directory for as long as this process lives; give its descriptor.

    Raises CannotStart when another supervisor holds it.
    """
    lock_file(var_dir).parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock_file(var_dir), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(descriptor, 20).decode().strip()
        raise CannotStart(
            f"Urbana Connect already runs on {var_dir} (pid {owner}): stop it with Ctrl-C there, or set URBANA_VAR_DIR and PORT for a second one."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _web_port(wanted: str) -> int:
    port = _number(wanted, "PORT")
    if not is_free(port):
        raise CannotStart(
            f"Port {port} is taken{_by_whom(port)}: stop that program or choose another port, for example `PORT={port + 1} make run`."
        )
    return port


def _flower_port(wanted: str) -> int:
    if wanted:
        port = _number(wanted, "FLOWER_PORT")
        if not is_free(port):
            raise CannotStart(
                f"FLOWER_PORT {port} is taken{_by_whom(port)}: choose another, or leave it unset to get the next free one."
            )
        return port
    return next(port for port in range(_FLOWER_PORT, 65536) if is_free(port))


def _number(text: str, name: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(f"{name} is {text!r}, which is no port: give a number from 1 to 65535.")
    return int(text)


def _by_whom(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr
            if listens and tuple(connection.laddr)[1:] == (port,) and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        return ""
    return ""
