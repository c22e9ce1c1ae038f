"""An in-memory store with the transaction semantics of MongoDB that the protocol leans on.

Snapshot reads, first writer wins, commit or nothing. Three traits are kept on purpose because they bite:
an update that changes nothing is no write and so conflicts with nobody; a duplicate key aborts the whole
transaction; and a transaction whose process was killed keeps its documents locked until it times out.
"""

from collections.abc import Callable
from typing import Any

Doc = dict[str, Any]
KINDS = ("conversation", "message", "event", "record", "parked", "intake")


class Conflict(Exception):
    """Another transaction wrote the same document first; run again on a new snapshot."""


class Duplicate(Exception):
    """A document with this unique key exists already; the transaction is over."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Store:
    def __init__(self, now: Callable[[], float], transaction_lifetime_seconds: float) -> None:
        self.now = now
        self.transaction_lifetime_seconds = transaction_lifetime_seconds
        self.docs: dict[str, dict[str, Doc]] = {kind: {} for kind in KINDS}
        self.locks: dict[tuple[str, str], Transaction] = {}
        self.watchers: list[Callable[[str, str, Doc | None, Doc], None]] = []

    def find(self, kind: str, **equal: Any) -> list[Doc]:
        return [doc for doc in self.docs[kind].values() if matches(doc, equal)]

    def update_one(self, kind: str, key: str, changes: Doc, **expected: Any) -> Doc | None:
        """One atomic conditional update outside a transaction; None when it did not match."""
        doc = self.docs[kind].get(key)
        if doc is None or not matches(doc, expected) or self.locked(kind, key):
            return None
        self._put(kind, key, doc | changes)
        return self.docs[kind][key]

    def insert_one(self, kind: str, key: str, doc: Doc) -> None:
        if key not in self.docs[kind]:
            self._put(kind, key, doc | {"key": key})

    def locked(self, kind: str, key: str, by: "Transaction | None" = None) -> bool:
        holder = self.locks.get((kind, key))
        if holder is None or holder is by:
            return False
        if holder.is_over():
            del self.locks[kind, key]
            return False
        return True

    def _put(self, kind: str, key: str, doc: Doc) -> None:
        before = self.docs[kind].get(key)
        self.docs[kind][key] = doc
        for watch in self.watchers:
            watch(kind, key, before, doc)


class Transaction:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.started = store.now()
        self.ended = False
        self.after_commit: list[tuple[str, float]] = []
        self._snapshot = {kind: docs.copy() for kind, docs in store.docs.items()}
        self._written: dict[tuple[str, str], Doc] = {}

    def is_over(self) -> bool:
        return self.ended or self.store.now() - self.started > self.store.transaction_lifetime_seconds

    def get(self, kind: str, key: str) -> Doc | None:
        return self._written.get((kind, key)) or self._snapshot[kind].get(key)

    def find(self, kind: str, **equal: Any) -> list[Doc]:
        seen = dict(self._snapshot[kind])
        seen.update({key: doc for (written, key), doc in self._written.items() if written == kind})
        return [doc for doc in seen.values() if matches(doc, equal)]

    def insert(self, kind: str, key: str, **fields: Any) -> Doc:
        if self.is_over():
            raise Conflict
        if self.get(kind, key) or key in self.store.docs[kind]:
            raise Duplicate(kind)
        return self._write(kind, key, fields | {"key": key})

    def update(self, kind: str, key: str, **changes: Any) -> Doc:
        doc = self.get(kind, key)
        assert doc is not None, f"{kind} {key} does not exist"
        if all(doc.get(name) == value for name, value in changes.items()):
            return doc
        return self._write(kind, key, doc | changes)

    def _write(self, kind: str, key: str, doc: Doc) -> Doc:
        if self.is_over() or self.store.locked(kind, key, by=self):
            raise Conflict
        if self.store.docs[kind].get(key) is not self._snapshot[kind].get(key):
            raise Conflict
        self.store.locks[kind, key] = self
        self._written[kind, key] = doc
        return doc

    def commit(self) -> None:
        if self.is_over():
            self.abort()
            raise Conflict
        for (kind, key), doc in self._written.items():
            self.store._put(kind, key, doc)
        self.abort()

    def abort(self) -> None:
        self.ended = True
        for lock in self._written:
            if self.store.locks.get(lock) is self:
                del self.store.locks[lock]


def matches(doc: Doc, equal: Doc) -> bool:
    return all(doc.get(name) == value for name, value in equal.items())
