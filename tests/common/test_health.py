"""Readiness tells the truth, in time."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from apps.common import heartbeats
from apps.common import redis as redis_client
from apps.common.stores import RunningStore
from tests.product import wait_until

PARTS = ("database", "mongodb", "redis", "broker", "workers", "clock")
ROLES = ("worker.intake", "worker.assistant", "worker.delivery", "worker.quarantine", "clock")


@pytest.fixture
def everyone_alive(stores: None) -> None:
    for role in ROLES:
        heartbeats.beat(role)


@pytest.fixture
def frozen_valkey(private_valkey: RunningStore, settings: Settings) -> Iterator[RunningStore]:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = private_valkey.uri
    redis_client.client.cache_clear()
    os.kill(private_valkey.pid, signal.SIGSTOP)
    yield private_valkey
    redis_client.client.cache_clear()


def test_live_answers_whatever_the_rest_does(client: Client) -> None:
    response = client.get("/health/live")

    assert response.status_code == 200


def test_ready_when_everything_answers(client: Client, everyone_alive: None) -> None:
    # A busy machine may need a second try: an answer that takes longer than the deadline counts as none.
    wait_until(lambda: client.get("/health/ready").status_code == 200, seconds=30, why="readiness stayed red")

    response = client.get("/health/live")

    assert response.json() == {"status": "ok"}


def test_each_part_is_named(client: Client, everyone_alive: None) -> None:
    response = client.get("/health/ready")

    assert set(PARTS) <= set(response.json())


def test_outside_services_are_reported_and_never_a_reason(
    client: Client, everyone_alive: None, settings: Settings
) -> None:
    settings.OPENAI_API_KEY = ""

    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json()["openai"] == "knowledge articles only"
    assert "whatsapp" in response.json()


@pytest.mark.parametrize("missing", ROLES)
def test_not_ready_when_one_process_gave_no_sign_of_life(client: Client, stores: None, missing: str) -> None:
    for role in ROLES:
        if role != missing:
            heartbeats.beat(role)

    response = client.get("/health/ready")

    assert response.status_code == 503
    part = "clock" if missing == "clock" else "workers"
    assert [name for name in PARTS if response.json()[name] != "ok"] == [part]


def test_a_hanging_store_turns_readiness_red_within_two_seconds(
    client: Client, stores: None, frozen_valkey: RunningStore
) -> None:
    started = time.monotonic()

    response = client.get("/health/ready")

    assert time.monotonic() - started < 2
    assert response.status_code == 503
    assert response.json()["redis"] != "ok"
    assert response.json()["database"] == "ok"


def test_no_address_or_password_is_shown(client: Client, stores: None, settings: Settings) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://:geheim@127.0.0.1:1/0"

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert b"geheim" not in response.content
    assert b"127.0.0.1" not in response.content
