"""Without Redis the console still opens; what may be lost is left out."""

import os
import signal
import time

import pytest
from django.test import override_settings

from apps.common import redis
from apps.console import spare


@pytest.fixture
def without_redis(private_valkey):
    """Redis that takes connections and answers none."""
    redis.client.cache_clear()
    with override_settings(REDIS_URL=private_valkey.uri):
        redis.client().ping()
        os.kill(private_valkey.process.pid, signal.SIGSTOP)
        yield
        os.kill(private_valkey.process.pid, signal.SIGCONT)
    redis.client.cache_clear()
    spare._patience.away_until = 0.0


def test_the_list_opens_while_redis_does_not_answer(signed_in, ana, waiting, without_redis):
    client = signed_in(ana)
    client.get("/console/")

    started = time.monotonic()
    response = client.get("/console/")

    assert response.status_code == 200
    assert "Carla Menezes" in response.content.decode()
    assert time.monotonic() - started < 4
