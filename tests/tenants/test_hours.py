"""When people are there. Campina Grande is three hours behind UTC all year."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from apps.contracts.configuration import OpeningHours, Schedule, SpecialDay
from apps.tenants.domain import holiday_name, is_open, next_opening

ZONE = ZoneInfo("America/Fortaleza")
WORKDAYS = tuple(OpeningHours(weekday=day, opens=time(8), closes=time(18)) for day in range(5))


def week(**fields: object) -> Schedule:
    return Schedule(**{"timezone": "America/Fortaleza", "state": "PB", "hours": WORKDAYS, **fields})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T08:00", True),
        ("2026-11-23T07:59", False),
        ("2026-11-23T17:59", True),
        ("2026-11-23T18:00", False),
        ("2026-11-22T10:00", False),  # Sunday
        ("2026-12-25T10:00", False),  # Christmas, a Friday
        ("2026-08-05T10:00", False),  # foundation of Paraíba, a Wednesday
    ],
)
def test_a_queue_follows_its_week_and_the_calendar(moment, expected):
    assert is_open(week(), at(moment)) is expected


def test_the_queues_own_zone_decides_and_not_the_servers():
    eleven_in_london = datetime(2026, 11, 23, 11, 0, tzinfo=ZoneInfo("Europe/London"))

    assert is_open(week(), eleven_in_london)
    assert not is_open(week(), eleven_in_london.replace(hour=10))


def test_a_special_day_wins_over_the_holiday_and_the_week():
    christmas = SpecialDay(day=date(2026, 12, 25), name="Plantão", opens=time(9), closes=time(12))
    inventory = SpecialDay(day=date(2026, 11, 23), name="Balanço")
    schedule = week(special_days=(christmas, inventory))

    assert is_open(schedule, at("2026-12-25T10:00"))
    assert not is_open(schedule, at("2026-12-25T13:00"))
    assert not is_open(schedule, at("2026-11-23T10:00"))
    assert holiday_name(schedule, date(2026, 11, 23)) == "Balanço"


def test_a_business_may_work_on_holidays():
    assert is_open(week(keeps_national_holidays=False), at("2026-12-25T10:00"))


def test_a_shift_past_midnight_ends_on_the_next_day():
    schedule = week(hours=(OpeningHours(weekday=4, opens=time(20), closes=time(2)),))

    assert is_open(schedule, at("2026-11-27T23:00"))
    assert is_open(schedule, at("2026-11-28T01:59"))
    assert not is_open(schedule, at("2026-11-28T02:00"))
    assert not is_open(schedule, at("2026-11-27T01:00"))


def test_a_queue_that_is_always_open_ignores_the_calendar_but_not_a_special_day():
    schedule = week(hours=(), is_always_open=True)
    closed = schedule.model_copy(update={"special_days": (SpecialDay(day=date(2026, 11, 22), name="Mudança"),)})

    assert is_open(schedule, at("2026-12-25T03:00"))
    assert not is_open(closed, at("2026-11-22T10:00"))
    assert is_open(closed, at("2026-11-23T10:00"))


def test_the_next_opening_skips_the_weekend_and_the_holiday():
    after_hours_before_christmas = at("2026-12-24T19:00")

    assert next_opening(week(), after_hours_before_christmas) == at("2026-12-28T08:00")
    assert next_opening(week(), at("2026-11-23T09:00")) == at("2026-11-23T09:00")
    assert next_opening(week(hours=()), at("2026-11-23T09:00")) is None
