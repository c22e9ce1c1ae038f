"""Makes the databases ready before any process starts."""

from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrations, document indexes, demo data (with DEBUG only) and the account of the WHATSAPP_* variables."""

    help = "Prepare the databases: migrate, ensure_indexes, seed_demo (DEBUG only), sync_env_account."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps; each may be repeated at every start."""
        call_command("migrate", interactive=False, verbosity=0)
        steps = ["ensure_indexes", *(["seed_demo"] if settings.DEBUG else []), "sync_env_account"]
        for step in steps:
            if step in get_commands():
                call_command(step)
