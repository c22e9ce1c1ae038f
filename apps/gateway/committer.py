"""Group commit: whatever arrived together shares one journaled insert, or one fsynced spool write.

Single journaled inserts cap at some 900 a second; one writer that drains the queue acknowledges ten times as many.
A second insert begins under the first one only in good company, so that the store and we work at the same time without
paying for more commits.
"""

import asyncio
import logging
import time
from typing import Protocol

from apps.gateway import metrics
from apps.gateway.documents import Row
from apps.gateway.receipts import Receipts
from apps.gateway.spool import SpoolUnavailable

log = logging.getLogger(__name__)

MOST_WAITING = 20_000
MOST_WAITING_BYTES = 96 * 1024 * 1024
BATCH_ROWS = 1_000
#: One command carries a batch, and a command is at most 16 MiB; a body may pass this limit alone.
BATCH_BYTES = 8 * 1024 * 1024
STORE_WRITES = 2
#: Fewer rows wait for the insert that is under way.
GOOD_COMPANY = 14
#: Spool writes wait for an fsync of up to a second, so several may be under way.
SPOOL_WRITES = 16
PING_SECONDS = 0.25


#: Rows with whom to tell.
Batch = list[tuple[Row, "asyncio.Future[bool]"]]


class OnStored(Protocol):
    def __call__(self, rows: int, *, is_urgent: bool) -> None:
        """Hear that so many rows are durable, and whether somebody waits for what they say."""
        ...


def _is_urgent(row: Row) -> bool:
    """Whether somebody waits for what the body says: everything but a body of delivery statuses alone.

    A look at the bytes, not a parse: being wrong costs a moment and nothing else.
    """
    return b'"statuses":' not in row["body"] or b'"messages":' in row["body"]


class StoreUnavailable(Exception):
    """MongoDB did not acknowledge in time; the rows may have been stored nevertheless."""


class Store(Protocol):
    async def insert(self, rows: list[Row]) -> None:
        """Insert durably or raise StoreUnavailable within half a second."""
        ...

    async def ping(self) -> bool:
        """Tell whether inserts would be accepted now."""
        ...


class Spool(Protocol):
    async def append(self, rows: list[Row]) -> None:
        """Append durably or raise SpoolUnavailable."""
        ...


class Committer:
    """Takes rows one by one and says for each whether it is durable."""

    def __init__(self, store: Store, spool: Spool, *, on_stored: OnStored) -> None:
        self._store = store
        self._spool = spool
        self._on_stored = on_stored
        self._waiting: Batch = []
        self._waiting_bytes = 0
        #: Set whenever the writer may have something to begin.
        self._changed = asyncio.Event()
        self._inserting: set[asyncio.Task[None]] = set()
        self._spooling: set[asyncio.Task[None]] = set()
        self._writer: asyncio.Task[None] | None = None
        self._pinging: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._receipts = Receipts()
        self.is_store_up = True

    def start(self) -> None:
        metrics.INTAKE_STORE_UP.set(1)
        self._writer = asyncio.create_task(self._write_for_ever())

    async def stop(self) -> None:
        """Finish what waits, then end."""
        self._is_stopping = True
        self._changed.set()
        if self._writer is not None:
            await self._writer
        await asyncio.gather(*self._inserting)
        await asyncio.gather(*self._spooling)
        self._receipts.write()
        if self._pinging is not None:
            self._pinging.cancel()

    async def submit(self, row: Row) -> bool:
        """Give True once the row is durable, False when it could not be kept: answer 503."""
        size = len(row["body"])
        if len(self._waiting) >= MOST_WAITING or self._waiting_bytes + size > MOST_WAITING_BYTES:
            return False
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        self._waiting_bytes += size
        if self._may_begin():
            self._changed.set()
        return await done

    def write_receipts(self) -> None:
        """Log what was acknowledged since the last line; called once a second."""
        self._receipts.write()

    async def _write_for_ever(self) -> None:
        while self._waiting or not self._is_stopping:
            if not self._may_begin():
                self._changed.clear()
                await self._changed.wait()
                continue
            batch = self._take_batch()
            if self.is_store_up:
                inserting = asyncio.create_task(self._to_store(batch))
                self._inserting.add(inserting)
                inserting.add_done_callback(self._inserted)
            else:
                self._begin_spooling(batch)

    def _may_begin(self) -> bool:
        """Whether a batch waits and may go now."""
        if not self._waiting:
            return False
        if not self.is_store_up:
            return len(self._spooling) < SPOOL_WRITES
        if not self._inserting:
            return True
        return len(self._inserting) < STORE_WRITES and len(self._waiting) >= GOOD_COMPANY

    def _inserted(self, task: "asyncio.Task[None]") -> None:
        self._inserting.discard(task)
        self._changed.set()

    def _spooled(self, task: "asyncio.Task[None]") -> None:
        self._spooling.discard(task)
        self._changed.set()

    def _begin_spooling(self, batch: Batch) -> None:
        spooling = asyncio.create_task(self._to_spool(batch))
        self._spooling.add(spooling)
        spooling.add_done_callback(self._spooled)

    def _take_batch(self) -> Batch:
        count = size = 0
        for row, _ in self._waiting[:BATCH_ROWS]:
            size += len(row["body"])
            if count and size > BATCH_BYTES:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        self._waiting_bytes -= sum(len(row["body"]) for row, _ in batch)
        return batch

    async def _to_store(self, batch: Batch) -> None:
        try:
            await self._store.insert([row for row, _ in batch])
        except StoreUnavailable as error:
            log.warning("webhook_store_away", extra={"reason": str(error), "count": len(batch)})
            self._turn_away()
            self._begin_spooling(batch)
            return
        self._settle(batch, stored=True, where="store")
        self._on_stored(len(batch), is_urgent=any(_is_urgent(row) for row, _ in batch))

    def _turn_away(self) -> None:
        """Write to the spool from now on, until a ping finds the store again."""
        if self.is_store_up:
            self.is_store_up = False
            metrics.INTAKE_STORE_UP.set(0)
            self._pinging = asyncio.create_task(self._ping_until_back())

    async def _to_spool(self, batch: Batch) -> None:
        try:
            await self._spool.append([row for row, _ in batch])
        except SpoolUnavailable as error:
            log.error("webhooks_refused", extra={"reason": str(error), "count": len(batch)})
            self._settle(batch, stored=False, where="nowhere")
        else:
            metrics.SPOOLED.inc(len(batch))
            self._settle(batch, stored=True, where="spool")

    async def _ping_until_back(self) -> None:
        """Probe in the background: customers' webhooks must not be what finds out."""
        is_back = False
        while not is_back:
            await asyncio.sleep(PING_SECONDS)
            is_back = await self._store.ping()
        self.is_store_up = True
        metrics.INTAKE_STORE_UP.set(1)
        self._changed.set()
        log.info("webhook_store_back")

    def _settle(self, batch: Batch, *, stored: bool, where: str) -> None:
        for _, done in batch:
            if not done.done():
                done.set_result(stored)
        metrics.WEBHOOK_BATCH.observe(len(batch))
        metrics.WEBHOOK_SECONDS.observe((time.time_ns() - batch[0][0]["received_ns"]) / 1e9)
        self._receipts.note([row for row, _ in batch], where=where)
