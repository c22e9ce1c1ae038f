"""Make an API key from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.api.services import create_key
from apps.tenants import selectors as tenants


class Command(BaseCommand):
    help = "Make an API key and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="which system uses it")
        parser.add_argument("--tenant", default="default")
        parser.add_argument("--write", action="store_true", help="may reply and command, not only read")

    def handle(self, *args: Any, **options: Any) -> None:
        if tenants.tenant(options["tenant"]) is None:
            raise CommandError(f"There is no tenant {options['tenant']!r}.")
        text = create_key(tenant_id=options["tenant"], name=options["name"], can_write=options["write"])
        self.stdout.write(text)
