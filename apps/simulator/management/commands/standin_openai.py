"""Run the stand-in for an OpenAI-compatible server on a port of its own."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.simulator.model.answers import Mode
from apps.simulator.standin import ModelStandIn


class Command(BaseCommand):
    help = (
        'Runs a stand-in for an OpenAI-compatible server. POST {"mode": …, "times": …} to /_mode to switch its fault.'
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--delay-ms", type=int, default=0, help="How long the model thinks.")
        parser.add_argument("--mode", choices=[mode.value for mode in Mode], default=Mode.ANSWER.value)

    def handle(self, *args: Any, **options: Any) -> None:
        mode = Mode(options["mode"])
        with ModelStandIn(mode=mode, delay_seconds=options["delay_ms"] / 1000, port=options["port"]) as model:
            self.stdout.write(f"OpenAI stands in at {model.base_url}")
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
