"""Whether the channel's silence about a send proves that it never had it (PROTOCOL T6)."""

from datetime import datetime, timedelta
from enum import Enum

from redis.exceptions import RedisError

from apps.common import clock
from apps.conversations.selectors import PendingSend, message_by_external_id
from apps.events import selectors as events
from apps.gateway import intake_health, spool
from apps.gateway.channels.registry import adapters
from apps.gateway.documents import DEAD, RECEIVED, ParkedStatus, WebhookDelivery
from apps.gateway.intake_health import Account
from apps.tenants.selectors import account as account_of

#: The handler of a status whose first, inline, application failed.
RECORDING = "conversations.record_delivery"
#: A webhook is durable or was refused so long after it was received, and the next beat says which of the two.
DURABLE_WITHIN = timedelta(seconds=4)
#: More strays than this are not looked at one by one.
MOST_STRAYS = 50


class Evidence(Enum):
    """NONE: it may have arrived, and waiting longer will not tell."""

    WAIT = "wait"
    NEVER_ARRIVED = "never_arrived"
    NONE = "none"


def can_come(send: PendingSend) -> bool:
    """Tell whether the channel ever says what became of a send; where it does not, its silence says nothing either."""
    account = account_of(send.account)
    adapter = adapters().get(account.kind) if account is not None else None
    return adapter is None or adapter.abilities.reports_delivery


def about(send: PendingSend, *, until: datetime) -> Evidence:
    """Judge a send whose status would have been received before `until`, which is `DURABLE_WITHIN` ago or longer."""
    if _may_wait_here(until):
        return Evidence.WAIT
    account = Account(send.tenant_id, send.account)
    whole = intake_health.was_whole(send.claimed_at.timestamp(), (until + DURABLE_WITHIN).timestamp())
    if whole is None:
        return Evidence.WAIT
    is_rejecting = intake_health.is_rejecting(account, since=send.claimed_at.timestamp())
    is_doubtful = not whole or is_rejecting or _was_lost_here(account, send.claimed_at)
    return Evidence.NONE if is_doubtful else Evidence.NEVER_ARRIVED


def _may_wait_here(until: datetime) -> bool:
    """Tell whether something received before that moment is not applied yet.

    Read in the direction in which work moves, so that nothing slips past between two looks: spool, bodies, entries.
    """
    try:
        if spool.length():
            return True
    except RedisError:
        return True
    until_ns = int(until.timestamp() * 1e9)
    if WebhookDelivery.objects(status=RECEIVED, received_ns__lte=until_ns).only("id").first() is not None:
        return True
    return events.has_pending_before(RECORDING, clock.now())


def _was_lost_here(account: Account, since: datetime) -> bool:
    """Tell whether something that may have been the status came and could not be applied."""
    dead_bodies = WebhookDelivery.objects(
        tenant_id=account.tenant_id, account=account.slug, status=DEAD, received_at__gte=since
    )
    if dead_bodies.only("id").first() is not None:
        return True
    return events.has_died_since(account.tenant_id, RECORDING, since) or _has_strays(account, since)


def _has_strays(account: Account, since: datetime) -> bool:
    """Tell whether a status came that names no attempt and no message that we know."""
    parked = ParkedStatus.objects(tenant_id=account.tenant_id, account=account.slug, created_at__gte=since)
    external_ids = set(parked.limit(MOST_STRAYS).scalar("external_id"))
    return len(external_ids) == MOST_STRAYS or any(
        message_by_external_id(account.tenant_id, account.slug, external_id) is None for external_id in external_ids
    )
