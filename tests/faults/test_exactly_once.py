"""Workers killed with -9 at each moment that decides: no text reaches a customer twice, and none is lost unseen (F2).

At each of four moments twenty-five sending processes are killed, five at a time and their parent with them, each while
its one send stands exactly there. Of every send that Meta accepts, statuses are lost, doubled, late and out of order;
behind every such send another text waits for its turn.
"""

from collections import Counter

import pytest

from tests.faults.conftest import World
from tests.faults.meta import HELD, HELD_AND_DROPPED, Faults
from tests.faults.mongo_wire import Moment

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("killed_senders"), pytest.mark.timeout(400)]

ROUNDS, KILLED_IN_EACH = 5, 5
QUESTION, FURTHER_QUESTION = "Quanto custa o Decor Interiores?", "E o Decor Pintura, quanto custa?"
#: Not answered within two seconds is late: by then the worker that asked is dead and its successor at work.
UNRELIABLE = Faults(odds={}, status_after=(0.02, 5.0), statuses_lost=0.5, statuses_doubled=0.2)


@pytest.mark.parametrize("moment", list(Moment), ids=lambda moment: moment.name.lower())
def test_a_worker_killed_at_this_moment_says_nothing_twice(world: World, moment: Moment) -> None:
    world.meta.faults = UNRELIABLE
    stood_there, killed = set[str](), set[int]()

    with world.product.sending_by_processes(KILLED_IN_EACH):
        for number in range(ROUNDS):
            first = number * KILLED_IN_EACH
            killed |= kill_at(world, moment, stood_there, customers=range(first, first + KILLED_IN_EACH))
    violations = world.settled(seconds=240)

    ends = how_they_ended(world, stood_there)
    assert len(killed) == len(stood_there) == ROUNDS * KILLED_IN_EACH
    assert violations == []
    assert set(ends) <= {"sent", "delivered", "read", "failed", "unknown"}
    assert ends.total() == len(stood_there)
    assert ends["unknown"] < ends.total(), "where intake was healthy there is evidence, and nobody is asked"
    assert world.books().dead_letters() == []


def kill_at(world: World, moment: Moment, stood_there: set[str], *, customers: range) -> set[int]:
    """Let so many sends stand at a moment, note their messages, kill who was sending them, and give whom."""
    if moment is Moment.IN_FLIGHT:
        # Every other one is accepted although nobody is there any more to hear it.
        world.meta.next_faults.extend(HELD if customer % 2 else HELD_AND_DROPPED for customer in customers)
    else:
        world.product.wire.hold(moment, messages=len(customers))
    for customer in customers:
        world.customers.write(customer, QUESTION)
    wait(world, lambda: len(standing(world, moment)) == len(customers), f"all sends to stand {moment.name}")
    stood_there |= standing(world, moment)
    for customer in customers:
        world.customers.write(customer, FURTHER_QUESTION)

    senders = world.product.senders_pids()
    assert world.product.kill("delivery")
    world.product.wire.let_go()
    world.meta.release()
    return senders


def standing(world: World, moment: Moment) -> set[str]:
    """Name the messages whose sends stand at the moment just now."""
    held = world.meta.held if moment is Moment.IN_FLIGHT else world.product.wire.held
    return {one.partition(":")[0] for one in list(held)}


def how_they_ended(world: World, message_ids: set[str]) -> Counter[str]:
    return Counter(str(row["status"]) for row in world.books().outbound if str(row["_id"]) in message_ids)


def wait(world: World, condition, what: str) -> None:  # type: ignore[no-untyped-def]
    world.product.wait_for(condition, seconds=120, what=what, every=0.02)
