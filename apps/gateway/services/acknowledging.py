"""Tells a customer's app that a tap on a button arrived, where the channel waits for that: free, and allowed to fail."""

import logging

from apps.contracts.channels import AcknowledgingChannel
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.messages import InboundMessage
from apps.gateway import metrics
from apps.gateway.channels.registry import adapter_for
from apps.gateway.services import bulkheads
from apps.gateway.services.bulkheads import Errand
from apps.gateway.services.limits import breaker_for
from apps.tenants.selectors import account as account_of

log = logging.getLogger(__name__)


def acknowledge(*, message: InboundMessage) -> None:
    """Acknowledge one choice. A refusal is counted and nothing else: the app stops waiting by itself after a while."""
    account = account_of(message.account)
    if account is None or account.tenant_id != message.tenant_id or breaker_for(account).state() != "closed":
        return
    adapter = adapter_for(account.kind)
    if not isinstance(adapter, AcknowledgingChannel):
        return
    try:
        with bulkheads.room(
            Errand.COURTESY, tenant_id=account.tenant_id, account=account.slug, customer_id=message.sender.address
        ):
            adapter.acknowledge(account, external_id=message.external_id)
    except (SendError, SendUnknown) as error:
        metrics.TYPING_FAILED.labels(account.kind).inc()
        log.info("tap_not_acknowledged", extra={"account": account.slug, "code": error.code})
