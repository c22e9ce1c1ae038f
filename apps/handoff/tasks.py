"""What the clock starts for the handoff."""

from celery import shared_task

from apps.handoff import services


@shared_task(name="handoff.reconcile")
def reconcile() -> None:
    """Requeue what vanished people held, undo offers nobody took, tell who is next."""
    services.reconcile()


@shared_task(name="handoff.repair")
def repair() -> None:
    """Bring tickets and conversations together again."""
    services.repair()
