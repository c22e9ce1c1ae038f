"""The rules of hours, phrases and flags: pure functions on values."""

import hashlib
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from apps.contracts.configuration import FlagValue, Schedule


def is_open(schedule: Schedule, at: datetime) -> bool:
    """Tell whether a queue has people at this moment. `at` knows its zone; the schedule's own zone decides."""
    local = at.astimezone(ZoneInfo(schedule.timezone))
    if schedule.is_always_open and all(special.day != local.date() for special in schedule.special_days):
        return True
    yesterday = local.date() - timedelta(days=1)
    today_hours = _stretches(schedule, local.date())
    late_hours = [(opens, closes) for opens, closes in _stretches(schedule, yesterday) if closes <= opens]
    now = local.time().replace(tzinfo=None)
    return any(_covers(opens, closes, now) for opens, closes in today_hours) or any(
        now < closes for _opens, closes in late_hours
    )


def next_opening(schedule: Schedule, at: datetime, *, within_days: int = 14) -> datetime | None:
    """The next moment at which people are there, `at` itself when they are, None when not within so many days."""
    if is_open(schedule, at):
        return at
    zone = ZoneInfo(schedule.timezone)
    local = at.astimezone(zone)
    for offset in range(within_days + 1):
        day = local.date() + timedelta(days=offset)
        starts = sorted(datetime.combine(day, opens, zone) for opens, _closes in _stretches(schedule, day))
        for start in starts:
            if start > local:
                return start
    return None


def holiday_name(schedule: Schedule, day: date) -> str:
    """Why this date does not follow the week, "" when it does."""
    for special in schedule.special_days:
        if special.day == day:
            return special.name
    if schedule.keeps_national_holidays:
        return brazilian_holidays(day.year, schedule.state).get(day, "")
    return ""


@lru_cache(maxsize=64)
def brazilian_holidays(year: int, state: str = "") -> dict[date, str]:
    """National holidays, and the state's when one is given."""
    calendar = holidays.country_holidays("BR", subdiv=state or None, years=year, language="pt_BR")
    return dict(calendar.items())


def normalise(text: str) -> str:
    """Reduce a text to what a literal comparison sees: no accents, capitals, punctuation or doubled spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        character if character.isalnum() else " " for character in plain if not unicodedata.combining(character)
    )
    return " ".join(kept.split())


def is_on_for(flag: FlagValue, *, login: str = "", subject: str = "") -> bool:
    """Tell whether a feature is on. The same subject always gets the same answer while the percentage only grows."""
    if not flag.is_on:
        return False
    if login and login in flag.logins:
        return True
    if flag.percentage >= 100:
        return True
    digest = hashlib.sha256(f"{flag.name}:{subject or login}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < flag.percentage


def initials(name: str) -> str:
    """At most two letters for an avatar: of the first and the last name."""
    words = [word for word in name.split() if word[:1].isalpha()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper()


def _stretches(schedule: Schedule, day: date) -> list[tuple[time, time]]:
    for special in schedule.special_days:
        if special.day == day:
            return [(special.opens, special.closes)] if special.opens is not None and special.closes is not None else []
    if holiday_name(schedule, day):
        return []
    return [(hours.opens, hours.closes) for hours in schedule.hours if hours.weekday == day.weekday()]


def _covers(opens: time, closes: time, now: time) -> bool:
    if closes <= opens:
        return now >= opens
    return opens <= now < closes
