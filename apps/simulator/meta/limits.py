"""How fast Meta lets a number send (protocols/whatsapp.md §10)."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

from apps.simulator.meta.errors import GraphError

#: What Meta allows a number by default and after an upgrade, and one customer after the burst.
MESSAGES_PER_SECOND = 80
HIGH_MESSAGES_PER_SECOND = 1_000
PAIR_INTERVAL_SECONDS = 6
#: Messages that may be "borrowed" before one customer's interval is enforced.
PAIR_BURST = 45
CUSTOMERS_REMEMBERED = 10_000
#: Calls about the account that an app may make in an hour (§10: 200, or 5,000 with active numbers).
MANAGEMENT_PER_HOUR = 5_000
HOUR_SECONDS = 3_600


class RateLimits:
    """Refuses what comes too fast: per number (130429) and per customer (131056). A limit of 0 is none."""

    def __init__(
        self,
        *,
        messages_per_second: float = 0,
        pair_interval_seconds: float = 0,
        management_per_hour: int = MANAGEMENT_PER_HOUR,
        clock: Callable[[], float],
    ) -> None:
        self._number_interval = self._pair_interval = 0.0
        self._clock = clock
        self.management_per_hour = management_per_hour
        self._management_calls: deque[float] = deque()
        #: When the next message would be due if all were sent at the allowed pace.
        self._number_due = 0.0
        self._pair_due: OrderedDict[str, float] = OrderedDict()
        self.set_pace(messages_per_second=messages_per_second, pair_interval_seconds=pair_interval_seconds)

    def set_pace(self, *, messages_per_second: float | None = None, pair_interval_seconds: float | None = None) -> None:
        """Change what may be sent from now on; None leaves it as it is."""
        if messages_per_second is not None:
            self._number_interval = 1 / messages_per_second if messages_per_second else 0.0
        if pair_interval_seconds is not None:
            self._pair_interval = pair_interval_seconds

    def raise_to(self, messages_per_second: float) -> None:
        """Let the number send faster; one without a limit keeps having none."""
        if self._number_interval:
            self.set_pace(messages_per_second=messages_per_second)

    def check(self, customer: str) -> None:
        """Count one send. Raises GraphError, and then does not count it."""
        now = self._clock()
        number_due = max(self._number_due, now) + self._number_interval
        if self._number_interval and number_due - now > 1 + self._number_interval / 2:
            raise GraphError(130429, "Too many messages per second from this number", rule="§10")
        pair_due = max(self._pair_due.get(customer, 0.0), now) + self._pair_interval
        if self._pair_interval and pair_due - now > PAIR_BURST * self._pair_interval + self._pair_interval / 2:
            raise GraphError(131056, "Too many messages to the same customer", rule="§10")
        self._number_due = number_due
        if self._pair_interval:
            self._pair_due[customer] = pair_due
            self._pair_due.move_to_end(customer)
            if len(self._pair_due) > CUSTOMERS_REMEMBERED:
                self._pair_due.popitem(last=False)

    def check_management(self) -> None:
        """Count one call about the account. Raises GraphError, and then does not count it."""
        now = self._clock()
        while self._management_calls and self._management_calls[0] <= now - HOUR_SECONDS:
            self._management_calls.popleft()
        if len(self._management_calls) >= self.management_per_hour:
            raise GraphError(80007, "Too many calls about this business account in an hour", rule="§10")
        self._management_calls.append(now)

    def management_percent(self) -> int:
        return min(100, 100 * len(self._management_calls) // max(1, self.management_per_hour))


def meta_limits(clock: Callable[[], float] = time.time) -> RateLimits:
    """Meta's own numbers (§10)."""
    return RateLimits(messages_per_second=MESSAGES_PER_SECOND, pair_interval_seconds=PAIR_INTERVAL_SECONDS, clock=clock)
