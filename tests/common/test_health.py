"""Readiness tells the truth, in time."""

import pytest
from django.test import Client

from apps.common import heartbeats


@pytest.fixture
def everyone_alive(stores: None) -> None:
    for role in ("worker.intake", "worker.assistant", "worker.delivery", "worker.quarantine", "clock"):
        heartbeats.beat(role)


def test_live_answers_whatever_the_rest_does(client: Client) -> None:
    response = client.get("/health/live")

    assert response.status_code == 200


def test_ready_when_everything_answers(client: Client, everyone_alive: None) -> None:
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert {response.json()[part] for part in ("database", "mongodb", "redis", "broker", "workers", "clock")} == {"ok"}
