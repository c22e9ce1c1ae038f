"""Whether a row points only at rows of its own business."""

from typing import Any

from django.db import models

from apps.tenants.models import Configured


def strangers(row: models.Model) -> list[str]:
    """The relations of a row that lead to another business: an import or a superuser's form may try."""
    if not isinstance(row, Configured):
        return []
    related: list[tuple[str, Any]] = [
        (field.name, getattr(row, field.name))
        for field in row._meta.concrete_fields
        if field.is_relation and field.name != "tenant" and getattr(row, field.attname) is not None
    ]
    return [
        name for name, other in related if isinstance(other, Configured) and other.config_tenant != row.config_tenant
    ]
