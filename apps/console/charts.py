"""Charts as plain geometry: numbers in, coordinates for an inline SVG out. No framework, no colour, no words of its own."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

#: The drawing is 392 × 116; the plot leaves room for labels on the left and days below.
LEFT, RIGHT, TOP, BOTTOM = 34.0, 388.0, 10.0, 94.0
LABELLED_DAYS = 4


@dataclass(frozen=True)
class Line:
    """A horizontal line with its label."""

    y: float
    label: str

    @property
    def label_y(self) -> float:
        return self.y + 4


@dataclass(frozen=True)
class Label:
    x: float
    text: str


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    style: str


@dataclass(frozen=True)
class Chart:
    """One figure. `points` is the polyline, broken where there is no value; `last` marks its end."""

    grid: tuple[Line, ...]
    days: tuple[Label, ...]
    bars: tuple[Bar, ...] = ()
    points: tuple[str, ...] = ()
    last: tuple[float, float] | None = None
    style: str = ""
    is_empty: bool = field(default=False)


def stacked_bars(days: Sequence[date], lower: Sequence[int], upper: Sequence[int], *, styles: tuple[str, str]) -> Chart:
    """Two numbers a day, one upon the other, on a baseline of zero."""
    top = nice_top(max((low + high for low, high in zip(lower, upper, strict=True)), default=0))
    slot = (RIGHT - LEFT) / max(1, len(days))
    width = round(min(14.0, slot * 0.56), 1)
    bars: list[Bar] = []
    for index, (low, high) in enumerate(zip(lower, upper, strict=True)):
        x = round(_x(index, len(days)) - width / 2, 1)
        middle, above = _y(low, 0, top), _y(low + high, 0, top)
        if low:
            bars.append(Bar(x, middle, width, round(BOTTOM - middle, 1), styles[0]))
        if high:
            # A hair of ground between the two keeps them apart without colour.
            gap = 1.0 if low else 0.0
            bars.append(Bar(x, above, width, round(max(0.5, middle - above - gap), 1), styles[1]))
    return Chart(_grid(0, top, str), _days(days), bars=tuple(bars), is_empty=not bars)


def line(
    days: Sequence[date],
    values: Sequence[float | None],
    *,
    label: Callable[[float], str],
    style: str,
    top: float | None = None,
) -> Chart:
    """One number a day, with gaps where there is none. `top` fixes the upper end of the scale."""
    known = [value for value in values if value is not None]
    high = top if top is not None else float(nice_top(max(known, default=0)))
    pieces: list[list[str]] = [[]]
    last = None
    for index, value in enumerate(values):
        if value is None:
            pieces.append([])
            continue
        last = (_x(index, len(days)), _y(value, 0, high))
        pieces[-1].append(f"{last[0]},{last[1]}")
    drawn = tuple(" ".join(piece) for piece in pieces if len(piece) > 1)
    is_empty = not any(known)
    return Chart(
        _grid(0, high, label),
        _days(days),
        points=() if is_empty else drawn,
        last=None if is_empty else last,
        style=style,
        is_empty=is_empty,
    )


def nice_top(highest: float) -> float:
    """The end of a scale: 1, 2, 4, 5 or 10 times a power of ten, not below `highest`, so that its half is round too."""
    if highest <= 0:
        return 2.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= highest)


def _grid(low: float, high: float, label: Callable[[float], str]) -> tuple[Line, ...]:
    middle = (low + high) / 2
    ends = (low, middle, high)
    return tuple(Line(_y(value, low, high), label(int(value) if value == int(value) else value)) for value in ends)


def _days(days: Sequence[date]) -> tuple[Label, ...]:
    """The first and last day, and a few between, by the day of the month."""
    if not days:
        return ()
    step = max(1, round((len(days) - 1) / (LABELLED_DAYS - 1)))
    shown = [index for index in range(0, len(days), step) if len(days) - 1 - index >= step / 2]
    return tuple(Label(_x(index, len(days)), str(days[index].day)) for index in (*shown, len(days) - 1))


def _x(index: int, count: int) -> float:
    slot = (RIGHT - LEFT) / max(1, count)
    return round(LEFT + slot * (index + 0.5), 1)


def _y(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.0
    return round(BOTTOM - share * (BOTTOM - TOP), 1)
