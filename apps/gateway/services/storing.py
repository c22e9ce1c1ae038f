"""Messages → the conversations, several bodies to a transaction: a commit costs as much as a message."""

import logging
from collections.abc import Sequence

from apps.common import tracing
from apps.common.mongo import AlreadyExists, atomic, is_outage
from apps.contracts.events import MessageReceived
from apps.contracts.messages import InboundMessage
from apps.events.delivery import attempt_inline
from apps.events.services import publish
from apps.gateway.documents import DONE, RECEIVED, WebhookDelivery

log = logging.getLogger(__name__)

QUEUE = "intake"
#: Enough to share the commit; few enough that a conflict repeats little and the first does not wait long for the last.
TOGETHER = 8

#: A body that holds one message and nothing else, with that message.
Single = tuple[WebhookDelivery, InboundMessage]


def store_together(singles: Sequence[Single]) -> bool:
    """Store the messages of several bodies in one transaction, which marks the bodies as done.

    False when something is wrong with one of them, a duplicate included: then nothing was stored, and each needs a
    transaction of its own. Raises the error when it is the store's.
    """
    storing = _Storing(singles)
    error = attempt_inline(storing, queue=QUEUE, again=False)
    if error is not None and is_outage(error):
        raise error
    return error is None and not storing.has_known


def store_message(message: InboundMessage, *, finishes: WebhookDelivery | None) -> Exception | None:
    """Store one message with everything that follows from it; give what kept it from being stored.

    A duplicate is stored: its first copy committed everything together. `finishes` is done with it.
    """
    storing = _Storing([(finishes, message)])
    error = attempt_inline(storing, queue=QUEUE)
    if storing.has_known:
        log.info("duplicate_message", extra={"account": message.account})
        _finish([finishes])
    return error


class _Storing:
    """One transaction for these messages. A known one among them undoes all, and is no error."""

    def __init__(self, singles: Sequence[tuple[WebhookDelivery | None, InboundMessage]]) -> None:
        self._singles = singles
        self.has_known = False

    def __call__(self) -> None:
        try:
            self._store()
        except AlreadyExists:
            self.has_known = True

    @atomic
    def _store(self) -> None:
        for delivery, message in self._singles:
            with tracing.span("gateway.ingest", parent=delivery.traceparent if delivery else ""):
                publish(
                    MessageReceived(tenant_id=message.tenant_id, message=message),
                    key=f"in:{message.account}:{message.external_id}",
                )
        _finish([delivery for delivery, _ in self._singles])


def _finish(deliveries: Sequence[WebhookDelivery | None]) -> None:
    ids = [delivery.id for delivery in deliveries if delivery is not None]
    if ids:
        WebhookDelivery.objects(id__in=ids, status=RECEIVED).update(set__status=DONE)
