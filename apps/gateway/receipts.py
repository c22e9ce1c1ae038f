"""What the log says about acknowledgements: a line a second, not one per commit; a line costs as much as a commit."""

import logging
import time
from dataclasses import dataclass, field

from apps.gateway.documents import Row

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
#: Under a flood the line names the first ones only; every body keeps its own trace in the store.
TRACES_NAMED = 100
NOWHERE = "nowhere"


@dataclass
class _Line:
    """What one line will say. No bodies: they must not stay in memory for it."""

    count: int = 0
    commits: int = 0
    size_bytes: int = 0
    accounts: set[str] = field(default_factory=set)
    trace_ids: list[str] = field(default_factory=list)


class Receipts:
    """Collects what became durable, and where, until a line is due; after a quiet second it is written at once."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._written_at = float("-inf")

    def note(self, rows: list[Row], *, where: str) -> None:
        line = self._lines.setdefault(where, _Line())
        line.count += len(rows)
        line.commits += 1
        line.size_bytes += sum(len(row["body"]) for row in rows)
        line.accounts |= {row["account"] for row in rows}
        if (room := TRACES_NAMED - len(line.trace_ids)) > 0:
            line.trace_ids += [row["traceparent"][3:35] for row in rows[:room]]
        if time.monotonic() - self._written_at >= EVERY_SECONDS:
            self.write()

    def write(self) -> None:
        """Write one line per place, if there is anything to say."""
        lines, self._lines = self._lines, {}
        for where, line in lines.items():
            self._written_at = time.monotonic()
            log.info(
                "webhooks_not_kept" if where == NOWHERE else "webhooks_acknowledged",
                extra={
                    "where": where,
                    "count": line.count,
                    "commits": line.commits,
                    "bytes": line.size_bytes,
                    "accounts": " ".join(sorted(line.accounts)),
                    "trace_id": line.trace_ids[0],
                    "trace_ids": " ".join(line.trace_ids),
                },
            )
