"""When a vendor could not deliver to us for reasons of ours: noted in memory, written once a second, kept 30 days.

The vendor posts again for days, so nothing of it is lost yet; but somebody should know, and end the reason.
"""

import asyncio
import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.common.mongo import STORE_ERRORS
from apps.contracts.words import Gap
from apps.gateway import metrics
from apps.gateway.documents import IntakeGap
from apps.gateway.intake_health import Account

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
#: Refusals closer together than this are one gap: a vendor posts again after ever longer pauses.
ONE_GAP = timedelta(minutes=5)


@dataclass
class _Noted:
    """One gap as far as it is not written yet, in Unix time."""

    since: float
    until: float
    refused: int


class Gaps:
    """Of one web process. `note` is called in the event loop, `write` in a thread."""

    def __init__(self) -> None:
        self._noted: dict[tuple[Account, Gap], _Noted] = {}
        self._lock = threading.Lock()

    def note(
        self, account: Account, gap: Gap, *, since: float | None = None, until: float | None = None, refused: int = 1
    ) -> None:
        """Say that an account missed webhooks, just now or from one Unix time to another."""
        until = time.time() if until is None else until
        since = until if since is None else since
        with self._lock:
            noted = self._noted.setdefault((account, gap), _Noted(since, until, 0))
            noted.since, noted.until = min(noted.since, since), max(noted.until, until)
            noted.refused += refused

    async def write_for_ever(self) -> None:
        """Companion of the webhook: a slow store delays nothing but this."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            if self._noted:
                await asyncio.to_thread(self.write)

    def write(self) -> None:
        """Write what was noted. What MongoDB does not take now it takes later: it may be the reason of the gap."""
        with self._lock:
            noted, self._noted = self._noted, {}
        for (account, gap), found in noted.items():
            try:
                _write(account, gap, found)
            except STORE_ERRORS as error:
                log.warning("gap_kept", extra={"reason": type(error).__name__})
                self.note(account, gap, since=found.since, until=found.until, refused=found.refused)
                continue
            metrics.INTAKE_GAPS.labels(account.slug, gap.value).inc(found.refused or 1)
            log.warning("intake_gap", extra={"account": account.slug, "reason": gap.value, "count": found.refused})


def _write(account: Account, gap: Gap, found: _Noted) -> None:
    since, until = (datetime.fromtimestamp(at, tz=UTC) for at in (found.since, found.until))
    known = IntakeGap.objects(
        tenant_id=account.tenant_id, account=account.slug, reason=gap.value, ended_at__gte=since - ONE_GAP
    ).order_by("-ended_at")
    if known.update_one(max__ended_at=until, min__started_at=since, inc__refused=found.refused):
        return
    IntakeGap(
        tenant_id=account.tenant_id,
        account=account.slug,
        reason=gap.value,
        started_at=since,
        ended_at=until,
        refused=found.refused,
    ).save(force_insert=True)
