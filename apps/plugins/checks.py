"""Extensions that are installed but cannot be used."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from apps.plugins import discovery


@register()
def plugins_can_be_loaded(app_configs: Any, **options: Any) -> list[CheckMessage]:
    return [
        Warning(
            f"The plugin {name} cannot be loaded: {reason}",
            hint="Update or uninstall its package; everything else goes on without it.",
            id="plugins.W001",
        )
        for name, reason in sorted(discovery.problems.items())
    ]
