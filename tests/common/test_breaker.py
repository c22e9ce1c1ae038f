"""Circuit breakers that all processes share."""

import pytest
from django.conf import LazySettings

from apps.common import redis
from apps.common.breaker import Breaker

pytestmark = pytest.mark.usefixtures("redis")


@pytest.fixture
def breaker() -> Breaker:
    return Breaker(redis.key("breaker", "default", "test"), failures=3)


def let_pass(breaker: Breaker) -> None:
    """Let the open time pass."""
    redis.client().delete(f"{breaker.key}:open")


def test_it_opens_after_enough_failures_and_not_before(breaker: Breaker) -> None:
    assert [breaker.record_failure() for _ in range(3)] == [False, False, True]

    assert breaker.wait_seconds() > 0
    assert breaker.state() == "open"


def test_a_success_between_failures_keeps_it_closed(breaker: Breaker) -> None:
    breaker.record_failure()
    breaker.record_failure()
    breaker.record_success()

    assert not breaker.record_failure()
    assert breaker.wait_seconds() == 0


def test_half_open_lets_one_caller_probe(breaker: Breaker) -> None:
    breaker.open_now(seconds=30)
    let_pass(breaker)

    assert breaker.state() == "half_open"
    assert breaker.wait_seconds() == 0
    assert breaker.wait_seconds() > 0


def test_the_probe_decides(breaker: Breaker) -> None:
    breaker.open_now(seconds=30)
    let_pass(breaker)
    assert breaker.record_failure()
    assert breaker.state() == "open"

    let_pass(breaker)
    breaker.record_success()

    assert breaker.state() == "closed"
    assert breaker.wait_seconds() == 0


def test_it_never_stays_open_longer_than_a_minute(breaker: Breaker) -> None:
    breaker.open_now(seconds=3600)

    assert 59 < breaker.wait_seconds() <= 60


def test_without_redis_calls_go_through(breaker: Breaker, settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis.client.cache_clear()

    wait = breaker.wait_seconds()
    breaker.record_failure()

    redis.client.cache_clear()
    assert wait == 0
