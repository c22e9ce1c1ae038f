"""The two-level cache: memory, then Redis, then the truth."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from apps.common import cache as two_level
from apps.common.cache import TwoLevelCache, forget_memory
from apps.common.redis import client, key


@pytest.fixture(autouse=True)
def _empty(redis: None) -> Iterator[None]:
    forget_memory()
    yield
    forget_memory()
    two_level._outage._until = 0.0


class Truth:
    """Counts how often it is asked."""

    def __init__(self, value: list[int]) -> None:
        self.value = value
        self.asked = 0

    def __call__(self) -> list[int]:
        self.asked += 1
        return self.value


@pytest.fixture
def numbers() -> TwoLevelCache[list[int]]:
    return TwoLevelCache("numbers", list[int], ttl=timedelta(minutes=1))


def test_the_truth_is_asked_once_per_version_and_tenant(numbers):
    truth = Truth([1, 2])

    for _ in range(3):
        assert numbers.get("default", 7, load=truth) == [1, 2]
    assert truth.asked == 1

    numbers.get("default", 8, load=truth)
    numbers.get("vizinha", 7, load=truth)
    assert truth.asked == 3


def test_another_process_finds_the_answer_in_redis(numbers):
    truth = Truth([1, 2])
    numbers.get("default", 7, load=truth)

    forget_memory()

    assert numbers.get("default", 7, load=truth) == [1, 2]
    assert truth.asked == 1


def test_a_secret_kind_stays_in_memory():
    secrets = TwoLevelCache[list[int]]("secrets", list[int], ttl=timedelta(minutes=1), is_shared=False)

    secrets.get("default", 7, load=Truth([1]))

    assert list(client().scan_iter(match=key("cache", "secrets", "*"))) == []


def test_what_another_release_wrote_is_a_miss_and_not_an_error(numbers):
    truth = Truth([1])
    client().set(key("cache", "numbers", "default", 7), '{"not": "numbers"}')

    assert numbers.get("default", 7, load=truth) == [1]
    assert truth.asked == 1


def test_without_redis_the_truth_answers_and_one_failure_is_enough_for_a_while(numbers, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    client.cache_clear()
    truth = Truth([1])
    try:
        assert numbers.get("default", 7, load=truth) == [1]
        assert not two_level._outage.is_over()
        assert numbers.get("default", 8, load=truth) == [1]
    finally:
        client.cache_clear()

    assert truth.asked == 2
