"""Starts the whole product, as `make run` does."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Replaces itself by the supervisor, which needs no Django."""

    help = "Start stores, web, workers, clock and Flower, and keep them running."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Become the supervisor; this does not return."""
        os.execv(sys.executable, [sys.executable, "-m", "apps.common.supervisor"])
