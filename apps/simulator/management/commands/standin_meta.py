"""Run the stand-in for Meta's servers on a port of its own."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.simulator.meta.platform import Pace
from apps.simulator.standin import DEFAULT_TOKEN, MetaStandIn


class Command(BaseCommand):
    help = "Runs a stand-in for Meta's Graph API that posts signed webhooks to --webhook-url."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--webhook-url", required=True)
        parser.add_argument("--app-secret", required=True)
        parser.add_argument("--access-token", default=DEFAULT_TOKEN)
        parser.add_argument("--phone-number-id", default="330000000000001")
        parser.add_argument("--delay-ms", type=int, default=50, help="How long a Graph call takes.")
        parser.add_argument("--sent-ms", type=int, default=150)
        parser.add_argument("--delivered-ms", type=int, default=600)
        parser.add_argument("--read-ms", type=int, default=1600)
        parser.add_argument(
            "--messages-per-second", type=float, help="0 for no limit, as without --strict; Meta's is 80."
        )
        parser.add_argument(
            "--pair-interval-seconds", type=float, help="0 for no limit, as without --strict; Meta's is 6."
        )
        parser.add_argument(
            "--strict", action="store_true", help="Refuse who and what was never seen, and Meta's own rates."
        )
        parser.add_argument("--verify-token", default="", help="What the product answers the handshake for.")

    def handle(self, *args: Any, **options: Any) -> None:
        pace = Pace(
            answer_seconds=options["delay_ms"] / 1000,
            sent_seconds=options["sent_ms"] / 1000,
            delivered_seconds=options["delivered_ms"] / 1000,
            read_seconds=options["read_ms"] / 1000,
        )
        with MetaStandIn(
            webhook_url=options["webhook_url"],
            app_secret=options["app_secret"],
            access_token=options["access_token"],
            phone_number_id=options["phone_number_id"],
            verify_token=options["verify_token"],
            pace=pace,
            port=options["port"],
            messages_per_second=options["messages_per_second"],
            pair_interval_seconds=options["pair_interval_seconds"],
            is_strict=options["strict"],
        ) as meta:
            self.stdout.write(f"Meta stands in at {meta.graph_url}")
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
