"""The clock → periodic tasks, and the Celery application that carries them."""

import os
import sys
import warnings
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from celery.signals import celeryd_init, heartbeat_sent, setup_logging, task_postrun, task_prerun, worker_init
from django.conf import settings
from django.utils.log import configure_logging

from apps.ai import tokens
from apps.common import heartbeats
from apps.common.tracing import span
from apps.events.flower import TellInBatches

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "urbana.settings")

# Served by every worker group but quarantine, so that no group's backlog stops the clock.
CLOCK_QUEUE = "clock"


def every(task: str, *, seconds: float) -> dict[str, Any]:
    """Run a task at this pace. A tick that waited through ten others is dropped: the next one does its work."""
    options = {"queue": CLOCK_QUEUE, "expires": max(10.0, seconds * 10)}
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": options}


# Celery warns root of pickled tasks, which are not accepted here; four workers would bury the addresses under it.
warnings.filterwarnings("ignore", message=r"\s*You're running the worker with superuser privileges")

# The clock sends names and Flower reads events: neither runs a task, so neither loads the product (100 MB each).
RUNS_TASKS = not {"beat", "flower"} & set(sys.argv[1:])

app = Celery("urbana", fixups=None if RUNS_TASKS else [])
app.config_from_object("django.conf:settings", namespace="CELERY")
if RUNS_TASKS:
    app.autodiscover_tasks()
    app.steps["consumer"].add(TellInBatches)
app.conf.beat_schedule = {
    "wake what is overdue": every("events.wake_overdue", seconds=1),
    "sweep webhook deliveries": every("gateway.sweep_deliveries", seconds=1),
    "sweep files that nobody sent": every("gateway.sweep_files", seconds=600),
    "reconcile unconfirmed sends": every("gateway.reconcile", seconds=2),
    "read message templates that are due": every("gateway.sync_due_templates", seconds=5),
    "measure the breakers": every("gateway.measure_breakers", seconds=5),
    "look after the accounts": every("gateway.look_after_accounts", seconds=30),
    "wake lanes that lost their wake-up": every("conversations.heal_lanes", seconds=15),
    "reconcile handoffs": every("handoff.reconcile", seconds=5),
    "repair handoffs": every("handoff.repair", seconds=60),
}


class HeartbeatScheduler(Scheduler):
    """Celery's clock, whose every tick is a sign of life: a clock that hangs turns readiness red."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, then say that the clock ticked."""
        seconds_to_wait: float = super().tick(*args, **kwargs)
        heartbeats.beat("clock")
        return seconds_to_wait


@setup_logging.connect
def _log_as_django_does(**_: Any) -> None:
    """Use the JSON logging of the settings; with a receiver, Celery adds none of its own."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


if not RUNS_TASKS:
    _log_as_django_does()


@celeryd_init.connect
def _name_process(sender: str, **_: Any) -> None:
    os.environ.setdefault("URBANA_PROCESS", f"worker.{sender.partition('@')[0]}")


@worker_init.connect
def _warm_up(sender: Any, **_: Any) -> None:
    if str(sender.hostname).startswith("assistant@"):
        tokens.warm_up()


@heartbeat_sent.connect
def _worker_is_alive(sender: Any, **_: Any) -> None:
    # Sent from the loop that consumes tasks, over its own connection to the broker.
    heartbeats.beat(f"worker.{sender.eventer.hostname.partition('@')[0]}")


_spans: dict[str, ExitStack] = {}


@task_prerun.connect
def _open_span(task_id: str, task: Any, **_: Any) -> None:
    stack = ExitStack()
    stack.enter_context(span(f"task {task.name}"))
    _spans[task_id] = stack


@task_postrun.connect
def _close_span(task_id: str, **_: Any) -> None:
    if stack := _spans.pop(task_id, None):
        stack.close()
