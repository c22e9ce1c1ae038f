"""Processes killed with -9 throughout: nothing lost, doubled or reordered (F1, F2, F3)."""

import random
import time
from collections import Counter

import pytest

from tests.faults.conftest import World
from tests.faults.product import WORKERS

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("real_processes"), pytest.mark.timeout(600)]

#: What Meta does wrong meanwhile, and how often.
INJECTED = {"500": 2, "500 after accepting": 4, "130429": 4}


def test_workers_killed_throughout_two_hundred_messages(world: World) -> None:
    dice, kills = random.Random(20), 0
    world.model.service.delay_seconds = 0.5
    plan = [fault for fault, times in INJECTED.items() for _ in range(times)] + [""] * 50
    dice.shuffle(plan)
    world.meta.next_faults.extend(plan)
    calls_before = len(world.meta.calls)

    writing = world.customers.write_many(200, customers=30, per_second=6)
    while writing.is_alive() or kills < 12:
        time.sleep(dice.uniform(1.5, 3.5))
        kills += world.product.kill(dice.choice(WORKERS))
    violations = world.settled(seconds=300)

    happened = Counter(fault for _, _, fault in world.meta.calls[calls_before:] if fault)
    assert kills >= 10
    assert happened == INJECTED
    assert len(world.customers.acknowledged) == 200
    assert violations == []
    assert world.books().dead_letters() == []


def test_web_killed_right_after_acknowledging(world: World) -> None:
    for number in range(3):
        wamids = {world.customers.write(customer, f"({number}) Quanto custa o Decor Pintura?") for customer in range(4)}
        wait_for_the_first_acknowledgement(world, wamids)
        assert world.product.kill("web")
    violations = world.settled(seconds=300)

    assert len(world.customers.acknowledged) == 12
    assert violations == []


def wait_for_the_first_acknowledgement(world: World, wamids: set[str]) -> None:
    world.product.wait_for(
        lambda: bool(world.customers.acknowledged & wamids), seconds=60, what="an acknowledgement", every=0.01
    )
