"""Sends what a conversation has queued, one message at a time: tokens, claim, post, settle (PROTOCOL T4 and T5)."""

import logging
import time
from datetime import timedelta

from apps.common import throttle
from apps.common.throttle import Bucket
from apps.contracts.channels import SendReceipt
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.conversations import selectors as conversations
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
from apps.gateway.services.limits import account_bucket, breaker_for, growing_wait, pair_bucket
from apps.gateway.services.statuses import match_parked
from apps.tenants.selectors import account as account_of

log = logging.getLogger(__name__)

#: A wait this short is spent here: another wake-up would take longer.
SHORT_WAIT_SECONDS = 0.25
#: Refusals of our own, before the channel was asked or reached.
NOT_ASKED = frozenset({"not_sendable", "stale_claim", "unreachable"})


def deliver(*, tenant_id: str, conversation_id: str) -> None:
    """Send the next queued message of a conversation, if its lane is free.

    Raises SendError with `retry_after` when it has to wait; the message then keeps its place. Safe to run twice: a
    claim is taken once, and whoever finds nothing to claim has nothing to do.
    """
    conversation = conversations.conversation(tenant_id, conversation_id)
    if conversation is None:
        return
    account = account_of(conversation.account)
    if account is None or account.tenant_id != tenant_id or not account.is_active:
        raise SendError("account_off", "The account is switched off.", retry_after=timedelta(minutes=1), counts=False)
    buckets = account_bucket(account), pair_bucket(account, conversation.customer_id)
    tokens = [bucket for bucket in buckets if bucket is not None]
    _wait_for_breaker(account)
    _take(tokens)
    claimed = claim_outbound(tenant_id=tenant_id, conversation_id=conversation_id)
    if claimed is None:
        throttle.give_back(tokens)
        return
    try:
        receipt = _post(account, claimed)
    except SendUnknown as unknown:
        _settle_unknown(account, claimed, unknown)
    except SendError as refused:
        _slow_down(account, conversation.customer_id, refused)
        _settle_refused(account, claimed, refused)
    else:
        _settle_sent(account, claimed, receipt)


def _wait_for_breaker(account: ChannelAccountValue) -> None:
    wait = breaker_for(account).wait_seconds()
    if wait > 0:
        raise SendError(
            "breaker_open", "The channel is failing; sending waits.", retry_after=timedelta(seconds=wait), counts=False
        )


def _take(tokens: list[Bucket]) -> None:
    wait = throttle.take(tokens)
    if 0 < wait <= SHORT_WAIT_SECONDS:
        time.sleep(wait)
        wait = throttle.take(tokens)
    if wait > 0:
        raise SendError("rate_limit", "Waiting for the send rate.", retry_after=timedelta(seconds=wait), counts=False)


def _post(account: ChannelAccountValue, claimed: OutboundMessage) -> SendReceipt:
    started = time.monotonic()
    receipt = adapter_for(account.kind).send(account, claimed)
    metrics.SEND_SECONDS.labels(account.kind).observe(time.monotonic() - started)
    return receipt


def _settle_sent(account: ChannelAccountValue, claimed: OutboundMessage, receipt: SendReceipt) -> None:
    settle_sent(claimed=claimed, receipt=receipt)
    match_parked(claimed=claimed, receipt=receipt)
    breaker_for(account).record_success()
    _count(account, claimed, "sent")


def _settle_unknown(account: ChannelAccountValue, claimed: OutboundMessage, unknown: SendUnknown) -> None:
    """Left to its status, or to the reconciliation: sending again now might say it twice."""
    settle_unconfirmed(claimed=claimed, code=unknown.code)
    _count_failure(account)
    _count(account, claimed, "unconfirmed", code=unknown.code)


def _settle_refused(account: ChannelAccountValue, claimed: OutboundMessage, refused: SendError) -> None:
    """Settle what the channel did not take. Raises it again when a later try is worth it."""
    if refused.code not in NOT_ASKED and not refused.blocks_account:
        # A refusal is an answer: whatever is wrong with the message, the channel works.
        breaker_for(account).record_success()
    if refused.retry_after is None:
        settle_failed(claimed=claimed, code=refused.code, message=str(refused))
        _count(account, claimed, "failed", code=refused.code)
        return
    if refused.blocks_account:
        log.critical("account_blocked", extra={"account": account.slug, "code": refused.code})
        breaker_for(account).open_now(seconds=refused.retry_after.total_seconds())
        metrics.BREAKER_OPENED.labels(account.slug, "messages").inc()
    elif refused.code == "unreachable":
        _count_failure(account)
    if refused.counts:
        is_queued = settle_refused(
            claimed=claimed, code=refused.code, message=str(refused), retry_after=refused.retry_after
        )
    else:
        is_queued = settle_waiting(claimed=claimed, retry_after=refused.retry_after)
    _count(account, claimed, "refused" if is_queued else "failed", code=refused.code)
    if is_queued:
        raise refused


def _slow_down(account: ChannelAccountValue, customer_id: str, refused: SendError) -> None:
    """Wait longer with each refusal in a row: the channel knows its limits better than our configuration does."""
    if not refused.too_fast or refused.retry_after is None:
        return
    is_pair = refused.too_fast == "customer"
    refused.retry_after = growing_wait(account, customer_id if is_pair else "", refused.retry_after)
    bucket = pair_bucket(account, customer_id) if is_pair else account_bucket(account)
    if bucket is not None:
        throttle.hold(bucket, seconds=refused.retry_after.total_seconds())


def _count_failure(account: ChannelAccountValue) -> None:
    if breaker_for(account).record_failure():
        metrics.BREAKER_OPENED.labels(account.slug, "messages").inc()


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
