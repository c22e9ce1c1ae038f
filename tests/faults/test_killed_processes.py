"""Processes killed with -9 throughout: nothing lost, doubled or reordered (F1, F2, F3)."""

import random
import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import World
from tests.faults.meta import Faults
from tests.faults.product import WORKERS

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("real_processes"), pytest.mark.timeout(400)]


def test_workers_killed_throughout_two_hundred_messages(start_world: Callable[..., World]) -> None:
    world = start_world(model_delay_seconds=0.5)
    world.meta.faults = Faults(odds={"500": 0.02, "130429": 0.03, "500 after accepting": 0.03})
    dice, kills = random.Random(20), 0

    writing = world.customers.write_many(200, customers=30, per_second=4)
    while writing.is_alive() or kills < 12:
        time.sleep(dice.uniform(3.5, 5.5))
        kills += world.product.kill(dice.choice(WORKERS))
    time.sleep(10)  # what waited for its worker meets the faults of Meta too
    world.meta.faults = Faults.none()
    recovered_after_seconds = world.wait_until_quiet(seconds=120)

    books = world.books()
    assert kills >= 10
    assert len(world.customers.acknowledged) == 200
    assert books.violations() == []
    assert books.dead_letters() == []
    assert recovered_after_seconds < 60


def test_web_killed_right_after_acknowledging(start_world: Callable[..., World]) -> None:
    world = start_world()

    for number in range(10):
        wamids = {world.customers.write(customer, f"Quanto custa o Decor Pintura? ({number})") for customer in range(4)}
        wait_for_the_first_acknowledgement(world, wamids)
        world.product.kill("web")
    world.wait_until_quiet(seconds=90)

    assert len(world.customers.acknowledged) == 40
    assert world.books().violations() == []


def wait_for_the_first_acknowledgement(world: World, wamids: set[str]) -> None:
    world.product.wait_for(lambda: bool(world.customers.acknowledged & wamids), seconds=30, what="an acknowledgement")
