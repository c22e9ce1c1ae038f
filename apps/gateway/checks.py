"""What must be configured together."""

from typing import Any

from django.conf import settings
from django.core import checks

SECRET = "WHATSAPP_APP_SECRET"  # noqa: S105 - the name of a variable
WHATSAPP = ("WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_ACCESS_TOKEN", SECRET, "WHATSAPP_VERIFY_TOKEN")


@checks.register
def check_whatsapp(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """Refuse to start without the app secret: every webhook would be refused, silently. Warn about the rest."""
    missing = [name for name in WHATSAPP if not getattr(settings, name)]
    if len(missing) in (0, len(WHATSAPP)):
        return []
    kind, number = (checks.Error, "E001") if SECRET in missing else (checks.Warning, "W001")
    return [
        kind(
            f"The WhatsApp account is configured in part: missing {', '.join(missing)}.",
            hint="Set all of them, or none and connect the number in /admin/.",
            id=f"gateway.{number}",
        )
    ]
