"""An embedded Valkey (or Redis), with its append-only file, a password, and loopback only."""

import os
import subprocess
import time
from functools import cached_property
from pathlib import Path

from redis import Redis
from redis.exceptions import BusyLoadingError, RedisError

from apps.common.stores.binaries import find_valkey
from apps.common.stores.running import RunningStore, StoreError, is_free, port_of, secret_of, spawn, stop_orphan


class Valkey:
    """A server for one data directory: how to start it, where it answers, when it is ready."""

    name = "valkey-server"

    def __init__(self, data_dir: Path, *, log_file: Path | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.log_file = log_file or self.data_dir / "valkey.log"

    @cached_property
    def port(self) -> int:
        """Give the port of this data directory."""
        return port_of(self.data_dir)

    @cached_property
    def uri(self) -> str:
        """Give the address with its password."""
        return f"redis://:{secret_of(self.data_dir / 'password')}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration, and end what an earlier run may have left on this directory."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        stop_orphan(self.data_dir, program=find_valkey().name)
        if not is_free(self.port):
            raise StoreError(
                f"Port {self.port} of the embedded Valkey is taken: delete {self.data_dir / 'port'} to choose another."
            )
        # In a file rather than on the command line, where every user of the machine could read the password.
        configuration = self.data_dir / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f"bind 127.0.0.1\nport {self.port}\ndir {self.data_dir}\nlogfile {self.log_file}\n"
            f"requirepass {secret_of(self.data_dir / 'password')}\n"
            'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n',
            encoding="utf-8",
        )

    def command(self) -> list[str]:
        """Give the command line."""
        return [str(find_valkey()), str(self.data_dir / "valkey.conf")]

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server's process."""
        return spawn(self.command(), environment=dict(os.environ), log_file=self.log_file)

    def is_ready(self) -> bool:
        """Tell whether it answers."""
        try:
            with Redis.from_url(self.uri, socket_timeout=1, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except (BusyLoadingError, RedisError):
            return False


def start_valkey(data_dir: Path, *, seconds: float = 20) -> RunningStore:
    """Start a Valkey on this directory and wait until it answers."""
    server = Valkey(data_dir)
    server.prepare()
    running = RunningStore(server.uri, server.port, server.start())
    deadline = time.monotonic() + seconds
    while not server.is_ready():
        if time.monotonic() > deadline or running.process.poll() is not None:
            running.stop()
            raise StoreError(f"valkey-server did not start; the reason is in {server.log_file}.")
        time.sleep(0.02)
    return running
