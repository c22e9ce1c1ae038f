"""Every extension that this process knows, by kind and name.

A plugin calls `register` when its module is loaded; see `discovery` for how modules are found.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from pydantic import BaseModel

from apps.contracts.plugins import NoSettings, PluginKind


class UnknownPlugin(LookupError):
    """Nobody registered this name."""

    def __init__(self, kind: PluginKind, name: str) -> None:
        super().__init__(f"no {kind} is registered as {name!r}")
        self.kind = kind
        self.name = name


class PluginConflict(ValueError):
    """Two plugins want the same name."""


@dataclass(frozen=True)
class Plugin:
    """One extension: `implementation` follows the protocol of its kind, `settings` is the model of a tenant's settings."""

    kind: PluginKind
    name: str
    implementation: Any
    title: str | Promise
    description: str | Promise
    settings: type[BaseModel]

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.name}"


_plugins: dict[tuple[PluginKind, str], Plugin] = {}


def register(
    kind: PluginKind,
    name: str,
    implementation: Any,
    *,
    title: str | Promise = "",
    description: str | Promise = "",
    settings: type[BaseModel] = NoSettings,
) -> None:
    """Make an extension known under a name. Repeating a registration is harmless; raises PluginConflict otherwise."""
    known = _plugins.get((kind, name))
    if known is not None and type(known.implementation) is not type(implementation):
        raise PluginConflict(f"the {kind} {name!r} is registered twice")
    _plugins[kind, name] = Plugin(kind, name, implementation, title or name, description, settings)


def unregister(kind: PluginKind, name: str) -> None:
    """Forget an extension, for tests that register their own."""
    _plugins.pop((kind, name), None)


def get(kind: PluginKind, name: str) -> Any:
    """The implementation of this name. Raises UnknownPlugin."""
    return plugin(kind, name).implementation


def plugin(kind: PluginKind, name: str) -> Plugin:
    """The extension with its title and settings model. Raises UnknownPlugin."""
    try:
        return _plugins[kind, name]
    except KeyError:
        raise UnknownPlugin(kind, name) from None


def all(kind: PluginKind) -> dict[str, Any]:  # noqa: A001  # registry.all(kind) reads as meant
    """Every implementation of a kind by name."""
    return {found.name: found.implementation for found in plugins(kind)}


def plugins(kind: PluginKind | None = None) -> list[Plugin]:
    """Every extension, or those of one kind, in the order of their names."""
    found = [plugin for plugin in _plugins.values() if kind in (None, plugin.kind)]
    return sorted(found, key=lambda plugin: plugin.key)
