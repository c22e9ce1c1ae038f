"""A claim is posted at once or not at all: a paused process must not send what the clock already gave to another."""

from datetime import datetime, timedelta

from apps.contracts.errors import SendError
from apps.contracts.messages import OutboundMessage

FRESH_FOR = timedelta(seconds=2)
#: Nothing of a claim is at the channel's door any more after this long: a fresh claim and one call of ten seconds.
POSTED_WITHIN = timedelta(seconds=12)


def require_fresh(message: OutboundMessage, *, now: datetime) -> None:
    """Raise SendError, to be tried again at once, when the claim is older than two seconds."""
    if now - message.claimed_at > FRESH_FOR:
        raise SendError(
            "stale_claim", "The claim grew old before it was posted.", retry_after=timedelta(), counts=False
        )


def seconds_left(message: OutboundMessage, *, now: datetime) -> float:
    """How long a further call for the same claim may take."""
    return (message.claimed_at + POSTED_WITHIN - now).total_seconds()
