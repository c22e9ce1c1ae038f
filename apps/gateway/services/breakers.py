"""What a failing channel stops, and for how long: one breaker for each account and endpoint (protocols §11)."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.conversations.services import hasten
from apps.gateway import metrics
from apps.gateway.services.limits import ENDPOINTS, breaker_for
from apps.tenants.selectors import webhook_accounts

log = logging.getLogger(__name__)

#: Refusals of our own, before the channel was asked.
NOT_ASKED = frozenset(
    {"not_sendable", "window_closed", "stale_claim", "breaker_open", "rate_limit", "busy", "storage_away"}
)
#: What else than an unknown outcome says that the other side fails, although nothing was sent.
FAILING = frozenset({"unreachable", "media_unavailable"})
STATE_NUMBERS = {"closed": 0, "half_open": 1, "open": 2}


@contextmanager
def guarded(account: ChannelAccountValue, endpoint: str) -> Iterator[None]:
    """Call the channel inside this block. Raises SendError ("breaker_open") instead while the endpoint is failing.

    Only what says that the channel fails counts: server errors, silence, and refusals of the whole account.
    """
    require_closed(account, endpoint)
    breaker = breaker_for(account, endpoint)
    with ExitStack() as unjudged:
        # Whatever else ends the block says nothing about the channel: the next caller may probe.
        unjudged.callback(breaker.release_probe)
        try:
            yield
        except (SendError, SendUnknown) as error:
            unjudged.pop_all()
            note_error(account, endpoint, error)
            raise
        unjudged.pop_all()
        breaker.record_success()


def require_closed(account: ChannelAccountValue, endpoint: str) -> None:
    """Raise SendError while nobody may call; otherwise the caller may, perhaps as the one probe."""
    wait = breaker_for(account, endpoint).wait_seconds()
    if wait > 0:
        raise SendError(
            "breaker_open", "The channel is failing; calls wait.", retry_after=timedelta(seconds=wait), counts=False
        )


def note_error(account: ChannelAccountValue, endpoint: str, error: SendError | SendUnknown) -> None:
    """Tell the breaker what an error says about the channel itself."""
    breaker = breaker_for(account, endpoint)
    if error.code in NOT_ASKED:
        breaker.release_probe()
    elif isinstance(error, SendUnknown) or error.code in FAILING:
        if breaker.record_failure(why=error.code):
            metrics.BREAKER_OPENED.labels(account.slug, endpoint).inc()
            log.error("breaker_opened", extra={"account": account.slug, "endpoint": endpoint, "code": error.code})
    elif error.blocks_account:
        hold_account(account, endpoint, code=error.code, retry_after=error.retry_after)
    else:
        # A refusal is an answer: whatever is wrong with the request, the channel works.
        breaker.record_success()


def hold_account(
    account: ChannelAccountValue, endpoint: str = "messages", *, code: str, retry_after: timedelta | None = None
) -> None:
    """Stop an account that the channel refuses as a whole, and page the operator: only a person can change that."""
    log.critical("account_blocked", extra={"account": account.slug, "endpoint": endpoint, "code": code})
    metrics.ACCOUNT_BLOCKED.labels(account.slug, code).inc()
    metrics.BREAKER_OPENED.labels(account.slug, endpoint).inc()
    seconds = retry_after.total_seconds() if retry_after is not None else breaker_for(account).open_seconds
    breaker_for(account, endpoint).open_now(seconds=seconds, why=code)


def try_account_now(account: ChannelAccountValue) -> int:
    """Try everything of an account again at once, because somebody changed something; give how many conversations wait.

    One call probes; the others follow when it succeeds, in the order that they had.
    """
    for endpoint in ENDPOINTS:
        breaker_for(account, endpoint).try_now()
    return hasten(tenant_id=account.tenant_id, account=account.slug)


def measure_breakers() -> None:
    """Say for each account and endpoint whether it is open, for those who watch metrics."""
    for account in webhook_accounts().values():
        for endpoint in ENDPOINTS:
            state, _, _ = breaker_for(account, endpoint).look()
            metrics.BREAKER_STATE.labels(account.slug, endpoint).set(STATE_NUMBERS[state])
