"""Lists customers who seem to be one person, and offers them for merging in the console."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.conversations import selectors
from apps.conversations.services import propose_duplicates
from apps.tenants import selectors as tenants


class Command(BaseCommand):
    help = "Mark customers who share a phone number or user name as seeming the same; nothing is merged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", default="", help="only this business")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = [options["tenant"]] if options["tenant"] else [tenant.id for tenant in tenants.tenants()]
        for slug in slugs:
            pairs = propose_duplicates(tenant_id=slug)
            self.stdout.write(f"{slug}: {len(pairs)}")
            for one, other in pairs:
                self.stdout.write(f"  {_line(slug, one)} = {_line(slug, other)}")


def _line(tenant_id: str, customer_id: str) -> str:
    """Ids only, but for the name: a phone number has no place in a terminal's log."""
    found = selectors.customer(tenant_id, customer_id)
    return f"{customer_id} ({found.name})" if found else customer_id
