"""Scales of charts: dates and values as places in a chart's own units, and the ticks beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 800, 460
LEFT, RIGHT, TOP, BOTTOM = 84, 100, 20, 44
"""Size and margins of a chart, in its own units; at the right there is room for names."""


FAR = date(9000, 1, 1)
"""Beyond this day charts end."""


@dataclass(frozen=True)
class Tick:
    """A date on an axis, at a place in units of the chart. Minor ones are left out where there is little room."""

    at: float
    text: str
    minor: bool = False


@dataclass(frozen=True)
class Axis:
    """A range of days; `place` gives percents of it."""

    first: date
    last: date

    def place(self, day: date) -> float:
        """Where a day stands, 0 to 100."""
        return round((min(day, self.last) - self.first).days / max(1, (self.last - self.first).days) * 100, 2)


def axis_of(days: Iterable[date]) -> Axis:
    """The range of some days, with a little room at both ends."""
    days = [min(day, FAR) for day in days]
    first, last = min(days), max(days)
    room = timedelta(days=max(3, (last - first).days // 30))
    return Axis(first - room, last + room)


def months(axis: Axis) -> list[Tick]:
    """The firsts of months on the axis, thinned to at most a dozen; the year where it begins and on the first."""
    firsts, day = [], date(axis.first.year, axis.first.month, 1)
    while day <= axis.last:
        if day >= axis.first:
            firsts.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    step = next((size for size in (1, 2, 3, 6, 12, 24) if len(firsts) <= size * 12), 60)
    shown = (
        [one for one in firsts if (one.month - 1) % step == 0]
        if step < 24
        else [one for one in firsts if one.month == 1]
    )
    shown = shown[:: 1 + len(shown) // 13]
    return [
        Tick(axis.place(one), f"{one:%b} {one.year}" if at == 0 or one.month == 1 else f"{one:%b}", bool(at % 3))
        for at, one in enumerate(shown)
    ]


def across(percent: float) -> float:
    """A percent of the level axis in units of the chart."""
    return round(LEFT + percent / 100 * (WIDTH - LEFT - RIGHT), 1)


def up(percent: float) -> float:
    """A percent of the upright axis in units of the chart."""
    return round(HEIGHT - BOTTOM - percent / 100 * (HEIGHT - TOP - BOTTOM), 1)


@dataclass(frozen=True)
class Span:
    """A range of values on the upright axis."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Where a value stands, in units of the chart."""
        return up((value - self.low) / ((self.high - self.low) or 1) * 100)


def steps(span: Span, most: int = 6) -> list[Tick]:
    """Round values on the upright axis, so many at most."""
    width = (span.high - span.low) or 1
    size = next(one * 10**power for power in range(-2, 9) for one in (1, 2, 5) if width / (one * 10**power) <= most)
    first = -int(-span.low // size)
    return [
        Tick(span.place(n * size), f"{round(n * size, 2):g}", bool((n - first) % 2))
        for n in range(first, int(span.high // size) + 1)
    ]
