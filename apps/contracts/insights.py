"""Numbers and timelines as pages and the API show them."""

from datetime import date

from pydantic import Field

from apps.contracts.base import Moment, Value


class FeedbackValue(Value):
    """`rating` is 1–5, None while the customer has not answered."""

    conversation_id: str
    attendant_id: str = ""
    queue: str = ""
    asked_at: Moment
    rating: int | None = None
    rated_at: Moment | None = None


class Ratings(Value):
    """`counts` by rating 1–5; `average` is None without any."""

    asked: int = 0
    answered: int = 0
    average: float | None = None
    counts: dict[int, int] = Field(default_factory=dict)


class TodayFigures(Value):
    """The tenant's day so far, in its own time zone.

    first_response: from a customer's first message of the day in a conversation to the first answer, by the assistant
    or a person; first_human_response: from asking for a person to a person's first words. Medians, in seconds, None
    without any. Automatic notices count as nobody's answer, and the assistant never counts as a human.
    """

    day: date
    since: Moment
    inbound: int = 0
    conversations: int = 0
    answered_by_assistant: int = 0
    answered_by_person: int = 0
    unanswered: int = 0
    handoffs: int = 0
    handoffs_by_reason: dict[str, int] = Field(default_factory=dict)
    first_response_seconds: float | None = None
    first_human_response_seconds: float | None = None
    closed: int = 0
    failed_sends: int = 0
    ratings: Ratings = Ratings()


class DayFigures(Value):
    """One day of a chart. `resolved` conversations were closed or fell silent without a person."""

    day: date
    assistant_only: int = 0
    with_person: int = 0
    closed: int = 0
    human_reply_seconds: float | None = None
    cost_usd: float = 0.0

    @property
    def conversations(self) -> int:
        return self.assistant_only + self.with_person

    @property
    def resolved_share(self) -> float | None:
        """The part of the day's conversations that needed no person."""
        return self.assistant_only / self.conversations if self.conversations else None


class TimelineRow(Value):
    """One step in a message's life. `state` is "done", "failed", "waiting" or "skipped"; `after_ms` since the row before."""

    at: Moment | None = None
    title: str
    detail: str = ""
    state: str = "done"
    code: str = ""
    after_ms: int | None = None


class MessageTimeline(Value):
    """From webhook to read receipt. `verdict` answers "why was there no answer?" in one sentence, answered or not."""

    message_id: str
    conversation_id: str
    verdict: str
    is_answered: bool
    rows: tuple[TimelineRow, ...] = ()
    trace_id: str = ""
