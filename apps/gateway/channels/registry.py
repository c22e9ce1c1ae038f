"""Finds the channel adapters: every folder beside this file."""

import pkgutil
from functools import cache
from importlib import import_module

from apps.contracts.channels import ChannelAdapter
from apps.gateway import channels


class UnknownChannel(LookupError):
    """No folder implements this kind of channel."""


@cache
def adapters() -> dict[str, ChannelAdapter]:
    """Map each kind to its adapter."""
    found: dict[str, ChannelAdapter] = {}
    for module in pkgutil.iter_modules(channels.__path__):
        if module.ispkg:
            adapter: ChannelAdapter = import_module(f"{channels.__name__}.{module.name}.adapter").ADAPTER
            found[adapter.kind] = adapter
    return found


def adapter_for(kind: str) -> ChannelAdapter:
    try:
        return adapters()[kind]
    except KeyError as missing:
        raise UnknownChannel(kind) from missing
