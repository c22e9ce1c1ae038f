"""Creates the indexes of every document class, before any process starts."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from apps.common.mongo import TenantDocument, connect


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
        """Create what is missing; existing indexes are left as they are."""
        connect()
        for document in document_classes():
            document.ensure_indexes()
