"""What a tenant configured beyond accounts, queues and people, as values: hours, phrases, limits, ready answers."""

from datetime import date, time

from pydantic import Field

from apps.contracts.base import Value


class TenantValue(Value):
    """A business. `state` is the two-letter one whose holidays count; `timezone` an IANA name."""

    id: str
    name: str
    timezone: str = "America/Fortaleza"
    state: str = ""
    is_active: bool = True
    keeps_national_holidays: bool = True


class OpeningHours(Value):
    """One stretch of a week day (Monday is 0). It runs past midnight when `closes` is not after `opens`."""

    weekday: int = Field(ge=0, le=6)
    opens: time
    closes: time


class SpecialDay(Value):
    """A date that does not follow the week: closed all day, or open only from `opens` to `closes`."""

    day: date
    name: str
    opens: time | None = None
    closes: time | None = None


class Schedule(Value):
    """When a queue has people. `special_days` win over national holidays, which win over `hours`."""

    timezone: str
    is_always_open: bool = False
    keeps_national_holidays: bool = True
    state: str = ""
    hours: tuple[OpeningHours, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()


class HandoffRuleValue(Value):
    """Literal phrases that bring a person at once. `queue` is a slug, "" for the default queue."""

    id: str
    name: str
    phrases: tuple[str, ...]
    queue: str = ""


class ReplyLimits(Value):
    """Where the assistant stops by itself. 0 switches a limit off.

    `max_failed_replies` in a row without an answer bring a person; `loop_limit` answers in a row of the same
    text from the other side mean that a machine writes there; idle times close a conversation nobody continues.
    """

    max_failed_replies: int = 2
    turns_per_customer_hour: int = 120
    loop_limit: int = 8
    idle_warning_seconds: int = 0
    idle_close_seconds: int = 0


class QuickReplyValue(Value):
    """A ready answer of an attendant. `scope` is "mine", "queue" or "everyone"; `body` may hold {variables}."""

    id: str
    shortcut: str
    title: str
    body: str
    scope: str = "everyone"
    queue: str = ""
    file: str = ""
    mime_type: str = ""


class FlagValue(Value):
    """A feature switch. Off for everyone unless `is_on`; then on for `logins` and for `percentage` of all subjects."""

    name: str
    is_on: bool = False
    percentage: int = 100
    logins: tuple[str, ...] = ()
