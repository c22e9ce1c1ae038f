"""Move every stored secret to the present SECRET_KEY."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.tenants.services import reencrypt_secrets


class Command(BaseCommand):
    help = "Encrypt every stored secret again after SECRET_KEY changed; the former key stands in SECRET_KEY_FALLBACKS."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{reencrypt_secrets()} accounts written under the present key.")
