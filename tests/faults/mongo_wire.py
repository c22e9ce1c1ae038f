"""A wire between a worker and its MongoDB that can be held at the moments that decide: a claim, a receipt, a commit.

Nothing in the product knows of it. It reads the commands of MongoDB's own protocol as they pass, and when it is told to
hold one it simply does not pass it on (or not its answer), so that the worker stands exactly there until it is killed.
"""

import socket
import struct
import threading
from collections.abc import Callable
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import bson

OP_MSG = 2013
HEADER_BYTES = 16


class Moment(Enum):
    """Where a worker can be held. Each but IN_FLIGHT, which is Meta's to hold, is a command to MongoDB."""

    BEFORE_THE_REQUEST = "the claim is committed, and the worker does not know it yet"
    IN_FLIGHT = "Meta has read the request and not answered it"
    AFTER_METAS_200 = "the answer was received, and nothing of it is written yet"
    BEFORE_OUR_COMMIT = "everything is written, and nothing is committed"


class MongoWire:
    """One listening port that leads to a mongod. `held` names the messages whose worker stands at the wanted moment."""

    def __init__(self, mongod_uri: str) -> None:
        host, _, port = urlsplit(mongod_uri).netloc.rpartition("@")[2].partition(":")
        self._upstream = (host, int(port))
        self._server = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lock = threading.Lock()
        self._wanted: Moment | None = None
        self._most = 0
        self._let_go = threading.Event()
        self.held: set[str] = set()
        #: Nobody is held twice, or the successor of a dead worker would stand where that one stood.
        self._stood: set[str] = set()
        self.uri = _through(mongod_uri, self._upstream, self._server.getsockname()[1])
        threading.Thread(target=self._accept, name="mongo-wire", daemon=True).start()

    def hold(self, moment: Moment, *, messages: int) -> None:
        """From now on, hold whoever reaches this moment, until so many stand there."""
        with self._lock:
            self._wanted, self._most, self.held = moment, messages, set()
            self._let_go = threading.Event()

    def let_go(self) -> None:
        """Hold nobody any more. Whoever stands still goes nowhere: their worker is dead by now."""
        with self._lock:
            self._wanted = None
            self._let_go.set()

    def close(self) -> None:
        self.let_go()
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
                upstream = socket.create_connection(self._upstream)
            except OSError:
                return
            threading.Thread(target=_Connection(self, client, upstream).run, daemon=True).start()

    def must_hold(self, moment: Moment, message_id: str) -> threading.Event | None:
        """Give what to wait for when this worker has to stand still here."""
        with self._lock:
            if self._wanted is not moment or len(self.held) >= self._most or message_id in self._stood:
                return None
            self.held.add(message_id)
            self._stood.add(message_id)
            return self._let_go


class _Connection:
    """One connection of the worker. A driver asks one thing at a time on each, so one transaction is under way here."""

    def __init__(self, wire: MongoWire, client: socket.socket, upstream: socket.socket) -> None:
        self._wire, self._client, self._upstream = wire, client, upstream
        self._is_silent = threading.Event()
        self._claimed = self._received = ""

    def run(self) -> None:
        threading.Thread(target=self._answers, daemon=True).start()
        try:
            while (message := _read_message(self._client)) is not None:
                self._pass_on(message)
        except OSError:
            pass
        finally:
            _close(self._client, self._upstream)

    def _pass_on(self, message: bytes) -> None:
        moment, message_id = self._moment_of(_command_in(message))
        held = self._wire.must_hold(moment, message_id) if moment else None
        if held is None:
            self._upstream.sendall(message)
            return
        if moment is Moment.BEFORE_THE_REQUEST:
            self._is_silent.set()
            self._upstream.sendall(message)
        held.wait(120)
        raise ConnectionError

    def _moment_of(self, command: dict[str, Any]) -> tuple[Moment | None, str]:
        """Tell at which moment this command is sent, and for which message."""
        if command.get("startTransaction"):
            self._claimed = self._received = ""
        if "commitTransaction" in command:
            if self._claimed:
                return Moment.BEFORE_THE_REQUEST, self._claimed
            return (Moment.BEFORE_OUR_COMMIT, self._received) if self._received else (None, "")
        if command.get("findAndModify") == "messages" and "'status': 'sending'" in str(command.get("update")):
            self._claimed = str(command["query"]["_id"])
        for update in command.get("updates", ()) if command.get("update") == "messages" else ():
            changes = update.get("u")
            if isinstance(changes, dict) and "attempts.$.external_id" in changes.get("$set", {}):
                self._received = str(update["q"]["_id"])
                return Moment.AFTER_METAS_200, self._received
        return None, ""

    def _answers(self) -> None:
        try:
            while part := self._upstream.recv(65536):
                if not self._is_silent.is_set():
                    self._client.sendall(part)
        except OSError:
            pass
        finally:
            _close(self._client, self._upstream)


def _through(uri: str, upstream: tuple[str, int], port: int) -> str:
    """The same address by way of this wire: directly, because the set itself names the real port."""
    return uri.replace(f"{upstream[0]}:{upstream[1]}", f"127.0.0.1:{port}") + "&directConnection=true"


def _read_message(source: socket.socket) -> bytes | None:
    header = _read(source, HEADER_BYTES)
    return (
        None if header is None else header + (_read(source, struct.unpack("<i", header[:4])[0] - HEADER_BYTES) or b"")
    )


def _read(source: socket.socket, size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        part = source.recv(size - len(found))
        if not part:
            return None
        found += part
    return bytes(found)


def _command_in(message: bytes) -> dict[str, Any]:
    """Read the command of an OP_MSG: its body, and the documents that the driver sends beside it."""
    if struct.unpack("<i", message[12:16])[0] != OP_MSG:
        return {}
    found: dict[str, Any] = {}
    place = HEADER_BYTES + 4
    while place < len(message):
        kind, place = message[place], place + 1
        size = struct.unpack("<i", message[place : place + 4])[0]
        if kind == 0:
            found |= bson.decode(message[place : place + size])
        else:
            name, _, documents = message[place + 4 : place + size].partition(b"\0")
            found[name.decode()] = bson.decode_all(documents)
        place += size
    return found


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        _quietly(lambda one=one: one.shutdown(socket.SHUT_RDWR))  # type: ignore[misc]
        _quietly(one.close)


def _quietly(act: Callable[[], object]) -> None:
    try:
        act()
    except OSError:
        return
