"""What operators see of the bus."""

from prometheus_client import Counter, Histogram

HANDLED = Counter(
    "urbana_events_handled_total",
    "Verdicts given to event handlers.",
    ["to", "outcome"],
)
HANDLER_SECONDS = Histogram("urbana_events_handler_seconds", "How long a handler took.", ["to"])
WAKEUPS_LOST = Counter(
    "urbana_events_wakeups_lost_total",
    "Wake-ups that the broker did not take.",
    ["queue"],
)
OVERDUE = Counter("urbana_events_overdue_total", "Entries that the clock had to wake.", ["to"])
