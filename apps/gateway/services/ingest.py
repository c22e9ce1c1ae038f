"""Stored bodies → messages and statuses. One wake-up drains many bodies, and bodies share transactions."""

import logging
import time
from datetime import timedelta
from itertools import groupby
from typing import NamedTuple

from apps.common import clock, tracing
from apps.common.mongo import is_outage
from apps.contracts.channels import ParsedWebhook
from apps.contracts.messages import StatusUpdate
from apps.contracts.people import ChannelAccountValue
from apps.gateway import metrics
from apps.gateway.channels.registry import UnknownChannel, adapter_for
from apps.gateway.documents import DEAD, RECEIVED, WebhookDelivery
from apps.gateway.services.claims import ALONE_AFTER, BATCH, claimed_batch
from apps.gateway.services.news import record_besides
from apps.gateway.services.outages import waiting_out_outages
from apps.gateway.services.statuses import record_statuses
from apps.gateway.services.storing import QUEUE, TOGETHER, store_message, store_together
from apps.tenants.selectors import account as account_of
from apps.tenants.services import learn_business_account

log = logging.getLogger(__name__)

DRAIN_SECONDS = 20.0
#: Tries that were counted. The first one of a fresh body is not, so a body that kills its worker does so five times.
MAX_ATTEMPTS = 4
ALONE_BATCH = 50
ACCOUNT_APPEARS_WITHIN = timedelta(seconds=60)


class Parsed(NamedTuple):
    delivery: WebhookDelivery
    webhook: ParsedWebhook

    @property
    def is_one_message(self) -> bool:
        """The usual body: it shares a transaction with its like, which also marks it as done."""
        found = self.webhook
        besides = found.statuses or found.problems or found.echoes or found.news
        return len(found.messages) == 1 and not besides


def drain() -> int:
    """Ingest what waits, oldest first, for at most twenty seconds; give how many bodies.

    Safe to run any number of times at once: a message is stored once, by its unique key.
    """
    until = time.monotonic() + DRAIN_SECONDS
    count, has_more = 0, True
    while has_more and time.monotonic() < until:
        has_more = False
        with waiting_out_outages("ingest"), claimed_batch() as deliveries:
            finished = _ingest(deliveries)
            count += finished
            # What arrives meanwhile asks for a drain of its own.
            has_more = finished > 0 and len(deliveries) == BATCH
    return count


def ingest_alone() -> int:
    """Ingest, one by one, the bodies whose earlier ingests were cut off; what kills its worker again is buried."""
    count = 0
    waiting = WebhookDelivery.objects(status=RECEIVED, attempts__gte=ALONE_AFTER).order_by("received_ns")
    for delivery in waiting.limit(ALONE_BATCH):
        if delivery.attempts >= MAX_ATTEMPTS:
            _bury(delivery, delivery.error or f"cut off {delivery.attempts} times")
            continue
        if _account_of(delivery) is not None:
            WebhookDelivery.objects(id=delivery.id).update_one(inc__attempts=1)
        count += _ingest([delivery])
    return count


def replay_delivery(*, tenant_id: str, delivery_id: str) -> bool:
    """Give a dead body another life. What of it was stored before is not stored again."""
    changed: int = WebhookDelivery.objects(tenant_id=tenant_id, id=delivery_id, status=DEAD).update_one(
        set__status=RECEIVED, set__attempts=0, set__error=""
    )
    return changed > 0


def _ingest(deliveries: list[WebhookDelivery]) -> int:
    """Ingest bodies and give how many need nothing more."""
    parsed = [one for one in map(_parse, deliveries) if one is not None]
    done = _store_all(parsed)
    statuses: list[tuple[StatusUpdate, str]] = [
        (status, one.delivery.traceparent) for one in parsed for status in one.webhook.statuses
    ]
    record_statuses(
        statuses, finishes=[one.delivery for one in done if not one.is_one_message and not one.webhook.problems]
    )
    for one in done:
        if one.webhook.problems:
            _bury(one.delivery, "; ".join(sentence for sentence, _ in one.webhook.problems)[:500])
    return len(done)


def _account_of(delivery: WebhookDelivery) -> ChannelAccountValue | None:
    account = account_of(delivery.account)
    return account if account is not None and account.tenant_id == delivery.tenant_id else None


def _parse(delivery: WebhookDelivery) -> Parsed | None:
    account = _account_of(delivery)
    if account is None:
        _set_aside(delivery)
        return None
    try:
        adapter = adapter_for(delivery.kind)
    except UnknownChannel:
        _bury(delivery, "its channel is not installed")
        return None
    webhook = adapter.parse_webhook(account, body=bytes(delivery.body), received_ns=delivery.received_ns)
    for what, count in (
        ("message", len(webhook.messages)),
        ("status", len(webhook.statuses)),
        ("echo", len(webhook.echoes)),
        ("news", len(webhook.news)),
        ("problem", len(webhook.problems)),
        ("notice", len(webhook.notices)),
    ):
        if count:
            metrics.INGESTED.labels(delivery.kind, what).inc(count)
    if webhook.business_account_id and not account.business_account_id:
        learn_business_account(slug=account.slug, business_account_id=webhook.business_account_id)
    for sentence, _ in webhook.notices:
        log.info("webhook_notice", extra={"account": delivery.account, "notice": sentence})
    return Parsed(delivery, webhook)


def _store_all(parsed: list[Parsed]) -> list[Parsed]:
    """Store what the bodies say, in their order; give those of which everything is stored."""
    done: list[Parsed] = []
    for is_one_message, neighbours in groupby(parsed, key=lambda one: one.is_one_message):
        same = list(neighbours)
        size = TOGETHER if is_one_message else 1
        for start in range(0, len(same), size):
            done += _store_some(same[start : start + size])
    return done


def _store_some(some: list[Parsed]) -> list[Parsed]:
    if len(some) > 1 and store_together([(one.delivery, one.webhook.messages[0]) for one in some]):
        for one in some:
            with tracing.span("gateway.ingested", parent=one.delivery.traceparent):
                log.info("ingested", extra={"account": one.delivery.account, "count": 1})
        return some
    return [one for one in some if _store_messages(one)]


def _store_messages(one: Parsed) -> bool:
    """Store each message with everything that follows from it; False when one could not be stored at all."""
    delivery = one.delivery
    with tracing.span("gateway.ingest", parent=delivery.traceparent, account=delivery.account):
        for message in one.webhook.messages:
            error = store_message(message, finishes=delivery if one.is_one_message else None)
            if error is not None:
                _leave(delivery, error)
                return False
        error = record_besides(one.webhook, queue=QUEUE)
        if error is not None:
            _leave(delivery, error)
            return False
        if one.webhook.messages:
            log.info("ingested", extra={"account": delivery.account, "count": len(one.webhook.messages)})
    return True


def _set_aside(delivery: WebhookDelivery) -> None:
    """The web process knew this account; what this one knows may be a second older, or the account is gone."""
    if delivery.received_at < clock.now() - ACCOUNT_APPEARS_WITHIN:
        _bury(delivery, "its account is gone")
    else:
        WebhookDelivery.objects(id=delivery.id).update_one(set__attempts=ALONE_AFTER)


def _leave(delivery: WebhookDelivery, error: Exception) -> None:
    """Leave a body for its next attempt: counted, so that one that never succeeds ends among the dead.

    Raises the error when it is the store's: then the body is not at fault.
    """
    if is_outage(error):
        raise error
    log.error("ingest_failed", extra={"delivery": str(delivery.id), "reason": type(error).__name__}, exc_info=error)
    WebhookDelivery.objects(id=delivery.id).update_one(inc__attempts=1, set__error=type(error).__name__)


def _bury(delivery: WebhookDelivery, reason: str) -> None:
    log.error("webhook_dead_letter", extra={"delivery": str(delivery.id), "reason": reason})
    WebhookDelivery.objects(id=delivery.id).update_one(set__status=DEAD, set__error=reason)
