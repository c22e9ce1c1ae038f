"""Sends what a conversation has queued, one message at a time: room, tokens, claim, post, settle (PROTOCOL T4 and T5)."""

import logging
import time
from datetime import timedelta

from apps.common import clock, throttle
from apps.common.throttle import Bucket
from apps.contracts.channels import SendReceipt
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.conversations import selectors as conversations
from apps.conversations.selectors import NextSend
from apps.conversations.services import (
    claim_outbound,
    settle_failed,
    settle_refused,
    settle_sent,
    settle_unconfirmed,
    settle_waiting,
)
from apps.gateway import metrics
from apps.gateway.channels.registry import adapter_for
from apps.gateway.services import bulkheads
from apps.gateway.services.breakers import note_error, require_closed
from apps.gateway.services.bulkheads import Errand
from apps.gateway.services.consequences import note_refusal
from apps.gateway.services.limits import account_bucket, breaker_for, ease_off, growing_wait, pair_bucket
from apps.gateway.services.outgoing import require_sendable
from apps.gateway.services.readying import make_ready
from apps.gateway.services.statuses import match_parked
from apps.tenants.selectors import account as account_of

log = logging.getLogger(__name__)

ENDPOINT = "messages"
#: The next message may be cancelled between the look and the claim; then the one behind it is looked at.
LOOKS = 3


def deliver(*, tenant_id: str, conversation_id: str) -> None:
    """Send the next queued message of a conversation, if its lane is free.

    Raises SendError with `retry_after` when it has to wait; the message then keeps its place. Safe to run twice: a
    claim is taken once, and whoever finds nothing to claim has nothing to do.
    """
    seen = ""
    for _look in range(LOOKS):
        following = conversations.next_outbound(tenant_id, conversation_id)
        if following is None or following.message_id == seen or _is_early(following):
            return
        account = _account_for(tenant_id, following)
        if following.carries_file:
            make_ready(account, message_id=following.message_id, customer_id=following.customer_id)
        errand = Errand.BULK if following.is_bulk else Errand.REPLY
        with bulkheads.room(errand, tenant_id=tenant_id, account=account.slug, customer_id=following.customer_id):
            if _send(account, conversation_id, following):
                return
        seen = following.message_id


def _send(account: ChannelAccountValue, conversation_id: str, following: NextSend) -> bool:
    """Send one message; False when somebody else has it or its lane is taken."""
    tokens = _take(account, following)
    try:
        require_closed(account, ENDPOINT)
    except SendError:
        throttle.give_back(tokens)
        raise
    claimed = claim_outbound(
        tenant_id=account.tenant_id, conversation_id=conversation_id, message_id=following.message_id
    )
    if claimed is None:
        throttle.give_back(tokens)
        breaker_for(account, ENDPOINT).release_probe()
        return False
    try:
        receipt = _post(account, claimed)
    except SendUnknown as unknown:
        _settle_unknown(account, following, claimed, unknown)
    except SendError as refused:
        _slow_down(account, following, refused)
        _settle_refused(account, claimed, refused)
    else:
        _settle_sent(account, claimed, receipt)
    return True


def _is_early(following: NextSend) -> bool:
    """Whether it was refused and waits: whoever refused it left an entry for the moment when its wait is over."""
    return following.ready_at is not None and following.ready_at > clock.now()


def _account_for(tenant_id: str, following: NextSend) -> ChannelAccountValue:
    account = account_of(following.account)
    if account is None or account.tenant_id != tenant_id or not account.is_active:
        raise SendError("account_off", "The account is switched off.", retry_after=timedelta(minutes=1), counts=False)
    return account


def _take(account: ChannelAccountValue, following: NextSend) -> list[Bucket]:
    """Take one token of the number and one of the customer; nobody sleeps here for want of one."""
    buckets = (
        account_bucket(account, is_bulk=following.is_bulk),
        pair_bucket(account, following.customer_id, is_bulk=following.is_bulk),
    )
    tokens = [bucket for bucket in buckets if bucket is not None]
    wait = throttle.take(tokens)
    if wait > 0:
        raise SendError("rate_limit", "Waiting for the send rate.", retry_after=timedelta(seconds=wait), counts=False)
    return tokens


def _post(account: ChannelAccountValue, claimed: OutboundMessage) -> SendReceipt:
    require_sendable(claimed)
    started = time.monotonic()
    receipt = adapter_for(account.kind).send(account, claimed)
    metrics.SEND_SECONDS.labels(account.kind).observe(time.monotonic() - started)
    return receipt


def _settle_sent(account: ChannelAccountValue, claimed: OutboundMessage, receipt: SendReceipt) -> None:
    settle_sent(claimed=claimed, receipt=receipt)
    match_parked(claimed=claimed, receipt=receipt)
    breaker_for(account, ENDPOINT).record_success()
    ease_off(account, receipt.usage_percent)
    _count(account, claimed, "sent")


def _settle_unknown(
    account: ChannelAccountValue, following: NextSend, claimed: OutboundMessage, unknown: SendUnknown
) -> None:
    """Left to its status, or to the reconciliation: sending again now might say it twice."""
    settle_unconfirmed(claimed=claimed, code=unknown.code)
    bulkheads.suspect(tenant_id=account.tenant_id, account=account.slug, customer_id=following.customer_id)
    note_error(account, ENDPOINT, unknown)
    _count(account, claimed, "unconfirmed", code=unknown.code)


def _settle_refused(account: ChannelAccountValue, claimed: OutboundMessage, refused: SendError) -> None:
    """Settle what the channel did not take. Raises it again when a later try is worth it."""
    note_error(account, ENDPOINT, refused)
    if refused.retry_after is None:
        settle_failed(claimed=claimed, code=refused.code, message=str(refused), consequence=refused.consequence)
        note_refusal(account, code=refused.code)
        _count(account, claimed, "failed", code=refused.code)
        return
    if refused.counts:
        is_queued = settle_refused(
            claimed=claimed, code=refused.code, message=str(refused), retry_after=refused.retry_after
        )
    else:
        is_queued = settle_waiting(claimed=claimed, retry_after=refused.retry_after)
    _count(account, claimed, "refused" if is_queued else "failed", code=refused.code)
    if is_queued:
        raise refused


def _slow_down(account: ChannelAccountValue, following: NextSend, refused: SendError) -> None:
    """Wait longer with each refusal in a row: the channel knows its limits better than our configuration does."""
    if not refused.too_fast or refused.retry_after is None:
        return
    is_pair = refused.too_fast == "customer"
    refused.retry_after = growing_wait(account, following.customer_id if is_pair else "", refused.retry_after)
    bucket = pair_bucket(account, following.customer_id) if is_pair else account_bucket(account)
    if bucket is not None:
        throttle.hold(bucket, seconds=refused.retry_after.total_seconds())


def _count(account: ChannelAccountValue, claimed: OutboundMessage, outcome: str, *, code: str = "") -> None:
    metrics.SENDS.labels(account.kind, account.slug, outcome).inc()
    log.info(
        "send",
        extra={
            "account": account.slug,
            "outcome": outcome,
            "code": code,
            "message_id": claimed.message_id,
            "attempt": claimed.attempt,
        },
    )
