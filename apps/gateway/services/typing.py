"""Shows the customer that the message was read and that an answer is being written: free, and allowed to fail.

So it is left out whenever the channel fails or its threads are needed: it never takes the place of a message.
"""

import logging

from apps.contracts.errors import SendError, SendUnknown
from apps.conversations import selectors as conversations
from apps.gateway import metrics
from apps.gateway.channels.registry import adapter_for
from apps.gateway.services import bulkheads
from apps.gateway.services.bulkheads import Errand
from apps.gateway.services.limits import breaker_for
from apps.tenants.selectors import account as account_of

log = logging.getLogger(__name__)


def show_typing(*, tenant_id: str, conversation_id: str, message_id: str) -> None:
    """Mark the customer's message as read and show typing. A refusal is counted and nothing else."""
    _mark_read(tenant_id, conversation_id, message_id, typing=True)


def show_read(*, tenant_id: str, conversation_id: str, message_id: str) -> None:
    """Mark the customer's message, and all before it, as read by a person. A refusal is counted and nothing else."""
    _mark_read(tenant_id, conversation_id, message_id, typing=False)


def _mark_read(tenant_id: str, conversation_id: str, message_id: str, *, typing: bool) -> None:
    conversation = conversations.conversation(tenant_id, conversation_id)
    message = conversations.message(tenant_id, message_id) if message_id else None
    if conversation is None or message is None or not message.external_id:
        return
    account = account_of(conversation.account)
    if account is None or account.tenant_id != tenant_id or breaker_for(account).state() != "closed":
        return
    whose = {"tenant_id": tenant_id, "account": account.slug, "customer_id": conversation.customer_id}
    try:
        with bulkheads.room(Errand.COURTESY, **whose):
            adapter_for(account.kind).mark_read(account, external_id=message.external_id, typing=typing)
    except (SendError, SendUnknown) as error:
        if isinstance(error, SendUnknown):
            bulkheads.suspect(**whose)
        metrics.TYPING_FAILED.labels(account.kind).inc()
        log.info("typing_not_shown", extra={"account": account.slug, "code": error.code})
