"""One account that is throttled and one customer who hangs: everybody else is answered as fast as without them (F9)."""

import time
from collections.abc import Callable, Iterator
from statistics import quantiles

import pytest

from tests.faults.conftest import World
from tests.faults.customers import Customers
from tests.faults.product import APP_SECRET
from tests.faults.webhooks import Webhooks

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("real_processes"), pytest.mark.timeout(300)]

QUESTION = "Quanto custa o Decor Interiores?"
OTHERS, PER_SECOND = 60, 5.0
THROTTLED_CONVERSATIONS = 30
SECOND_NUMBER = "330000000000002"
#: What the others may lose. A hanging call lasts ten times as long, and a refused account never answers at all.
ALLOWED_SECONDS = 1.0

CONNECT = f"""
from apps.tenants.models import ChannelAccount
first = ChannelAccount.objects.get(slug="default")
first.pk, first.slug, first.name, first.phone_number_id = None, "segunda", "Segunda linha", "{SECOND_NUMBER}"
first.save()
"""


def test_the_others_do_not_notice_a_throttled_account_and_a_hanging_customer(world: World, second: Customers) -> None:
    usual = p99_of_others(world, first_customer=100)

    trouble_starts(world, second)
    harmed = p99_of_others(world, first_customer=300, meanwhile=lambda: write_and_hang(world))

    assert world.meta.refused_as_too_fast > 0, "the second number was never throttled"
    assert world.meta.hung > 0, "nobody hung"
    assert harmed <= usual + max(ALLOWED_SECONDS, usual), f"{usual:.2f} s without them, {harmed:.2f} s with them"
    assert harmed < 10, "as long as a hanging call"


@pytest.fixture
def second(world: World) -> Iterator[Customers]:
    """Give the customers of a second number of the business, which Meta always throttles."""
    world.product.manage("shell", "-c", CONNECT)
    world.meta.throttled.add(SECOND_NUMBER)
    webhooks = Webhooks(f"{world.product.url}/webhooks/whatsapp/segunda", app_secret=APP_SECRET)
    yield Customers(webhooks, phone_number_id=SECOND_NUMBER, first=500_000)
    webhooks.close()


def trouble_starts(world: World, second: Customers) -> None:
    """Let thirty customers wait behind the throttled number, and one customer write whom nothing reaches."""
    for customer in range(THROTTLED_CONVERSATIONS):
        second.write(customer, QUESTION)
    world.meta.hanging.add(world.customers.phone(0))
    write_and_hang(world)
    world.product.wait_for(
        lambda: world.meta.hung > 0 and world.meta.refused_as_too_fast > 0, seconds=60, what="the trouble to begin"
    )


def write_and_hang(world: World) -> None:
    """Let one customer write about whom no call is ever answered: neither the reply to him nor his read mark."""
    world.meta.hanging.add(world.customers.write(0, QUESTION))


def p99_of_others(world: World, *, first_customer: int, meanwhile: Callable[[], None] = lambda: None) -> float:
    """Let many customers write at a steady pace, each once; give how long the slowest hundredth waited for an answer.

    Counted from the acknowledgement: how long Meta's own post takes is no matter of sending.
    """
    customers = range(first_customer, first_customer + OTHERS)
    wamids = dict[str, str]()
    started = time.monotonic()
    for number, customer in enumerate(customers):
        time.sleep(max(0.0, started + number / PER_SECOND - time.monotonic()))
        wamids[world.customers.phone(customer)] = world.customers.write(customer, QUESTION)
        meanwhile()
    world.product.wait_for(lambda: answered(world, wamids), seconds=90, what="all others to be answered")
    first_answers = {send.to.lstrip("+"): send.accepted_at for send in reversed(world.meta.sends)}
    waits = [first_answers[phone] - acknowledged_at(world, wamid) for phone, wamid in wamids.items()]
    return quantiles(waits, n=100, method="inclusive")[98]


def acknowledged_at(world: World, wamid: str) -> float:
    """When the post of a message was answered, as good as now when its answer was lost."""
    (posted,) = world.customers.written[wamid]
    return posted.acknowledged_at or time.time()


def answered(world: World, wamids: dict[str, str]) -> bool:
    return wamids.keys() <= {send.to.lstrip("+") for send in world.meta.sends}
