"""Bring roles and the account of the environment up to date. Runs at every start."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.tenants.services import save_account_from_environment, sync_roles


class Command(BaseCommand):
    help = "Create or update the WhatsApp account `default` from the WHATSAPP_* variables, and the roles' permissions."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_roles()
        outcome = save_account_from_environment()
        if outcome is None:
            self.stdout.write("WHATSAPP_* not set: no account made from the environment.")
        else:
            self.stdout.write(f"Account default: {outcome}.")
