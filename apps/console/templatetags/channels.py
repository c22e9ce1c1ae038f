"""By which channel a customer writes, in the channel's own words: nobody here knows its name."""

from django import template

from apps.gateway.channels.registry import adapters

register = template.Library()


@register.filter
def channel_title(kind: str) -> str:
    """What people call a kind of channel; the kind itself when its folder is gone."""
    adapter = adapters().get(kind)
    return adapter.abilities.title if adapter is not None else kind
