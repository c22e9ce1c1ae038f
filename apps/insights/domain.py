"""Rules of numbers and ratings: pure functions on values."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from apps.contracts.conversations import ConversationValue, CustomerValue
from apps.contracts.insights import Ratings

#: A request that would arrive just after the customer service window closed is refused by the channel.
WINDOW_MARGIN = timedelta(minutes=1)

RATING_PREFIX = "csat"
RATINGS = (5, 4, 3, 2, 1)


def may_ask(conversation: ConversationValue, customer: CustomerValue | None, *, now: datetime) -> bool:
    """A rating is asked for inside the window only, never of somebody who opted out, and never twice."""
    if conversation.rating is not None or conversation.window_expires_at is None:
        return False
    if customer is None or customer.opted_out_at is not None:
        return False
    return conversation.window_expires_at - now > WINDOW_MARGIN


def rating_id(conversation_id: str, rating: int) -> str:
    """What the customer's choice carries back: "csat:<conversation>:<1-5>"."""
    return f"{RATING_PREFIX}:{conversation_id}:{rating}"


def summarise(ratings: Iterable[int], *, asked: int) -> Ratings:
    given = list(ratings)
    return Ratings(
        asked=asked,
        answered=len(given),
        average=round(sum(given) / len(given), 2) if given else None,
        counts={rating: given.count(rating) for rating in RATINGS},
    )


def median_seconds(spans: Iterable[timedelta]) -> float | None:
    """The median of some waits in seconds, None without any. What ends before it begins is no wait."""
    seconds = [span.total_seconds() for span in spans if span >= timedelta()]
    return round(median(seconds), 1) if seconds else None
