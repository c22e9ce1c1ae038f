"""The extensions that the demo business has in its list."""

from apps.plugins.models import PluginSetting


def seed_plugins(*, tenant_id: str) -> None:
    """Put the neighbourhood enricher into the list, switched on, unless somebody decided otherwise."""
    PluginSetting.objects.get_or_create(
        tenant_id=tenant_id, plugin="enricher:neighbourhood", defaults={"is_enabled": True}
    )
