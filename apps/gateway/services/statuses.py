"""Delivery statuses: many in one transaction, because each outgoing message brings three."""

from collections.abc import Sequence
from datetime import timedelta

from apps.common import clock, tracing
from apps.common.mongo import AlreadyExists, atomic, insert_at_commit, new_id, object_id
from apps.contracts.channels import SendReceipt
from apps.contracts.events import DeliveryUpdated
from apps.contracts.messages import OutboundMessage, StatusUpdate
from apps.events.delivery import attempt_inline
from apps.events.services import publish
from apps.gateway.documents import DONE, RECEIVED, ParkedStatus, WebhookDelivery
from apps.gateway.services.consequences import note_failures

QUEUE = "intake"
#: Large enough to save commits, small enough that a conflict does not repeat much.
TOGETHER = 20
TRY_PARKED_AFTER = timedelta(seconds=30)

Traced = tuple[StatusUpdate, str]


def record_statuses(statuses: Sequence[Traced], *, finishes: Sequence[WebhookDelivery]) -> None:
    """Publish statuses, each with the traceparent of its body, and mark the bodies they came in as done.

    A status seen before changes nothing. Raises what kept even a single one from being stored.
    """
    unique = list({_key(update): (update, traceparent) for update, traceparent in statuses}.values())
    chunks = [unique[start : start + TOGETHER] for start in range(0, len(unique), TOGETHER)]
    for chunk in chunks[:-1]:
        _record(chunk)
    if chunks:
        # The bodies are done in the transaction of their last statuses: one commit instead of two.
        _record(chunks[-1], finishes=finishes)
        note_failures(update for update, _ in unique)
    else:
        _finish(finishes)


def match_parked(*, claimed: OutboundMessage, receipt: SendReceipt) -> None:
    """Publish again the statuses that came before the receipt, now that their message is known."""
    for parked in ParkedStatus.objects(
        tenant_id=claimed.tenant_id, account=claimed.account, external_id=receipt.external_id
    ):
        _publish_parked(parked, callback=claimed.callback)


def retry_parked() -> int:
    """Publish once more the statuses whose receipt may have been stored at the very moment they were parked."""
    parked = list(ParkedStatus.objects(is_tried=False, created_at__lt=clock.now() - TRY_PARKED_AFTER).limit(100))
    for one in parked:
        _publish_parked(one, callback="")
        ParkedStatus.objects(id=one.id).update_one(set__is_tried=True)
    return len(parked)


def _record(statuses: Sequence[Traced], *, finishes: Sequence[WebhookDelivery] = ()) -> None:
    publishing = _Publishing(statuses, finishes)
    error = attempt_inline(publishing, queue=QUEUE)
    if error is not None:
        raise error
    if not publishing.has_known:
        return
    if len(statuses) > 1:
        # At least one of them was seen before; which one shows when each stands alone.
        for status in statuses:
            _record([status])
    _finish(finishes)


class _Publishing:
    """One transaction for many statuses. A known one among them undoes all, and is no error."""

    def __init__(self, statuses: Sequence[Traced], finishes: Sequence[WebhookDelivery]) -> None:
        self._statuses = statuses
        self._finishes = finishes
        self.has_known = False

    def __call__(self) -> None:
        try:
            _publish_all(self._statuses, self._finishes)
        except AlreadyExists:
            self.has_known = True


@atomic
def _publish_all(statuses: Sequence[Traced], finishes: Sequence[WebhookDelivery]) -> None:
    for update, traceparent in statuses:
        with tracing.span("gateway.ingest", parent=traceparent):
            publish(DeliveryUpdated(tenant_id=update.tenant_id, update=update), key=_key(update))
        if not update.callback:
            _park(update)
    _finish(finishes)


def _finish(deliveries: Sequence[WebhookDelivery]) -> None:
    if deliveries:
        WebhookDelivery.objects(id__in=[one.id for one in deliveries], status=RECEIVED).update(set__status=DONE)


def _park(update: StatusUpdate) -> None:
    """Keep a status that names no attempt of ours: it may belong to a send that is not recorded yet."""
    insert_at_commit(
        ParkedStatus,
        {
            "_id": object_id(new_id()),
            "tenant_id": update.tenant_id,
            "schema_version": 1,
            "created_at": clock.now(),
            "account": update.account,
            "external_id": update.external_id,
            "report": update.model_dump(mode="json"),
            "is_tried": False,
        },
    )


def _publish_parked(parked: ParkedStatus, *, callback: str) -> None:
    update = StatusUpdate.model_validate({**parked.report, "callback": callback})
    try:
        publish(DeliveryUpdated(tenant_id=update.tenant_id, update=update), key=f"{_key(update)}:{parked.id}")
    except AlreadyExists:
        return


def _key(update: StatusUpdate) -> str:
    return f"st:{update.account}:{update.external_id}:{update.status.value}:{update.callback}"
