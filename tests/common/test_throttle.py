"""Token buckets that all processes share."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings

from apps.common import redis, throttle
from apps.common.throttle import Bucket

pytestmark = pytest.mark.usefixtures("redis")


def bucket(name: str, *, per_second: float = 0.01, burst: float = 3) -> Bucket:
    return Bucket(redis.key("rate", "default", name), per_second, burst)


def test_a_burst_is_allowed_and_then_one_has_to_wait() -> None:
    slow = bucket("slow")

    waits = [throttle.take([slow]) for _ in range(4)]

    assert waits[:3] == [0, 0, 0]
    assert 90 < waits[3] <= 100


def test_tokens_come_back_with_time() -> None:
    quick = bucket("quick", per_second=200, burst=1)
    assert throttle.take([quick]) == 0

    while throttle.take([quick]):
        time.sleep(0.001)


def test_all_buckets_are_taken_or_none() -> None:
    wide, narrow = bucket("wide", burst=5), bucket("narrow", burst=1)
    throttle.take([narrow])

    assert throttle.take([wide, narrow]) > 0

    assert [throttle.take([wide]) for _ in range(5)] == [0] * 5


def test_thirty_takers_at_once_get_what_there_is_and_no_more() -> None:
    shared = bucket("shared", burst=7)

    with ThreadPoolExecutor(15) as pool:
        waits = list(pool.map(lambda _: throttle.take([shared]), range(30)))

    assert waits.count(0) == 7


def test_a_token_taken_for_nothing_is_given_back() -> None:
    single = bucket("single", burst=1)
    throttle.take([single])

    throttle.give_back([single])

    assert throttle.take([single]) == 0
    assert throttle.take([single]) > 0


def test_a_bucket_on_hold_gives_nothing_for_so_long() -> None:
    held = bucket("held", per_second=10, burst=80)

    throttle.hold(held, seconds=5)

    assert 4.5 < throttle.take([held]) <= 5


def test_without_redis_the_process_limits_itself(settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis.client.cache_clear()
    lonely = bucket("lonely", burst=2)

    waits = [throttle.take([lonely]) for _ in range(3)]

    redis.client.cache_clear()
    assert waits[:2] == [0, 0]
    assert waits[2] > 0
