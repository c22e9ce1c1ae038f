"""A claim is posted at once or not at all: a paused process must not send what the clock already gave to another."""

from datetime import datetime, timedelta

from apps.contracts.errors import SendError
from apps.contracts.messages import OutboundMessage

FRESH_FOR = timedelta(seconds=2)


def require_fresh(message: OutboundMessage, *, now: datetime) -> None:
    """Raise SendError, to be tried again at once, when the claim is older than two seconds."""
    if now - message.claimed_at > FRESH_FOR:
        raise SendError(
            "stale_claim", "The claim grew old before it was posted.", retry_after=timedelta(), counts=False
        )
