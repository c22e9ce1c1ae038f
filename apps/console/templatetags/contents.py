"""Filters for what a message carries: amounts, addresses, numbers to call, lateness. No query, no rule."""

import json
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from django import template

from apps.common.money import amount_of, money
from apps.contracts.content import Content, OrderItem
from apps.contracts.conversations import MessageValue
from apps.conversations.domain import LATE
from apps.conversations.previews import order_total

register = template.Library()


@register.filter
def price(item: OrderItem) -> str:
    """The price of one piece, as it came when it is no number."""
    amount = amount_of(item.price)
    return f"{item.currency} {item.price}".strip() if amount is None else money(amount, item.currency or "BRL")


@register.filter
def line_total(item: OrderItem) -> str:
    """The price of the pieces together."""
    amount = amount_of(item.price)
    return "" if amount is None else money(amount * Decimal(str(item.quantity)), item.currency or "BRL")


@register.filter
def total(content: Content) -> str:
    found = order_total(content)
    return money(found[0], found[1] or "BRL") if found else ""


@register.filter
def web_address(address: str) -> str:
    """An address that a browser may follow, "" for any other: whoever wrote it is a stranger."""
    parts = urlsplit(address) if address.isprintable() and len(address) < 2000 else None
    return address if parts and parts.scheme in ("http", "https") and parts.hostname else ""


@register.filter
def callable_number(number: str) -> str:
    """What stands after `tel:`; "" when it is no number."""
    digits = "".join(sign for sign in number if sign in "0123456789")
    return ("+" if number.strip().startswith("+") or len(digits) > 11 else "") + digits if len(digits) >= 3 else ""


@register.filter
def delay(message: MessageValue) -> timedelta | None:
    """How long a message was on its way, when that is worth saying."""
    if message.sent_at is None or message.direction.value != "inbound":
        return None
    took = message.created_at - message.sent_at
    return took if took >= LATE else None


@register.filter
def original_form(content: Content) -> str:
    """What the channel sent of a message that nobody here can show."""
    return json.dumps(content.raw, ensure_ascii=False, indent=2)
