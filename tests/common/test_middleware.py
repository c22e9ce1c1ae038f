"""What surrounds every page: its language, its policy, its log line."""

import logging

import pytest
from django.test import Client


def test_a_browsers_language_is_no_choice(client: Client) -> None:
    response = client.get("/health/live", headers={"Accept-Language": "en-US"})

    assert response["Content-Language"] == "pt-br"


def test_a_chosen_language_is_spoken(client: Client) -> None:
    client.cookies["django_language"] = "en"

    response = client.get("/health/live")

    assert response["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["/health/live", "/console/login/", "/admin/login/"])
def test_no_page_allows_inline_scripts(client: Client, db: None, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]

    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert "frame-ancestors 'none'" in policy


def test_outside_the_admin_not_even_styles_are_inline(client: Client, db: None) -> None:
    policy = client.get("/console/login/")["Content-Security-Policy"]

    assert "unsafe" not in policy


def test_the_log_line_of_a_request_has_no_query_string(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="apps.common.middleware"):
        client.get("/nowhere/?phone=5583988888888")

    (line,) = [record for record in caplog.records if record.name == "apps.common.middleware"]
    assert line.path == "/nowhere/"  # type: ignore[attr-defined]
    assert "5583988888888" not in str(vars(line))
