"""Sends of unknown outcome (PROTOCOL T6): repeated only on evidence that the channel never had them."""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from apps.common import clock
from apps.contracts.words import DeliveryStatus
from apps.conversations.selectors import PendingSend, stuck_sends, unconfirmed_sends
from apps.conversations.services import resolve_unconfirmed
from apps.gateway import metrics
from apps.gateway.channels.freshness import POSTED_WITHIN
from apps.gateway.services import evidence
from apps.gateway.services.evidence import DURABLE_WITHIN, Evidence
from apps.gateway.services.statuses import retry_parked

log = logging.getLogger(__name__)

#: While statuses still wait somewhere nothing is decided, but no lane is held longer than this.
UNDECIDED_AT_MOST = timedelta(minutes=10)


def reconcile() -> int:
    """Decide the sends whose outcome is still unknown after the reconciliation window; give how many."""
    retry_parked()
    now = clock.now()
    over = now - POSTED_WITHIN
    return sum(_decide(send, now) for send in [*unconfirmed_sends(over), *stuck_sends(over)])


def _decide(send: PendingSend, now: datetime) -> bool:
    """Decide a send that is certainly not under way any more, unless it is too early."""
    if not evidence.can_come(send):
        # Nothing to wait for: a person decides.
        return _resolve(send)
    until = send.claimed_at + POSTED_WITHIN + timedelta(seconds=settings.WHATSAPP_RECONCILE_SECONDS)
    if now < until + DURABLE_WITHIN:
        # What a person overtook is not sent again whatever the evidence, and must not hold that person's text.
        return send.status is DeliveryStatus.SENDING and _resolve(send, only_if_overtaken=True)
    found = evidence.about(send, until=until)
    if found is Evidence.WAIT and now - until < UNDECIDED_AT_MOST:
        return False
    return _resolve(send, never_arrived=found is Evidence.NEVER_ARRIVED)


def _resolve(send: PendingSend, *, never_arrived: bool = False, only_if_overtaken: bool = False) -> bool:
    outcome = resolve_unconfirmed(
        tenant_id=send.tenant_id,
        message_id=send.message_id,
        attempt=send.attempt,
        never_arrived=never_arrived,
        only_if_overtaken=only_if_overtaken,
    )
    if outcome is None:
        return False
    metrics.RECONCILED.labels(outcome.value).inc()
    log.warning("reconciled", extra={"message_id": send.message_id, "outcome": outcome.value})
    return True
