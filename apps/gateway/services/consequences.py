"""What a channel's refusal means beyond its message, whether it came as an answer or, later, as a `failed` status."""

from collections.abc import Iterable
from datetime import timedelta

from apps.common import clock
from apps.contracts.messages import StatusUpdate
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import Consequence, DeliveryStatus
from apps.gateway import metrics
from apps.gateway.services.breakers import hold_account
from apps.gateway.services.templates import note_template_refusal
from apps.tenants.selectors import account as account_of

#: An older report says nothing about the account as it is now: Meta repeats webhooks for a week.
NEWS_FOR = timedelta(hours=1)


def note_refusal(account: ChannelAccountValue, *, code: str) -> None:
    """Learn from an error about the account itself: what we know of its templates may be out of date."""
    metrics.SEND_ERRORS.labels(account.slug, code).inc()
    note_template_refusal(account=account, code=code)


def note_failures(updates: Iterable[StatusUpdate]) -> None:
    """Learn from statuses that say `failed`: the usual way in which a channel refuses. Safe to repeat."""
    for update in updates:
        is_news = update.status is DeliveryStatus.FAILED and clock.now() - update.at < NEWS_FOR
        account = account_of(update.account) if is_news else None
        if account is None or account.tenant_id != update.tenant_id:
            continue
        if update.consequence is Consequence.ACCOUNT_HELD:
            hold_account(account, code=update.error_code)
        note_refusal(account, code=update.error_code)
