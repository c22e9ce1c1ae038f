"""A configuration row as plain data, for the audit log. Secrets are never in it."""

import hashlib
from typing import Any

from django.conf import settings
from django.db import models

from apps.tenants.encryption import EncryptedTextField

HIDDEN = frozenset({"password", "last_login"})
#: Longer texts are cut: the log says that they changed, the row itself holds them.
LONGEST_TEXT = 2_000


def snapshot(row: models.Model | None) -> dict[str, Any]:
    """The columns of a row by name. A secret is a short mark that only tells whether it changed."""
    if row is None:
        return {}
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        if isinstance(field, EncryptedTextField):
            found[field.name] = _mark(value)
        elif field.name not in HIDDEN:
            found[field.name] = _plain(value)
    return found


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Keep of two snapshots what differs."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def _mark(secret: str) -> str:
    """Keyed by SECRET_KEY, so that a short secret cannot be guessed from its mark."""
    if not secret:
        return ""
    return "••• " + hashlib.blake2b(secret.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=4).hexdigest()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
