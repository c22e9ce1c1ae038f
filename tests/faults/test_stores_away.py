"""Stores flushed and frozen under load: acknowledgements go on, everything is answered, nothing doubled (F4, F5)."""

import time

import pytest

from tests.faults.conftest import World

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("real_processes"), pytest.mark.timeout(600)]

FROZEN_SECONDS = 20


def test_valkey_flushed_under_load(world: World) -> None:
    writing = world.customers.write_many(80, customers=20, per_second=8)
    for _ in range(4):
        time.sleep(2)
        world.product.flush_valkey()
    writing.join()
    violations = world.settled(seconds=300)

    assert len(world.customers.acknowledged) == 80
    assert violations == []


def test_mongod_frozen_for_twenty_seconds_under_load(world: World) -> None:
    writing = world.customers.write_many(120, customers=20, per_second=5)
    time.sleep(2)
    before = len(world.customers.acknowledged)
    with world.product.frozen(world.product.mongod):
        time.sleep(FROZEN_SECONDS)
        during = len(world.customers.acknowledged)
    writing.join()
    violations = world.settled(seconds=300)

    assert during - before > 50, "acknowledgements stopped while mongod was frozen"
    assert set(world.customers.answers()) == {200}
    assert violations == []
