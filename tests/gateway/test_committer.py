"""Group commit: who shares an insert, how many are under way, and where a batch goes whose insert failed."""

import asyncio

import pytest

from apps.gateway import committer as committing
from apps.gateway.committer import GOOD_COMPANY, Committer, StoreUnavailable
from apps.gateway.documents import Row, new_row
from apps.gateway.spool import SpoolUnavailable


class Hesitating:
    """A store, or a spool, that answers when told to."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.under_way = 0
        self.is_open = asyncio.Event()
        self.error: Exception | None = None

    async def insert(self, rows: list[Row]) -> None:
        self.batches.append([row["received_ns"] for row in rows])
        self.under_way += 1
        await self.is_open.wait()
        self.under_way -= 1
        if self.error is not None:
            raise self.error

    append = insert

    async def ping(self) -> bool:
        return self.error is None


def row(number: int, *, size: int = 2) -> Row:
    return new_row(
        row_id=str(number),
        tenant_id="default",
        account="default",
        kind="whatsapp",
        body=b"x" * size,
        received_ns=number,
        traceparent="00-a-b-01",
    )


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def started() -> tuple[Committer, Hesitating, Hesitating, list[int]]:
    store, spool, told = Hesitating(), Hesitating(), list[int]()
    found = Committer(store, spool, on_stored=lambda rows, *, is_urgent: told.append(rows))
    found.start()
    return found, store, spool, told


def submit(committer: Committer, numbers: range, *, size: int = 2) -> "list[asyncio.Task[bool]]":
    return [asyncio.create_task(committer.submit(row(number, size=size))) for number in numbers]


async def test_a_second_insert_begins_only_in_good_company_and_never_a_third() -> None:
    committer, store, _, told = await started()

    tasks = submit(committer, range(1))
    await settle()
    tasks += submit(committer, range(1, GOOD_COMPANY))
    await settle()
    assert store.batches == [[0]]

    tasks += submit(committer, range(GOOD_COMPANY, GOOD_COMPANY + 1))
    await settle()
    assert store.under_way == 2
    tasks += submit(committer, range(100, 200))
    await settle()
    assert store.under_way == 2

    store.is_open.set()
    assert await asyncio.gather(*tasks) == [True] * len(tasks)
    assert sum(told) == len(tasks)
    assert sorted(number for batch in store.batches for number in batch) == [*range(GOOD_COMPANY + 1), *range(100, 200)]
    await committer.stop()


async def test_what_an_insert_did_not_confirm_is_spooled_and_acknowledged_only_then() -> None:
    committer, store, spool, _ = await started()
    store.error = StoreUnavailable("away")
    store.is_open.set()

    tasks = submit(committer, range(30))
    await settle()
    assert not any(task.done() for task in tasks)
    assert not committer.is_store_up
    spool.is_open.set()

    assert await asyncio.gather(*tasks) == [True] * 30
    assert sorted(number for batch in spool.batches for number in batch) == list(range(30))
    await committer.stop()


async def test_what_nobody_took_is_no_acknowledgement() -> None:
    committer, store, spool, told = await started()
    store.error, spool.error = StoreUnavailable("away"), SpoolUnavailable("away")
    store.is_open.set()
    spool.is_open.set()

    assert await asyncio.gather(*submit(committer, range(30))) == [False] * 30
    assert told == []
    await committer.stop()


async def test_nobody_waits_beyond_what_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "MOST_WAITING", 5)
    committer, store, _, _ = await started()
    held = submit(committer, range(1))
    await settle()
    tasks = submit(committer, range(1, 9))
    await settle()

    assert [task.result() for task in tasks if task.done()] == [False] * 3
    store.is_open.set()
    assert await asyncio.gather(*held, *tasks[:5]) == [True] * 6
    await committer.stop()


async def test_large_bodies_share_no_command_that_would_be_too_large_for_mongodb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(committing, "BATCH_BYTES", 1_000)
    committer, store, _, _ = await started()
    store.is_open.set()

    assert await asyncio.gather(*submit(committer, range(10), size=400)) == [True] * 10

    assert max(map(len, store.batches)) == 2
    await committer.stop()


async def test_a_stop_finishes_what_waits() -> None:
    committer, store, _, _ = await started()
    tasks = submit(committer, range(40))
    await settle()
    stopping = asyncio.create_task(committer.stop())
    await settle()
    assert not stopping.done()

    store.is_open.set()
    await stopping

    assert [task.result() for task in tasks] == [True] * 40
