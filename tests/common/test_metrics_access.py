"""Metrics are for this machine and for who shows the token."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings


def test_a_caller_on_loopback_reads_them(client: Client) -> None:
    response = client.get("/metrics", REMOTE_ADDR="127.0.0.1")

    assert response.status_code == 200
    assert b"# TYPE" in response.content


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via"]
)
def test_a_caller_behind_a_proxy_does_not(client: Client, header: str) -> None:
    response = client.get("/metrics", REMOTE_ADDR="127.0.0.1", headers={header: "127.0.0.1"})

    assert response.status_code == 403


def test_another_machine_does_not(client: Client) -> None:
    response = client.get("/metrics", REMOTE_ADDR="203.0.113.7")

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("authorization", "status"), [("Bearer right", 200), ("Bearer wrong", 403), ("Basic right", 403), ("", 403)]
)
def test_the_token_opens_them_to_other_machines(
    client: Client, settings: Settings, authorization: str, status: int
) -> None:
    settings.METRICS_TOKEN = "right"

    response = client.get("/metrics", REMOTE_ADDR="203.0.113.7", headers={"Authorization": authorization})

    assert response.status_code == status


def test_an_empty_token_opens_nothing(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    response = client.get("/metrics", REMOTE_ADDR="203.0.113.7", headers={"Authorization": "Bearer "})

    assert response.status_code == 403
