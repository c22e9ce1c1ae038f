"""What operators see of the handoff."""

from prometheus_client import Counter, Histogram

TICKETS_OPENED = Counter("urbana_handoff_tickets_total", "Handoffs opened, by reason.", ["reason"])
TICKETS_ENDED = Counter("urbana_handoff_tickets_ended_total", "Handoffs that ended, by outcome.", ["outcome"])
CLAIMS = Counter(
    "urbana_handoff_claims_total",
    "Attempts to take a conversation: won, lost to somebody else, over capacity.",
    ["result"],
)
COMPENSATIONS = Counter("urbana_handoff_compensations_total", "Steps of the handoff that had to be undone.", ["step"])
WAIT_SECONDS = Histogram(
    "urbana_handoff_wait_seconds",
    "How long a customer waited for a person to accept.",
    buckets=(5, 15, 30, 60, 120, 300, 600, 1200, 3600),
)
