"""MongoDB, transactions included: the only place besides `documents.py` that knows the driver.

mongoengine knows no sessions, so `atomic` binds a pymongo session to the calling context and every call inside
joins it. mongoengine also wraps driver errors, so transient ones are found on the chain of causes.
"""

import functools
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, ClassVar, ParamSpec, TypeVar, cast

import mongoengine
import pymongo
from bson import ObjectId
from bson.errors import InvalidId
from django.conf import settings
from mongoengine import DateTimeField, Document, IntField, Q, StringField
from mongoengine.connection import DEFAULT_CONNECTION_NAME, get_connection
from mongoengine.errors import NotUniqueError, OperationError
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from apps.common import clock

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
DocumentT = TypeVar("DocumentT", bound=Document)

#: A transaction that still conflicts after this long gives up; the lease or the caller tries again later.
GIVE_UP_AFTER = timedelta(seconds=10)

#: A unique index whose name begins so is hit by those who lost a race, not by a repetition: the transaction runs again
#: and finds what the winner wrote.
RACE = "index: race_"
DUPLICATE_KEY_CODE = 11000
TRANSIENT = "TransientTransactionError"
UNKNOWN_COMMIT = "UnknownTransactionCommitResult"


#: Everything that a store may raise: for the few places that go on without it.
STORE_ERRORS: tuple[type[Exception], ...] = (PyMongoError, OperationError)


class AlreadyExists(Exception):
    """A unique key was hit: what was to be written is there already."""


class _Work:
    """What the running transaction still has to do once it has committed."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], None]] = []
        self.batches: dict[Callable[[list[Any]], None], list[Any]] = {}
        self.rows: dict[type[Document], list[dict[str, Any]]] = {}


_current: ContextVar[_Work | None] = ContextVar("current_transaction", default=None)


class TenantDocument(Document):  # type: ignore[misc]
    """Base of every document: whose it is, which shape it has, when it was written (UTC)."""

    tenant_id: Any = StringField(required=True)
    schema_version: Any = IntField(default=1)
    created_at: Any = DateTimeField(default=clock.now)

    meta: ClassVar[dict[str, Any]] = {
        "abstract": True,
        "auto_create_index": False,
        "strict": False,
    }


def connect() -> None:
    """Name the server; the first query of each process opens the connection (a client must not cross a fork)."""
    mongoengine.register_connection(
        alias=DEFAULT_CONNECTION_NAME,
        host=settings.MONGODB_URI,
        connect=False,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=5000,
        timeoutMS=20000,
        # No write concern here: the server's default is majority, which on a journaled member means durable, and a
        # client-wide one would be sent inside transactions, where MongoDB refuses it.
        appname="urbana",
    )
    # Made now, opened by the first query: threads that made it on first use could end up with two clients in one
    # process, and a session of the one is refused by the documents of the other.
    get_connection()


def client() -> "MongoClient[dict[str, Any]]":
    found: MongoClient[dict[str, Any]] = get_connection()
    return found


def database() -> Any:
    return client().get_default_database()


def is_writable(*, timeout_seconds: float) -> bool:
    """Tell, within the time given, whether there is a primary. Raises one of STORE_ERRORS when nothing answers."""
    with pymongo.timeout(timeout_seconds):
        return bool(client().admin.command("hello")["isWritablePrimary"])


def new_id() -> str:
    return str(ObjectId())


def object_id(text: str) -> ObjectId:
    return ObjectId(text)


def is_id(text: str) -> bool:
    """Tell whether a text from outside can be a document's id at all."""
    try:
        ObjectId(text)
    except (InvalidId, TypeError):
        return False
    return True


def after_commit(callback: Callable[[], None]) -> None:
    """Run `callback` once the running transaction has committed, at once when there is none."""
    work = _current.get()
    if work is None:
        callback()
    else:
        work.callbacks.append(callback)


def after_commit_together(function: Callable[[list[Any]], None], item: Any) -> None:
    """Call `function` once, with this item and all others given for it, when the running transaction has committed."""
    work = _current.get()
    if work is None:
        function([item])
    else:
        work.batches.setdefault(function, []).append(item)


def insert_at_commit(document: type[Document], row: dict[str, Any]) -> None:
    """Insert a row, given as stored, together with all others of its kind just before the running transaction commits.

    One round trip for many; until then no query sees it. Raises what an insert raises, from the outermost `atomic`.
    """
    work = _current.get()
    if work is None:
        raise RuntimeError("insert_at_commit needs a transaction")
    work.rows.setdefault(document, []).append(row)


def insert_row(document: type[Document], row: dict[str, Any]) -> str:
    """Insert a row, given as stored, at once, and give its id. Fields that it leaves out read as their defaults."""
    document._get_collection().insert_one(row)
    return str(row["_id"])


def change_row(
    document: type[DocumentT], query: dict[str, Any], pipeline: list[dict[str, Any]], *, new: bool = False
) -> DocumentT | None:
    """Change one row by an update that the server computes from the row itself; give it as it was, or is with `new`.

    One round trip where reading first would take two. `query` names fields as stored. None when nothing matches.
    """
    found = document._get_collection().find_one_and_update(query, pipeline, return_document=new)
    # mongoengine has no public name for it.
    return None if found is None else cast(DocumentT, document._from_son(found))  # noqa: SLF001


def atomic(function: Callable[P, R]) -> Callable[P, R]:
    """Run a service as one MongoDB transaction; inner calls join the outer one.

    Re-run from the start on a write conflict, so nothing outside MongoDB may happen inside. A duplicate key is
    re-run once, because inside a snapshot it may only mean that somebody else committed a moment ago; the second
    time it raises AlreadyExists.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is not None:
            return function(*args, **kwargs)
        return _run(lambda: function(*args, **kwargs))

    return wrapper


def is_outage(error: BaseException) -> bool:
    """Tell whether the store, not the work, is at fault: nothing is known to be wrong with what was asked."""
    return any(
        isinstance(cause, ConnectionFailure | ExecutionTimeout) or _is_retryable(cause) for cause in _chain(error)
    )


def _run(function: Callable[[], R]) -> R:
    give_up_at = time.monotonic() + GIVE_UP_AFTER.total_seconds()
    duplicates = 0
    attempt = 0
    while True:
        work = _Work()
        token = _current.set(work)
        try:
            result = _once(function, work)
        except (PyMongoError, OperationError) as error:
            if _is_duplicate(error) and RACE not in str(error):
                duplicates += 1
                if duplicates > 1:
                    raise AlreadyExists from error
            elif _is_duplicate(error) and time.monotonic() < give_up_at:
                log.info("race_lost")
            elif not _is_retryable_in(error) or time.monotonic() > give_up_at:
                raise
        else:
            break
        finally:
            _current.reset(token)
        attempt += 1
        time.sleep(random.uniform(0, min(0.002 * 2**attempt, 0.25)))  # noqa: S311 - jitter, not a secret
    for batch, items in work.batches.items():
        batch(items)
    for callback in work.callbacks:
        callback()
    return result


def _once(function: Callable[[], R], work: _Work) -> R:
    with client().start_session() as session, session.bind(end_session=False):
        session.start_transaction(
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern(w="majority", j=True),
        )
        try:
            result = function()
            for document, rows in work.rows.items():
                document._get_collection().insert_many(rows)
        except BaseException:
            if session.in_transaction:
                session.abort_transaction()
            raise
        _commit(session)
        return result


def _commit(session: ClientSession) -> None:
    """Commit, again while the server cannot say whether it did (committing twice is one commit)."""
    for last in (False, False, True):
        try:
            session.commit_transaction()
        except PyMongoError as error:
            if last or not error.has_error_label(UNKNOWN_COMMIT):
                raise
        else:
            return


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _is_retryable(error: BaseException) -> bool:
    return isinstance(error, PyMongoError) and error.has_error_label(TRANSIENT)


def _is_retryable_in(error: BaseException) -> bool:
    return any(_is_retryable(cause) for cause in _chain(error))


def _is_duplicate(error: BaseException) -> bool:
    for cause in _chain(error):
        if isinstance(cause, NotUniqueError | DuplicateKeyError):
            return True
        if isinstance(cause, BulkWriteError):
            return any(one.get("code") == DUPLICATE_KEY_CODE for one in cause.details.get("writeErrors", []))
    return False


__all__ = [
    "STORE_ERRORS",
    "AlreadyExists",
    "Q",
    "TenantDocument",
    "after_commit",
    "after_commit_together",
    "atomic",
    "change_row",
    "connect",
    "database",
    "insert_at_commit",
    "insert_row",
    "is_id",
    "is_outage",
    "new_id",
    "object_id",
]
