"""The clock sends tasks that exist, and proves with every tick that it lives."""

import re

import pytest
from django.conf import settings

from apps.common import heartbeats
from urbana.celery import CLOCK_QUEUE, HeartbeatScheduler, app
from urbana.pipeline import PIPELINE


@pytest.mark.parametrize("entry", app.conf.beat_schedule)
def test_every_line_of_the_clock_names_a_task(entry: str) -> None:
    app.loader.import_default_modules()

    assert app.conf.beat_schedule[entry]["task"] in app.tasks


@pytest.mark.parametrize("entry", app.conf.beat_schedule)
def test_no_tick_waits_for_ever_in_a_queue(entry: str) -> None:
    options = app.conf.beat_schedule[entry]["options"]

    assert options["queue"] == CLOCK_QUEUE
    assert options["expires"] >= 10


def test_a_tick_is_a_sign_of_life(redis: None) -> None:
    assert heartbeats.living("clock") == 0
    scheduler = HeartbeatScheduler(app=app, lazy=True)
    scheduler.schedule = {}

    scheduler.tick()

    assert heartbeats.living("clock") == 1


def test_tasks_survive_their_worker() -> None:
    conf = app.conf

    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_time_limit == 120
    assert conf.broker_transport_options["visibility_timeout"] == 300
    assert conf.broker_transport_options["unacked_restore_interval"] == 5
    assert conf.broker_transport_options["unacked_restore_throttle"] == 1


def test_every_queue_of_the_pipeline_has_a_worker_group() -> None:
    queues = {line.queue for line in PIPELINE}
    procfile = (settings.BASE_DIR / "Procfile").read_text(encoding="utf-8")
    served = {queue for names in re.findall(r"-Q (\S+)", procfile) for queue in names.split(",")}

    assert queues
    assert queues <= served
    assert set(settings.WORKER_QUEUES) <= served
