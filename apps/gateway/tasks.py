"""The gateway's wake-ups and what the clock starts. Each may be lost, repeated or late without harm."""

import logging

from celery import Task, shared_task
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from apps.gateway import services
from apps.gateway.services.outages import waiting_out_outages

log = logging.getLogger(__name__)


@shared_task(name="gateway.ingest", queue="intake")
def ingest() -> None:
    services.forget_wakeup()
    services.drain()


@shared_task(name="gateway.ingest_alone", queue="quarantine")
def ingest_alone() -> None:
    with waiting_out_outages("ingest_alone"):
        services.ingest_alone()


@shared_task(name="gateway.sweep_deliveries")
def sweep_deliveries() -> None:
    with waiting_out_outages("sweep_deliveries"):
        has_overdue, has_cut_off = services.sweep_deliveries()
        if has_overdue:
            _wake(ingest)
        if has_cut_off:
            _wake(ingest_alone)


@shared_task(name="gateway.reconcile")
def reconcile() -> None:
    with waiting_out_outages("reconcile"):
        services.reconcile()


@shared_task(name="gateway.measure_breakers")
def measure_breakers() -> None:
    services.measure_breakers()


@shared_task(name="gateway.look_after_accounts")
def look_after_accounts() -> None:
    with waiting_out_outages("look_after_accounts"):
        for slug in services.due_accounts():
            _wake(check_account, slug)


@shared_task(name="gateway.check_account", queue="delivery")
def check_account(slug: str) -> None:
    with waiting_out_outages("check_account"):
        services.check_account(slug=slug)


@shared_task(name="gateway.sync_due_templates")
def sync_due_templates() -> None:
    for account in services.accounts_to_sync():
        _wake(sync_templates, account.slug)


@shared_task(name="gateway.sync_templates", queue="delivery")
def sync_templates(slug: str) -> None:
    services.sync_claimed(slug=slug)


@shared_task(name="gateway.sweep_files")
def sweep_files() -> None:
    with waiting_out_outages("sweep_files"):
        services.sweep_files()


def wake_ingest() -> None:
    """Ask a worker to drain, unless one was asked and has not begun yet. Called from a thread; never raises."""
    if services.claim_wakeup():
        _wake(ingest)


def _wake(task: "Task[..., None]", *args: str) -> None:
    try:
        task.apply_async(args, retry=False, expires=30)
    except (KombuError, RedisError, OSError) as error:
        log.warning("wakeup_lost", extra={"to": task.name, "reason": type(error).__name__})
