"""An embedded mongod: a one-node replica set (transactions need one), with a key file, a user, and loopback only."""

import base64
import os
import secrets
import subprocess
import time
from functools import cached_property
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from apps.common.stores.binaries import find_mongod, library_path
from apps.common.stores.running import RunningStore, StoreError, is_free, port_of, secret_of, spawn, stop_orphan

REPLICA_SET = "urbana"
USER = "urbana"
_ALREADY_INITIALIZED = 23
_NEEDS_AUTHENTICATION = (13, 18)


class Mongod:
    """A server for one data directory: how to start it, where it answers, when it is ready."""

    name = "mongod"

    def __init__(self, data_dir: Path, *, log_file: Path | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.log_file = log_file or self.data_dir / "mongod.log"

    @cached_property
    def port(self) -> int:
        """Give the port of this data directory; it is part of the replica set's configuration, so it never changes."""
        return port_of(self.data_dir)

    @cached_property
    def uri(self) -> str:
        """Give the address with its credentials; the database is `urbana`."""
        return (
            f"mongodb://{USER}:{self._password}@127.0.0.1:{self.port}/urbana?replicaSet={REPLICA_SET}&authSource=admin"
        )

    @cached_property
    def _password(self) -> str:
        return secret_of(self.data_dir / "password")

    def prepare(self) -> None:
        """Make the key file, and end what an earlier run may have left on this directory."""
        (self.data_dir / "db").mkdir(parents=True, exist_ok=True)
        stop_orphan(self.data_dir / "db", program="mongod")
        if not is_free(self.port):
            raise StoreError(
                f"Port {self.port} of the embedded mongod is taken by another program: stop that program, or set URBANA_VAR_DIR to begin anew."
            )
        secret_of(self.data_dir / "keyfile", lambda: base64.b64encode(secrets.token_bytes(96)).decode())
        (self.data_dir / "keyfile").chmod(0o600)

    def command(self) -> list[str]:
        """Give the command line. Slow-query lines would print documents, hence `--slowms`."""
        return [
            str(find_mongod()),
            *("--dbpath", str(self.data_dir / "db")),
            *("--port", str(self.port), "--bind_ip", "127.0.0.1", "--nounixsocket"),
            *("--replSet", REPLICA_SET, "--oplogSize", "64", "--keyFile", str(self.data_dir / "keyfile")),
            *("--wiredTigerCacheSizeGB", "0.25", "--networkMessageCompressors", "disabled"),
            *("--slowms", "60000", "--quiet", "--logappend", "--logpath", str(self.log_file)),
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # The transaction of a killed process keeps its documents until this runs out (87 s with the default of 60).
            *("--setParameter", "transactionLifetimeLimitSeconds=5"),
        ]

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server's process."""
        libraries = library_path(find_mongod())
        environment = dict(os.environ) | ({"LD_LIBRARY_PATH": libraries} if libraries else {})
        return spawn(self.command(), environment=environment, log_file=self.log_file)

    def is_ready(self) -> bool:
        """Tell whether it accepts writes from our user, making the replica set and the user the first time."""
        client: MongoClient[dict[str, object]]
        try:
            with self._connect(USER, self._password) as client:
                return bool(client.admin.command("hello")["isWritablePrimary"]) and bool(
                    client.admin.command("usersInfo")
                )
        except OperationFailure as refused:
            return refused.code in _NEEDS_AUTHENTICATION and self._initiate()
        except PyMongoError:
            return False

    def _initiate(self) -> bool:
        # Until the first user exists, mongod lets a client on loopback do exactly these two things.
        try:
            with self._connect() as client:
                member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
                try:
                    client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
                except OperationFailure as refused:
                    if refused.code not in (_ALREADY_INITIALIZED, *_NEEDS_AUTHENTICATION):
                        raise
                if client.admin.command("hello")["isWritablePrimary"]:
                    client.admin.command("createUser", USER, pwd=self._password, roles=["root"])
        except PyMongoError:
            return False
        return False

    def _connect(self, username: str | None = None, password: str | None = None) -> "MongoClient[dict[str, object]]":
        return MongoClient(
            "127.0.0.1",
            self.port,
            username=username,
            password=password,
            directConnection=True,
            serverSelectionTimeoutMS=1000,
            timeoutMS=3000,
        )


def start_mongod(data_dir: Path, *, seconds: float = 30) -> RunningStore:
    """Start a mongod on this directory and wait until it is a primary that knows our user."""
    server = Mongod(data_dir)
    server.prepare()
    running = RunningStore(server.uri, server.port, server.start())
    deadline = time.monotonic() + seconds
    while not server.is_ready():
        if time.monotonic() > deadline or running.process.poll() is not None:
            running.stop()
            raise StoreError(f"mongod did not start; the reason is in {server.log_file}.")
        time.sleep(0.02)
    return running
