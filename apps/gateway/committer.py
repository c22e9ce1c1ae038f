"""Group commit: whatever arrived together shares one journaled insert, or one fsynced spool write.

Single journaled inserts cap at some 900 a second; one writer that drains the queue acknowledges ten times as many.
"""

import asyncio
import logging
import time
from typing import Protocol

from apps.gateway import metrics
from apps.gateway.documents import Row
from apps.gateway.spool import SpoolUnavailable

log = logging.getLogger(__name__)

MOST_WAITING = 20_000
MOST_WAITING_BYTES = 96 * 1024 * 1024
BATCH_ROWS = 1_000
BATCH_BYTES = 16 * 1024 * 1024
#: Spool writes wait for an fsync of up to a second, so several may be under way.
SPOOL_WRITES = 16
PING_SECONDS = 0.25
#: Under a flood the line names the first ones only; every body keeps its own trace in the store.
TRACES_NAMED = 32


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
        self._arrived = asyncio.Event()
        self._spool_slots = asyncio.Semaphore(SPOOL_WRITES)
        self._writer: asyncio.Task[None] | None = None
        self._pinging: asyncio.Task[None] | None = None
        self._spooling: set[asyncio.Task[None]] = set()
        self._is_stopping = False
        self.is_store_up = True

    def start(self) -> None:
        metrics.INTAKE_STORE_UP.set(1)
        self._writer = asyncio.create_task(self._write_for_ever())

    async def stop(self) -> None:
        """Finish what waits, then end."""
        self._is_stopping = True
        self._arrived.set()
        if self._writer is not None:
            await self._writer
        await asyncio.gather(*self._spooling)
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
        self._arrived.set()
        return await done

    async def _write_for_ever(self) -> None:
        while True:
            await self._arrived.wait()
            batch = self._take_batch()
            if not batch:
                if self._is_stopping:
                    return
                self._arrived.clear()
                continue
            if self.is_store_up and await self._to_store(batch):
                continue
            await self._spool_slots.acquire()
            writing = asyncio.create_task(self._to_spool(batch))
            self._spooling.add(writing)
            writing.add_done_callback(self._spooling.discard)

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

    async def _to_store(self, batch: Batch) -> bool:
        try:
            await self._store.insert([row for row, _ in batch])
        except StoreUnavailable as error:
            log.warning("webhook_store_away", extra={"reason": str(error), "count": len(batch)})
            self.is_store_up = False
            metrics.INTAKE_STORE_UP.set(0)
            self._pinging = asyncio.create_task(self._ping_until_back())
            return False
        self._settle(batch, stored=True, where="store")
        self._on_stored(len(batch), is_urgent=any(_is_urgent(row) for row, _ in batch))
        return True

    async def _to_spool(self, batch: Batch) -> None:
        try:
            await self._spool.append([row for row, _ in batch])
        except SpoolUnavailable as error:
            log.error("webhooks_refused", extra={"reason": str(error), "count": len(batch)})
            self._settle(batch, stored=False, where="nowhere")
        else:
            metrics.SPOOLED.inc(len(batch))
            self._settle(batch, stored=True, where="spool")
        finally:
            self._spool_slots.release()

    async def _ping_until_back(self) -> None:
        """Probe in the background: customers' webhooks must not be what finds out."""
        is_back = False
        while not is_back:
            await asyncio.sleep(PING_SECONDS)
            is_back = await self._store.ping()
        self.is_store_up = True
        metrics.INTAKE_STORE_UP.set(1)
        log.info("webhook_store_back")

    def _settle(self, batch: Batch, *, stored: bool, where: str) -> None:
        for _, done in batch:
            if not done.done():
                done.set_result(stored)
        metrics.WEBHOOK_BATCH.observe(len(batch))
        metrics.WEBHOOK_SECONDS.observe((time.time_ns() - batch[0][0]["received_ns"]) / 1e9)
        # One line per commit, not per request: at thousands a second the lines would cost more than the work.
        log.info(
            "webhooks_acknowledged" if stored else "webhooks_not_kept",
            extra={
                "count": len(batch),
                "where": where,
                "bytes": sum(len(row["body"]) for row, _ in batch),
                "accounts": " ".join(sorted({row["account"] for row, _ in batch})),
                "trace_id": batch[0][0]["traceparent"][3:35],
                "trace_ids": " ".join(row["traceparent"][3:35] for row, _ in batch[:TRACES_NAMED]),
            },
        )
