"""What became of a handler: written by delivery, or by the handler's own last transaction, which saves a commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from apps.common import clock
from apps.common.mongo import after_commit
from apps.events.documents import EventRecord


class Assignment:
    """The entry whose handler runs in this context."""

    def __init__(self, record_id: str, to: str) -> None:
        self.record_id = record_id
        self.to = to
        self.started = clock.now()
        self.is_settled = False

    def done(self) -> dict[str, Any]:
        """Give the verdict of success, as of now."""
        now = clock.now()
        return {"to": self.to, "at": now, "outcome": "done", "ms": round((now - self.started).total_seconds() * 1000)}


_current: ContextVar[Assignment | None] = ContextVar("current_assignment", default=None)


@contextmanager
def assigned(assignment: Assignment) -> Iterator[None]:
    """Let what runs inside settle this entry itself."""
    token = _current.set(assignment)
    try:
        yield
    finally:
        _current.reset(token)


def settle_here() -> None:
    """Write the running handler's verdict in the running transaction, which must be its last.

    Nothing when no handler runs. What the handler still does afterwards is a courtesy: it is not run again.
    """
    assignment = _current.get()
    if assignment is None or assignment.is_settled:
        return
    settle(assignment.record_id, assignment.done())

    def committed() -> None:
        assignment.is_settled = True

    after_commit(committed)


def settle(
    record_id: str,
    verdict: dict[str, Any],
    *,
    instead: list[dict[str, Any]] | None = None,
    dead: dict[str, Any] | None = None,
) -> None:
    """Take the entry out and write its verdict, in one update; the record may go 30 days after its last entry."""
    rest: dict[str, Any] = {"$filter": {"input": "$pending", "as": "p", "cond": {"$ne": ["$$p.to", verdict["to"]]}}}
    changes: list[dict[str, Any]] = [
        {
            "$set": {
                "pending": {"$concatArrays": [rest, instead or []]},
                "verdicts": {"$concatArrays": ["$verdicts", [verdict]]},
                **({"dead": {"$concatArrays": ["$dead", [dead]]}} if dead else {}),
            }
        },
        {"$set": {"settled_at": {"$cond": [{"$eq": ["$pending", []]}, clock.now(), None]}}},
    ]
    EventRecord.objects(id=record_id).update_one(__raw__=changes)
