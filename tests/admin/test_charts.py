"""The geometry of the charts."""

from datetime import date, timedelta

import pytest

from apps.console import charts

DAYS = [date(2026, 11, 11) + timedelta(days=offset) for offset in range(14)]


def test_bars_stand_on_zero_and_upon_each_other():
    drawn = charts.stacked_bars(DAYS, [60] * 14, [20] * 14, styles=("bot", "hum"))

    lower, upper = drawn.bars[0], drawn.bars[1]
    assert lower.y + lower.height == pytest.approx(charts.BOTTOM)
    assert upper.y + upper.height < lower.y
    assert upper.y >= charts.TOP
    assert [line.label for line in drawn.grid] == ["0", "40", "80"]


def test_a_day_without_a_value_breaks_the_line_instead_of_falling_to_zero():
    drawn = charts.line(DAYS[:5], [10, 20, None, 30, 40], label=str, style="hum")

    assert len(drawn.points) == 2
    assert drawn.last is not None


def test_a_period_without_anything_says_so():
    assert charts.stacked_bars(DAYS, [0] * 14, [0] * 14, styles=("bot", "hum")).is_empty
    assert charts.line(DAYS, [None] * 14, label=str, style="hum").is_empty


@pytest.mark.parametrize("length", [7, 14, 30])
def test_the_first_and_the_last_day_are_named_and_none_collide(length):
    days = [date(2026, 11, 1) + timedelta(days=offset) for offset in range(length)]

    labels = charts.line(days, [1.0] * length, label=str, style="hum").days

    assert labels[0].text == "1"
    assert labels[-1].text == str(days[-1].day)
    assert all(after.x - before.x > 20 for before, after in zip(labels, labels[1:], strict=False))


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 1), (3, 4), (7, 8), (81, 100), (110, 200), (550, 600), (0.003, 0.004)]
)
def test_the_scale_ends_at_a_round_number(highest, top):
    assert charts.nice_top(highest) == pytest.approx(top)
