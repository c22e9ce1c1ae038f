"""What is missing or inconsistent in the settings of the language model."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register()
def model_settings_fit_together(app_configs: Any, **options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    named = [name for name in ("OPENAI_BASE_URL", "OPENAI_MODEL") if getattr(settings, name)]
    if named and not settings.OPENAI_API_KEY:
        found.append(
            Warning(
                f"{' and '.join(named)} is set, but OPENAI_API_KEY is not: no model is asked.",
                hint="Set OPENAI_API_KEY (any text for an endpoint that wants none), or leave all of them unset.",
                id="ai.W001",
            )
        )
    address = settings.OPENAI_BASE_URL
    if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
        found.append(
            Error(
                "OPENAI_BASE_URL is not an http or https address.",
                hint="For example https://api.openai.com/v1",
                id="ai.E001",
            )
        )
    if settings.ASSISTANT_TURNS_PER_CUSTOMER_HOUR < 0:
        found.append(Error("ASSISTANT_TURNS_PER_CUSTOMER_HOUR is negative.", hint="Use 0 for no limit.", id="ai.E002"))
    return found
