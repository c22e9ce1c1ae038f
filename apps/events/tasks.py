"""The bus's Celery tasks: one for each handler of the pipeline, named after it, and the clock's sweep."""

from collections.abc import Callable
from typing import Any

from celery import shared_task

from apps.events.delivery import deliver, offer, task_names
from apps.events.sweep import sweep


def _task_of(to: str) -> Callable[..., None]:
    def run(record_id: str, alone: bool = False, event_type: str = "", data: dict[str, Any] | None = None) -> None:
        if record_id:
            deliver(record_id, to, alone=alone)
        else:
            offer(event_type, data or {}, to)

    return run


for _to, _queue in dict(task_names()).items():
    shared_task(_task_of(_to), name=_to, queue=_queue, acks_late=True)


@shared_task(name="events.wake_overdue", ignore_result=True, expires=5)
def wake_overdue() -> None:
    """Every second: whatever is overdue, whatever became of its task. Safe to run twice: claiming decides."""
    sweep()
