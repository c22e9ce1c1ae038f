"""Looks after the accounts: asks each vendor on the clock, keeps what it said and since when, alarms on evidence only."""

import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from django.utils.translation import gettext as _

from apps.common import clock
from apps.contracts.channels import AccountCheck, AccountNews, ChannelAdapter, ManagedChannel
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import AccountNewsKind, CheckState
from apps.gateway import metrics
from apps.gateway.channels.registry import adapters
from apps.gateway.documents import AccountHealth
from apps.gateway.health import HealthValue, health_value
from apps.gateway.services.breakers import guarded, hold_account
from apps.gateway.services.own_evidence import own_checks
from apps.tenants import selectors as tenants
from apps.tenants.services import learn_account

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
#: Accounts do not all ask at once, nor any of them always at the same minute.
JITTER = timedelta(minutes=3)
ENDPOINT = "management"
NOTICES_KEPT = 20
OLDEST_NEWS = timedelta(days=7)
RESTRICTION_HOLD = timedelta(seconds=60)
#: The check that says that nothing could be asked.
REACHABLE = "reachable"
_FIGURES = {CheckState.GOOD: 0, CheckState.WARNING: 1, CheckState.BAD: 2, CheckState.UNKNOWN: -1}


def due_accounts() -> list[str]:
    """The slugs of the accounts whose check is due, each claimed by this call: asking twice gives it once."""
    now = clock.now()
    managed = [account for account in tenants.accounts() if account.kind in _managed()]
    waiting = set(AccountHealth.objects(next_at__gt=now).scalar("tenant_id", "account"))
    return [
        account.slug for account in managed if (account.tenant_id, account.slug) not in waiting and _claim(account, now)
    ]


def check_account(*, slug: str) -> HealthValue | None:
    """Look at one account now and keep what was found. None when nobody can be asked."""
    account = tenants.account(slug)
    adapter = _managed().get(account.kind) if account is not None else None
    if account is None or adapter is None:
        return None
    own = tuple(own_checks(account, adapter.abilities))
    try:
        with guarded(account, ENDPOINT):
            found = cast(ManagedChannel, adapter).check_account(account)
    except (SendError, SendUnknown) as outage:
        log.info("account_not_checked", extra={"account": slug, "code": outage.code})
        # Nothing was learned: what was known stays, and not knowing is no alarm.
        return _keep(account, [*own, _unreachable(adapter)], is_whole=False)
    learn(account, found)
    return _keep(account, [*found, *own], is_whole=True)


def learn(account: ChannelAccountValue, checks: Iterable[AccountCheck]) -> None:
    """Take over what the vendor told of the account itself."""
    learned = {name: value for check in checks for name, value in check.learned.items()}
    changed = learn_account(tenant_id=account.tenant_id, slug=account.slug, learned=learned)
    if changed:
        log.info("account_learned", extra={"account": account.slug, "fields": " ".join(changed)})


def note_account_news(news: AccountNews) -> None:
    """Keep what the vendor told by itself; a restriction holds the sends and pages the operator. Safe to repeat.

    Held is not stopped: the breaker lets one send through a minute, so the account heals by itself, and a restriction
    that does not concern these sends costs them a minute. Everything else only brings the next check forward.
    """
    if clock.now() - news.at > OLDEST_NEWS:
        # A replay: whatever it was about, the checks have seen it since.
        return
    row = _row(news.tenant_id, news.account)
    # The store keeps milliseconds.
    at = news.at.replace(microsecond=news.at.microsecond // 1000 * 1000)
    notice = {
        "kind": news.kind.value,
        "state": news.state[:80],
        "subject": news.subject[:200],
        "reason": news.reason[:300],
        "at": at,
    }
    if notice in [{name: one.get(name) for name in notice} for one in row.notices]:
        return
    changes: dict[str, Any] = {"set__notices": [notice, *row.notices][:NOTICES_KEPT], "set__next_at": clock.now()}
    account = tenants.account(news.account)
    if news.kind is AccountNewsKind.RESTRICTION:
        changes |= _restriction(news, account)
    AccountHealth.objects(id=row.id).update_one(**changes)
    level = logging.CRITICAL if changes.get("set__restricted_at") else logging.WARNING
    extra = {"account": news.account, "kind": news.kind.value, "state": news.state, "subject": news.subject}
    log.log(level, "account_news", extra=extra)


def _restriction(news: AccountNews, account: ChannelAccountValue | None) -> dict[str, Any]:
    if any(word in f"{news.state} {news.reason}" for word in ("RECONNECTED", "REINSTATE")):
        return {"unset__restricted_at": True, "unset__restricted_until": True}
    if account is not None and account.tenant_id == news.tenant_id:
        hold_account(account, code=news.state.lower()[:40], retry_after=RESTRICTION_HOLD)
    until = _moment(news.reason)
    return {"set__restricted_at": news.at, **({"set__restricted_until": until} if until else {})}


def _keep(account: ChannelAccountValue, checks: list[AccountCheck], *, is_whole: bool) -> HealthValue:
    now = clock.now()
    row = _row(account.tenant_id, account.slug)
    before = {one["name"]: one for one in row.checks}
    kept = {check.name: _stored(check, before.get(check.name), now) for check in checks}
    gone = set(before) - set(kept)
    if not is_whole:
        kept = {**before, **kept}
    else:
        for name in gone:
            metrics.ACCOUNT_CHECK.labels(account.slug, name).set(_FIGURES[CheckState.UNKNOWN])
    for one in kept.values():
        metrics.ACCOUNT_CHECK.labels(account.slug, one["name"]).set(_FIGURES[CheckState(one["state"])])
    AccountHealth.objects(id=row.id).update_one(set__checks=list(kept.values()), set__checked_at=now)
    _alarm(account, before, kept)
    return health_value(AccountHealth.objects(id=row.id).first())


def _stored(check: AccountCheck, before: dict[str, Any] | None, now: datetime) -> dict[str, Any]:
    is_new = before is None or before["state"] != check.state.value
    return {
        "name": check.name,
        "state": check.state.value,
        "sentence": check.sentence,
        "next_step": check.next_step,
        "since": now if is_new or before is None else before["since"],
        "at": now,
        # Not knowing for a while is neither a new fault nor a recovery.
        "known": check.state.value if check.state is not CheckState.UNKNOWN else _known(before),
    }


def _known(before: dict[str, Any] | None) -> str:
    return str(before["known"]) if before is not None else CheckState.UNKNOWN.value


def _alarm(account: ChannelAccountValue, before: dict[str, Any], kept: dict[str, Any]) -> None:
    """Say once that something broke, and once that it is well again."""
    for name, check in kept.items():
        former, present = _known(before.get(name)), check["known"]
        extra = {"account": account.slug, "check": name}
        if present == former:
            continue
        if present == CheckState.BAD.value:
            log.critical("account_check_failed", extra=extra)
        elif former == CheckState.BAD.value:
            log.warning("account_check_recovered", extra=extra)


def _unreachable(adapter: ChannelAdapter) -> AccountCheck:
    sentence = _("%(channel)s não respondeu; o que se sabia continua valendo.") % {"channel": adapter.abilities.title}
    return AccountCheck(name=REACHABLE, state=CheckState.UNKNOWN, sentence=sentence)


def _managed() -> dict[str, ChannelAdapter]:
    return {kind: adapter for kind, adapter in adapters().items() if isinstance(adapter, ManagedChannel)}


def _claim(account: ChannelAccountValue, now: datetime) -> bool:
    row = _row(account.tenant_id, account.slug)
    following = now + EVERY + JITTER * random.uniform(-1, 1)  # noqa: S311 - jitter, not a secret
    due = AccountHealth.objects(id=row.id, next_at__not__gt=now)
    return bool(due.update_one(set__next_at=following))


def _row(tenant_id: str, account: str) -> AccountHealth:
    """The one document of this account, made on first sight."""
    return cast(
        AccountHealth,
        AccountHealth.objects(tenant_id=tenant_id, account=account).modify(
            upsert=True, new=True, set_on_insert__created_at=clock.now(), set_on_insert__schema_version=1
        ),
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
