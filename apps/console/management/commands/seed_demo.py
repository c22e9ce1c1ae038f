"""The demonstration business, whole: people, rules, assistant, extensions and conversations with a life behind them."""

from itertools import count, islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.ai.seed import seed_assistant
from apps.common import clock
from apps.console.demo.loading import demo_conversations, many_conversations
from apps.contracts.history import PastConversation
from apps.contracts.people import AttendantValue
from apps.contracts.words import ConversationStatus, HandoffReason
from apps.conversations.services.history import import_conversations
from apps.handoff.services import open_ticket
from apps.handoff.services.history import import_tickets
from apps.insights.services import import_feedback
from apps.plugins.seed import seed_plugins
from apps.processor.seed import seed_rules
from apps.tenants import selectors as tenants
from apps.tenants.models import Attendant, Tenant
from apps.tenants.seed import TENANT, seed_tenants

AT_ONCE = 500


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
        self._tell_stories(tenant.slug)
        self._add_many(tenant.slug, options["conversations"])

    def _tell_stories(self, tenant_id: str) -> None:
        """Load the conversations of the file; those that wait get their ticket, as if the customer had just asked."""
        stories = list(demo_conversations(tenant_id, _people(tenant_id), now=clock.now()))
        new = _take_in([past for past, _row in stories])
        for past, row in stories:
            if past.protocol in new and past.status is ConversationStatus.WAITING_HUMAN:
                open_ticket(
                    tenant_id=tenant_id,
                    conversation_id=new[past.protocol],
                    reason=HandoffReason(row["reason"]),
                    queue=past.queue,
                )

    def _add_many(self, tenant_id: str, wanted: int) -> None:
        added = 0
        for offset in count(step=AT_ONCE):
            if added >= wanted:
                break
            batch = many_conversations(tenant_id, AT_ONCE, now=clock.now(), offset=offset)
            added += len(_take_in(list(islice(batch, wanted - added))))
        if wanted:
            self.stdout.write(f"{added} conversations added.")


def _take_in(conversations: list[PastConversation]) -> dict[str, str]:
    """Import them with their tickets and ratings; gives the new ones' ids by protocol."""
    new = import_conversations(conversations=conversations)
    by_id = {new[past.protocol]: past for past in conversations if past.protocol in new}
    import_tickets(conversations=by_id)
    import_feedback(conversations=by_id)
    return new


def _people(tenant_id: str) -> dict[str, AttendantValue]:
    """The attendants by login."""
    logins = Attendant.objects.filter(tenant__slug=tenant_id).values_list("user__username", "id")
    found = {login: tenants.attendant(tenant_id, str(attendant_id)) for login, attendant_id in logins}
    return {login: attendant for login, attendant in found.items() if attendant is not None}
