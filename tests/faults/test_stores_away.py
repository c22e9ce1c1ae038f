"""Stores flushed and frozen under load: acknowledgements go on, everything is answered, nothing doubled (F4, F5)."""

import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import World

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("real_processes"), pytest.mark.timeout(400)]


def test_valkey_flushed_under_load(start_world: Callable[..., World]) -> None:
    world = start_world()

    writing = world.customers.write_many(100, customers=20, per_second=8)
    for _ in range(4):
        time.sleep(2.5)
        world.product.flush_valkey()
    writing.join()
    world.wait_until_quiet(seconds=90)

    assert len(world.customers.acknowledged) == 100
    assert world.books().violations() == []


def test_mongod_frozen_for_twenty_seconds_under_load(start_world: Callable[..., World]) -> None:
    world = start_world()

    writing = world.customers.write_many(160, customers=20, per_second=5)
    time.sleep(5)
    before = len(world.customers.acknowledged)
    with world.product.frozen(world.product.mongod):
        time.sleep(20)
        during = len(world.customers.acknowledged)
    writing.join()
    recovered_after_seconds = world.wait_until_quiet(seconds=120)

    assert during - before > 50, "acknowledgements stopped while mongod was frozen"
    assert set(world.customers.answers()) == {200}
    assert world.books().violations() == []
    assert recovered_after_seconds < 60
