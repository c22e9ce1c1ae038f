"""Stored bodies → messages and statuses. One wake-up drains many bodies; each message is one transaction."""

import logging
import time
from datetime import timedelta
from typing import NamedTuple

from apps.common import clock, tracing
from apps.common.mongo import AlreadyExists, atomic, is_outage
from apps.contracts.channels import ParsedWebhook
from apps.contracts.events import MessageReceived
from apps.contracts.messages import InboundMessage, StatusUpdate
from apps.contracts.people import ChannelAccountValue
from apps.events.delivery import attempt_inline
from apps.events.services import publish
from apps.gateway import metrics
from apps.gateway.channels.registry import UnknownChannel, adapter_for
from apps.gateway.documents import DEAD, DONE, RECEIVED, WebhookDelivery
from apps.gateway.services.claims import ALONE_AFTER, claimed_batch
from apps.gateway.services.news import record_besides
from apps.gateway.services.outages import waiting_out_outages
from apps.gateway.services.statuses import record_statuses
from apps.tenants.selectors import account as account_of
from apps.tenants.services import learn_business_account

log = logging.getLogger(__name__)

QUEUE = "intake"
DRAIN_SECONDS = 20.0
MAX_ATTEMPTS = 5
ALONE_BATCH = 50
ACCOUNT_APPEARS_WITHIN = timedelta(seconds=60)


class Parsed(NamedTuple):
    delivery: WebhookDelivery
    webhook: ParsedWebhook

    @property
    def is_one_message(self) -> bool:
        """The usual body. Its message's transaction marks it as done, which saves a commit."""
        found = self.webhook
        besides = found.statuses or found.problems or found.echoes or found.news
        return len(found.messages) == 1 and not besides


def drain() -> int:
    """Ingest what waits, oldest first, for at most twenty seconds; give how many bodies.

    Safe to run any number of times at once: a message is stored once, by its unique key.
    """
    until = time.monotonic() + DRAIN_SECONDS
    count, finished = 0, 1
    while finished and time.monotonic() < until:
        finished = 0
        with waiting_out_outages("ingest"), claimed_batch() as deliveries:
            finished = _ingest(deliveries)
        count += finished
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
    done = [one for one in parsed if _store_messages(one)]
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


def _store_messages(one: Parsed) -> bool:
    """Store each message with everything that follows from it; False when one could not be stored at all."""
    delivery = one.delivery
    with tracing.span("gateway.ingest", parent=delivery.traceparent, account=delivery.account):
        for message in one.webhook.messages:
            error = attempt_inline(_Storing(message, finishes=delivery if one.is_one_message else None), queue=QUEUE)
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


class _Storing:
    """One message's transaction. A duplicate is done: its first copy committed everything together."""

    def __init__(self, message: InboundMessage, *, finishes: WebhookDelivery | None) -> None:
        self._message = message
        self._finishes = finishes

    def __call__(self) -> None:
        try:
            self._store()
        except AlreadyExists:
            log.info("duplicate_message", extra={"account": self._message.account})
            if self._finishes is not None:
                WebhookDelivery.objects(id=self._finishes.id, status=RECEIVED).update_one(set__status=DONE)

    @atomic
    def _store(self) -> None:
        message = self._message
        publish(
            MessageReceived(tenant_id=message.tenant_id, message=message),
            key=f"in:{message.account}:{message.external_id}",
        )
        if self._finishes is not None:
            WebhookDelivery.objects(id=self._finishes.id, status=RECEIVED).update_one(set__status=DONE)


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
