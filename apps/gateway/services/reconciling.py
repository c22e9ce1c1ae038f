"""Sends of unknown outcome (PROTOCOL T6): repeated only on evidence that the channel never had them."""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from redis.exceptions import RedisError

from apps.common import clock
from apps.conversations.selectors import stuck_sends, unconfirmed_sends
from apps.conversations.services import resolve_unconfirmed
from apps.gateway import intake_health, metrics, spool
from apps.gateway.documents import RECEIVED, WebhookDelivery
from apps.gateway.services.statuses import retry_parked

log = logging.getLogger(__name__)

#: No sender is still at work so long after its claim: a post ends after ten seconds.
STUCK_AFTER = timedelta(seconds=15)
#: While statuses still wait somewhere nothing is decided, but no lane is held longer than this.
UNDECIDED_AT_MOST = timedelta(minutes=10)


def reconcile() -> int:
    """Decide the sends whose outcome is still unknown after the reconciliation window; give how many."""
    retry_parked()
    now = clock.now()
    window = timedelta(seconds=settings.WHATSAPP_RECONCILE_SECONDS)
    due = [*unconfirmed_sends(now - window), *stuck_sends(now - max(window, STUCK_AFTER))]
    if not due:
        return 0
    is_drained = _is_drained(time.time_ns())
    decided = 0
    for send in due:
        if not is_drained and now - send.claimed_at < UNDECIDED_AT_MOST:
            continue
        account = intake_health.Account(send.tenant_id, send.account)
        never_arrived = is_drained and _would_know(account, send.claimed_at)
        outcome = resolve_unconfirmed(
            tenant_id=send.tenant_id, message_id=send.message_id, attempt=send.attempt, never_arrived=never_arrived
        )
        if outcome is not None:
            decided += 1
            metrics.RECONCILED.labels(outcome.value).inc()
            log.warning("reconciled", extra={"message_id": send.message_id, "outcome": outcome.value})
    return decided


def _is_drained(now_ns: int) -> bool:
    """Tell whether every status that came before this moment has been applied: no spool, no body left to ingest."""
    try:
        if spool.length():
            return False
    except RedisError:
        return False
    found = WebhookDelivery.objects(status=RECEIVED, received_ns__lt=now_ns).only("id").first()
    return found is None


def _would_know(account: intake_health.Account, claimed_at: datetime) -> bool:
    """Tell whether a status of a send claimed then would have reached us."""
    return intake_health.is_without_gap_since(claimed_at.timestamp()) and not intake_health.is_rejecting(account)
