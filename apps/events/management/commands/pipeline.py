"""Print the product's flow: what happens, who reacts, and where."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.events.drawing import draw


class Command(BaseCommand):
    help = "Print the flow of events, as docs/architecture.md shows it."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(draw())
