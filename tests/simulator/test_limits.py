"""Meta's pace: a number and a pair that write too fast are refused, each with its own code."""

import pytest

from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.limits import HIGH_MESSAGES_PER_SECOND, PAIR_BURST, RateLimits, meta_limits


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def accepted(limits: RateLimits, customers: list[str]) -> int:
    """How many of these sends pass before the first refusal."""
    for count, customer in enumerate(customers):
        try:
            limits.check(customer)
        except GraphError:
            return count
    return len(customers)


def test_a_number_sends_eighty_messages_a_second_and_no_more() -> None:
    clock = Clock()
    limits = RateLimits(messages_per_second=80, clock=clock)

    first = accepted(limits, [str(n) for n in range(200)])
    with pytest.raises(GraphError) as refusal:
        limits.check("x")
    clock.now += 0.5
    second = accepted(limits, [str(n) for n in range(200)])

    assert (first, second) == (80, 40)
    assert (refusal.value.code, refusal.value.status, refusal.value.rule) == (130429, 429, "§10")


def test_one_customer_gets_a_burst_and_then_one_message_every_six_seconds() -> None:
    clock = Clock()
    limits = RateLimits(pair_interval_seconds=6, clock=clock)

    burst = accepted(limits, ["carla"] * 100)
    with pytest.raises(GraphError) as refusal:
        limits.check("carla")
    limits.check("davi")
    clock.now += 6
    later = accepted(limits, ["carla"] * 100)

    assert (burst, later) == (PAIR_BURST, 1)
    assert (refusal.value.code, refusal.value.rule) == (131056, "§10")


def test_a_strict_stand_in_keeps_metas_own_numbers() -> None:
    clock = Clock()
    limits = meta_limits(clock)

    number = accepted(limits, [str(n) for n in range(200)])
    limits.raise_to(HIGH_MESSAGES_PER_SECOND)
    clock.now += 1
    upgraded = accepted(limits, [str(n) for n in range(3_000)])

    assert (number, upgraded) == (80, 1_000)


def test_nobody_upgrades_what_has_no_limit() -> None:
    limits = RateLimits(clock=Clock())
    limits.raise_to(1)

    assert accepted(limits, ["carla"] * 100) == 100


def test_management_calls_of_the_last_hour_are_counted() -> None:
    clock = Clock()
    limits = RateLimits(management_per_hour=2, clock=clock)
    for _ in range(2):
        limits.check_management()

    with pytest.raises(GraphError) as refusal:
        limits.check_management()
    used = limits.management_percent()
    clock.now += 3_601
    limits.check_management()

    assert (refusal.value.code, refusal.value.status, refusal.value.rule) == (80007, 429, "§10")
    assert used == 100


def test_without_limits_everything_passes() -> None:
    assert accepted(RateLimits(clock=Clock()), ["carla"] * 1_000) == 1_000
