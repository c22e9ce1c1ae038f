"""The demonstration business, whole: people, rules, assistant, extensions and conversations with a life behind them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.ai.seed import seed_assistant
from apps.plugins.seed import seed_plugins
from apps.processor.seed import seed_rules
from apps.tenants.models import Tenant
from apps.tenants.seed import TENANT, seed_tenants


class Command(BaseCommand):
    help = "Load the demonstration data (DEBUG only). Safe to repeat: what is there, and what people changed, stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--conversations",
            type=int,
            default=0,
            metavar="N",
            help="Add N more conversations of the last weeks, quickly.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demo data has public passwords: it is loaded only with DEBUG on.")
        seed_tenants()
        tenant = Tenant.objects.get(slug=TENANT)
        seed_rules(tenant)
        seed_assistant(tenant)
        seed_plugins(tenant_id=tenant.slug)
