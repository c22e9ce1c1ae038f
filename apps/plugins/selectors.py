"""Which extensions work for a tenant. A switch in /admin/ is seen by every process within two seconds."""

import logging
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from apps.contracts.plugins import Enricher, PluginKind
from apps.plugins import registry
from apps.plugins.models import PluginSetting, known_plugin, parse_settings
from apps.tenants.cached import configured

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EnabledPlugin:
    """An extension that a tenant switched on, with that tenant's settings."""

    name: str
    implementation: Any
    settings: BaseModel


def enabled(tenant_id: str, kind: PluginKind) -> list[EnabledPlugin]:
    """The extensions of a kind that this tenant switched on, in the order of their names.

    One that is not installed any more, or whose settings no longer fit, is left out and logged.
    """
    found = [_enabled(key, settings) for key, settings in _switched_on(tenant_id) if key.startswith(f"{kind.value}:")]
    return [plugin for plugin in found if plugin is not None]


def enabled_enrichers(tenant_id: str) -> list[tuple[Enricher, BaseModel]]:
    return [
        (cast(Enricher, plugin.implementation), plugin.settings) for plugin in enabled(tenant_id, PluginKind.ENRICHER)
    ]


def installed(kind: PluginKind | None = None) -> list[registry.Plugin]:
    return registry.plugins(kind)


@configured(tuple[tuple[str, dict[str, Any]], ...])
def _switched_on(tenant_id: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    rows = PluginSetting.objects.filter(tenant_id=tenant_id, is_enabled=True).order_by("plugin")
    return tuple((row.plugin, row.settings) for row in rows)


def _enabled(key: str, settings: dict[str, Any]) -> EnabledPlugin | None:
    known = known_plugin(key)
    if known is None:
        logger.warning("plugin is not installed", extra={"plugin": key})
        return None
    try:
        return EnabledPlugin(known.name, known.implementation, parse_settings(known, settings))
    except ValidationError:
        logger.warning("plugin settings do not fit", extra={"plugin": key})
        return None
