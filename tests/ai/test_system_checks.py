"""Settings that do not fit together are named before the product starts."""

import pytest
from django.conf import LazySettings

from apps.ai.checks import model_settings_fit_together


def ids() -> list[str | None]:
    return [message.id for message in model_settings_fit_together(None)]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, []),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, ["ai.W001"]),
        ({"OPENAI_MODEL": "gpt-6-luna"}, ["ai.W001"]),
        ({"OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": "localhost:1"}, ["ai.E001"]),
        ({"ASSISTANT_TURNS_PER_CUSTOMER_HOUR": -1}, ["ai.E002"]),
    ],
)
def test_model_settings(settings: LazySettings, changes: dict[str, object], found: list[str]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)

    assert ids() == found
