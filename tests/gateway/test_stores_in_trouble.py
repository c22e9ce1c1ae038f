"""Redis and MongoDB restarted, read-only, stepping down, out of memory, out of disk (F4, F5, F17).

What was acknowledged is kept, what cannot be kept is answered 503, and neither needs a restart of ours to heal.
"""

import asyncio
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from pymongo import MongoClient
from redis import Redis

from apps.common import redis
from apps.common.stores import RunningStore, start_mongod, start_valkey
from apps.common.stores.mongod import Mongod
from apps.common.stores.valkey import Valkey
from apps.gateway import services, spool
from apps.gateway.documents import DELIVERIES, WebhookDelivery
from apps.gateway.webhook import WebhookApplication
from tests.gateway.asgi import ask, running, text_webhook

pytestmark = [pytest.mark.usefixtures("mongodb", "redis"), pytest.mark.timeout(180)]

#: What a store may still write once its disk is "full".
ROOM_BYTES = 64 * 1024


@pytest.fixture
def spooling(private_valkey: RunningStore, settings: LazySettings) -> Iterator[RunningStore]:
    """A Valkey of this test's own that everything of ours uses, with MongoDB away."""
    settings.REDIS_URL = private_valkey.uri
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/urbana"
    redis.client.cache_clear()
    yield private_valkey
    redis.client.cache_clear()


async def post(application: WebhookApplication, number: int, *, text: str = "") -> int:
    return (await ask(application, body=text_webhook(number, text=text))).status


async def becomes(condition: Callable[[], bool], *, seconds: float = 30) -> bool:
    for _ in range(int(seconds / 0.05)):
        if await asyncio.to_thread(condition):
            return True
        await asyncio.sleep(0.05)
    return False


async def is_taken_again(application: WebhookApplication, number: int) -> bool:
    for _ in range(200):
        if await post(application, number) == 200:
            return True
        await asyncio.sleep(0.1)
    return False


# -- F4 ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("trouble", "relief"),
    [
        (("CONFIG", "SET", "maxmemory", "100kb"), ("CONFIG", "SET", "maxmemory", "0")),
        (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    ],
    ids=["out of memory", "read-only"],
)
async def test_a_redis_that_takes_nothing_is_no_acknowledgement_and_heals_by_itself(
    spooling: RunningStore, trouble: tuple[str, ...], relief: tuple[str, ...]
) -> None:
    with Redis.from_url(spooling.uri) as client:
        async with running() as application:
            assert await post(application, 1) == 200
            client.execute_command(*trouble)
            refused = [await post(application, number) for number in range(2, 5)]
            client.execute_command(*relief)
            assert await is_taken_again(application, 5)

    assert refused == [503, 503, 503]
    assert spool.length() == 2


async def test_a_redis_without_room_does_not_matter_while_mongodb_is_there(
    private_valkey: RunningStore, settings: LazySettings
) -> None:
    settings.REDIS_URL = private_valkey.uri
    with Redis.from_url(private_valkey.uri) as client:
        client.config_set("maxmemory", "100kb")

        async with running() as application:
            answers = [await post(application, number) for number in range(5)]

    assert answers == [200] * 5
    assert WebhookDelivery.objects.count() == 5


async def test_what_was_spooled_survives_a_killed_redis(spooling: RunningStore, tmp_path: Path) -> None:
    async with running() as application:
        assert [await post(application, number) for number in range(5)] == [200] * 5
        spooling.process.kill()
        spooling.process.wait()
        assert await post(application, 6) == 503
        again = await asyncio.to_thread(start_valkey, tmp_path / "valkey")
        assert await is_taken_again(application, 7)
    drained = services.drain_spool()
    again.stop()

    assert drained == 6
    assert WebhookDelivery.objects.count() == 6


# -- F5 ----------------------------------------------------------------------------------------------------------------
async def test_a_primary_that_steps_down_loses_nothing(private_mongod: RunningStore, settings: LazySettings) -> None:
    settings.MONGODB_URI = private_mongod.uri
    with MongoClient[dict[str, Any]](private_mongod.uri) as client:
        async with running() as application:
            assert await post(application, 1) == 200
            client.admin.command("replSetStepDown", 2, force=True)
            meanwhile = [await post(application, number) for number in range(2, 6)]
            assert await becomes(lambda: application.is_store_up)
            assert await post(application, 6) == 200
        stored = client.get_default_database()[DELIVERIES].count_documents({})

    assert meanwhile == [200] * 4
    assert stored + spool.length() >= 6


async def test_a_mongod_that_stutters_loses_nothing(private_mongod: RunningStore, settings: LazySettings) -> None:
    settings.MONGODB_URI = private_mongod.uri
    answers: list[int] = []

    async def stutter() -> None:
        for _ in range(6):
            os.kill(private_mongod.pid, signal.SIGSTOP)
            await asyncio.sleep(0.4)
            os.kill(private_mongod.pid, signal.SIGCONT)
            await asyncio.sleep(0.2)

    with MongoClient[dict[str, Any]](private_mongod.uri) as client:
        async with running() as application:
            stuttering = asyncio.create_task(stutter())
            while not stuttering.done():
                numbers = range(len(answers), len(answers) + 20)
                answers += await asyncio.gather(*(post(application, number) for number in numbers))
            assert await becomes(lambda: application.is_store_up)
        stored = {bytes(row["body"]) for row in client.get_default_database()[DELIVERIES].find({}, {"body": 1})}
    spooled = {row["body"] for _, row in spool.oldest(100_000)}

    assert set(answers) == {200}
    assert stored | spooled == {text_webhook(number) for number in range(len(answers))}


async def test_a_killed_mongod_is_found_again_by_itself(
    private_mongod: RunningStore, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MONGODB_URI = private_mongod.uri
    async with running() as application:
        assert await post(application, 1) == 200
        private_mongod.process.kill()
        private_mongod.process.wait()
        meanwhile = [await post(application, number) for number in range(2, 5)]
        again = await asyncio.to_thread(start_mongod, tmp_path / "mongod")
        assert await becomes(lambda: application.is_store_up)
        assert await post(application, 5) == 200
    again.stop()

    assert meanwhile == [200] * 3
    assert spool.length() == 3


# -- F17 ---------------------------------------------------------------------------------------------------------------
def without_the_signal(command: list[str]) -> list[str]:
    """A process that is refused more room on disk hears it from its write, as of a full disk, and is not killed."""
    return ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh", *command]


@contextmanager
def full_disk(server: RunningStore, directory: Path) -> Iterator[None]:
    """Let no file of a server grow beyond what its largest growing one is now, plus a little."""
    largest = max((file.stat().st_size for file in directory.rglob("*.aof")), default=0)
    limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest + ROOM_BYTES, limits[1]))
    yield
    if server.process.poll() is None:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, limits)


async def test_a_spool_on_a_full_disk_is_refused_loses_nothing_and_heals(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: LazySettings
) -> None:
    command = Valkey.command
    monkeypatch.setattr(Valkey, "command", lambda self: without_the_signal(command(self)))
    valkey = start_valkey(tmp_path / "valkey")
    settings.REDIS_URL, settings.MONGODB_URI = valkey.uri, "mongodb://127.0.0.1:1/urbana"
    redis.client.cache_clear()
    async with running() as application:
        assert await post(application, 0) == 200
        answers = []
        with full_disk(valkey, tmp_path / "valkey"):
            for number in range(1, 12):
                answers.append(await post(application, number, text="x" * 16_000))
        assert await is_taken_again(application, 99)
    acknowledged = 2 + answers.count(200)

    valkey.process.kill()
    valkey.process.wait()
    again = start_valkey(tmp_path / "valkey")
    redis.client.cache_clear()
    drained = services.drain_spool()
    again.stop()
    redis.client.cache_clear()

    assert answers[-1] == 503
    assert drained >= acknowledged
    assert WebhookDelivery.objects.count() >= acknowledged


async def test_a_mongod_on_a_full_disk_is_replaced_by_the_spool_and_keeps_what_it_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: LazySettings
) -> None:
    command = Mongod.command
    monkeypatch.setattr(Mongod, "command", lambda self: without_the_signal(command(self)))
    mongod = await asyncio.to_thread(start_mongod, tmp_path / "mongod")
    settings.MONGODB_URI = mongod.uri
    async with running() as application:
        assert await post(application, 0) == 200
        with full_disk(mongod, tmp_path / "mongod"):
            answers = [await post(application, number, text="x" * 16_000) for number in range(1, 12)]
            gone = await asyncio.to_thread(mongod.process.wait, 60)
        again = await asyncio.to_thread(start_mongod, tmp_path / "mongod")
        assert await becomes(lambda: application.is_store_up)
        assert await post(application, 99) == 200
        with MongoClient[dict[str, Any]](again.uri) as client:
            stored = client.get_default_database()[DELIVERIES].count_documents({})
    again.stop()

    assert gone != 0
    assert answers == [200] * 11
    assert stored + spool.length() >= 13


# -- alarm -------------------------------------------------------------------------------------------------------------
async def test_readers_of_the_log_learn_of_what_was_refused(
    spooling: RunningStore, caplog: pytest.LogCaptureFixture
) -> None:
    async with running() as application:
        os.kill(spooling.pid, signal.SIGSTOP)
        refused = await post(application, 1)
        os.kill(spooling.pid, signal.SIGCONT)

    assert refused == 503
    assert "webhooks_refused" in [record.message for record in caplog.records if record.levelname == "ERROR"]
