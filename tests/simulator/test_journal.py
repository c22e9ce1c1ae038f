"""What one web process knows reaches the others, and survives a restart, through real Redis."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from django.conf import settings

from apps.simulator.phone.changes import Change, CustomerJoined, PhoneCustomer
from apps.simulator.phone.journal import Journal
from apps.simulator.phone.world import World

KEY = f"{settings.URBANA_PREFIX}:simulator:default:test"
pytestmark = pytest.mark.usefixtures("redis")


class Process:
    """One web process's part of the stand-in."""

    def __init__(self, url: str = settings.REDIS_URL) -> None:
        self.world = World()
        self.heard: list[Change] = []
        self.journal = Journal(self.world, redis_url=url, key=KEY, tell=self.heard.append)
        self.world.listeners.append(self.journal.append)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Process"]:
        task = asyncio.create_task(self.journal.run())
        yield self
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_knows(process: Process, key: str) -> None:
    async with asyncio.timeout(5):
        while key not in process.world.customers:
            await asyncio.sleep(0.01)


async def test_another_process_and_a_later_one_learn_what_happened(carla: PhoneCustomer) -> None:
    async with Process().running() as first, Process().running() as second:
        first.world.record(CustomerJoined(customer=carla))
        await until_knows(second, "carla")
    async with Process().running() as later:
        await until_knows(later, "carla")

    assert second.heard == [CustomerJoined(customer=carla)]
    assert first.heard == []


async def test_without_redis_the_phone_goes_on_alone(carla: PhoneCustomer) -> None:
    async with Process("redis://127.0.0.1:1/0").running() as process:
        process.world.record(CustomerJoined(customer=carla))
        await asyncio.sleep(0)

    assert "carla" in process.world.customers
