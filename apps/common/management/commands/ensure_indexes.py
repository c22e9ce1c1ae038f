"""Creates the indexes of every document class, before any process starts."""

import re
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from apps.common.mongo import STORE_ERRORS, TenantDocument, connect

_OPTIONS_CONFLICT, _KEY_CONFLICT = 85, 86


def document_classes() -> list[type[TenantDocument]]:
    """Give every stored document class of every installed app, by name."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.documents"):
            import_module(f"{config.name}.documents")
    return sorted(_stored_below(TenantDocument), key=lambda each: each.__name__)


def _stored_below(base: type[TenantDocument]) -> set[type[TenantDocument]]:
    found: set[type[TenantDocument]] = set()
    for each in base.__subclasses__():
        found |= _stored_below(each) | (set() if each._meta.get("abstract") else {each})
    return found


class Command(BaseCommand):
    """Index creation inside a transaction fails, so no document creates its own when first used."""

    help = "Create the MongoDB indexes of all documents."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create what is missing; what is unchanged is left alone."""
        connect()
        for document in document_classes():
            ensure(document)


def ensure(document: type[TenantDocument]) -> None:
    """Create the indexes of one document class, replacing those whose definition has changed."""
    while True:
        try:
            document.ensure_indexes()
        except STORE_ERRORS as error:
            changed = _changed_index(error)
            if not changed:
                raise
            document._get_collection().drop_index(changed)
        else:
            return


def _changed_index(error: Exception) -> str:
    """Name the existing index that stands in the way; MongoDB tells it in its message only."""
    if getattr(error, "code", None) not in (_OPTIONS_CONFLICT, _KEY_CONFLICT):
        return ""
    names = re.findall(r'(?:different name: |name: ")([^"\s,]+)', str(error))
    return str(names[-1]) if names else ""
