"""What is missing or inconsistent in the configuration, said at start-up."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

WHATSAPP_VARIABLES = (
    "WHATSAPP_PHONE_NUMBER_ID",
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
)


@register()
def whatsapp_variables_are_complete(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Refuse an account whose webhooks nobody could verify or whose messages nobody could send."""
    present = [name for name in WHATSAPP_VARIABLES if getattr(settings, name)]
    missing = [name for name in WHATSAPP_VARIABLES if not getattr(settings, name)]
    if not present or not missing:
        return []
    return [
        Error(
            f"{', '.join(present)} set, but {', '.join(missing)} missing.",
            hint="Set all four, or none to use the simulator only.",
            id="tenants.E001",
        )
    ]


@register()
def whatsapp_limits_are_possible(app_configs: Any, **options: Any) -> list[CheckMessage]:
    names = ("WHATSAPP_MESSAGES_PER_SECOND", "WHATSAPP_PAIR_INTERVAL_SECONDS")
    return [
        Error(f"{name} is negative.", hint="0 switches the limit off.", id="tenants.E002")
        for name in names
        if getattr(settings, name) < 0
    ]


@register(deploy=True)
def secrets_have_a_strong_key(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= 32:
        return []
    return [
        Warning(
            "SECRET_KEY is short, and channel secrets are encrypted with it.",
            hint="Use at least 32 random characters; list the former key in SECRET_KEY_FALLBACKS.",
            id="tenants.W001",
        )
    ]
