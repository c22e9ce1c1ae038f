"""What one web process says once a second about its intake: that it listens, and what it had to refuse."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from redis.exceptions import RedisError

from apps.contracts.words import Gap
from apps.gateway import intake_health
from apps.gateway.gaps import Gaps
from apps.gateway.intake_health import Account

log = logging.getLogger(__name__)


class Pulse:
    """Collects in the event loop; `beat` tells Redis, for the evidence rule, and `gaps` the administrators."""

    def __init__(self, accounts: Callable[[], Iterable[Account]]) -> None:
        self._accounts = accounts
        self._started_at = time.time()
        self._is_first = True
        # What was posted while nobody listened waits with the vendor: a start is a gap as a refusal is.
        self._has_gap = True
        self._rejected: set[Account] = set()
        self._verified: set[Account] = set()
        self.gaps = Gaps()

    def verified(self, account: Account) -> None:
        """A webhook carried a right signature."""
        self._verified.add(account)

    def rejected(self, account: Account) -> None:
        """A webhook carried a wrong signature."""
        self._rejected.add(account)
        self.gaps.note(account, Gap.WRONG_SIGNATURE)

    def switched_off(self, account: Account) -> None:
        """A webhook came for an account that is switched off: what it said is missing as after a wrong signature."""
        self._rejected.add(account)
        self.gaps.note(account, Gap.SWITCHED_OFF)

    def unable(self, account: Account | None) -> None:
        """A webhook was answered 503; None when it is not known whose."""
        self._has_gap = True
        if account is not None:
            self.gaps.note(account, Gap.REFUSED)

    async def beat(self) -> None:
        has_gap, self._has_gap = self._has_gap, False
        rejected, self._rejected = self._rejected, set()
        verified, self._verified = self._verified, set()
        try:
            last_beat_at = await asyncio.to_thread(
                intake_health.beat, refused=has_gap, rejected=rejected, verified=verified
            )
        except RedisError as error:
            log.warning("intake_beat_lost", extra={"reason": type(error).__name__})
            self._has_gap = self._has_gap or has_gap
            self._rejected |= rejected
            return
        if self._is_first:
            self._is_first = False
            self._note_downtime(last_beat_at)

    def _note_downtime(self, last_beat_at: float) -> None:
        """Only a process that starts knows of a downtime: later a missing beat may be Redis's fault, not ours."""
        if 0 < last_beat_at < self._started_at - intake_health.LONGEST_PAUSE_SECONDS:
            for account in self._accounts():
                self.gaps.note(account, Gap.DOWN, since=last_beat_at, until=self._started_at, refused=0)
