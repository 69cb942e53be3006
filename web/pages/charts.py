"""The milestone trend chart as plain numbers for a template: lines, points, dates on the axes, and the diagonal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

WIDTH, HEIGHT = 800, 460
LEFT, RIGHT, TOP, BOTTOM = 84, 100, 20, 44
"""Size and margins of the trend chart, in its own units; at the right there is room for names."""

NAME_WIDTH, NAME_HEIGHT = 70, 13
"""Room that a name takes at the end of its line."""

STYLES = 8
"""Line styles (colour and dash) before they come round again."""


@dataclass(frozen=True)
class Tick:
    """A date on an axis, at a place in units of the chart. Minor ones are left out where there is little room."""

    at: float
    text: str
    minor: bool = False


@dataclass(frozen=True)
class _Axis:
    first: date
    last: date

    def place(self, day: date) -> float:
        return round((day - self.first).days / max(1, (self.last - self.first).days) * 100, 2)


def _axis(days: Iterable[date]) -> _Axis:
    days = list(days)
    first, last = min(days), max(days)
    room = timedelta(days=max(3, (last - first).days // 30))
    return _Axis(first - room, last + room)


def _months(axis: _Axis) -> list[Tick]:
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
    return [
        Tick(axis.place(one), f"{one:%b} {one.year}" if at == 0 or one.month == 1 else f"{one:%b}", bool(at % 3))
        for at, one in enumerate(shown)
    ]


@dataclass(frozen=True)
class TrendLine:
    """One milestone's forecasts as an SVG path of steps, its points, and the style that tells it from the others."""

    id: str
    name: str
    style: str
    path: str
    points: Sequence[tuple[float, float, str]]
    end: tuple[float, float]
    label: float
    done: bool
    removed: bool
    first: date
    last: date
    moves: int
    trend: Any


@dataclass(frozen=True)
class TrendChart:
    """Lines over report dates (x) and forecast dates (y), and the diagonal on which forecast and report are one."""

    lines: Sequence[TrendLine]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    diagonal: tuple[float, float, float, float] | None
    today: float | None


def trend_chart(told: Sequence[Any], today: date) -> TrendChart | None:
    """The milestone trend chart: forecasts stay until the next report says otherwise. None without any point.

    `told` are the lines that `processes.trend` gives.
    """
    drawn = [one for one in told if one.series.points]
    if not drawn:
        return None
    reports = [point.report for one in drawn for point in one.series.points]
    x = _axis([*reports, today] if any(_goes_on(one) for one in drawn) else reports)
    y = _axis(point.forecast for one in drawn for point in one.series.points)
    lines = _apart([_line(one, at, x, y, today) for at, one in enumerate(drawn)])
    return TrendChart(
        lines,
        [Tick(_x(one.at), one.text, one.minor) for one in _months(x)],
        [Tick(_y(one.at), one.text, one.minor) for one in _months(y)],
        _diagonal(x, y),
        _x(x.place(today)) if x.first <= today <= x.last else None,
    )


def _goes_on(told: Any) -> bool:
    return not (told.series.done or told.series.removed)


def _line(told: Any, at: int, x: _Axis, y: _Axis, today: date) -> TrendLine:
    one = told.series
    places = [(_x(x.place(point.report)), _y(y.place(point.forecast))) for point in one.points]
    path = f"M{places[0][0]} {places[0][1]}" + "".join(f"H{left}V{top}" for left, top in places[1:])
    end = places[-1]
    if _goes_on(told) and _x(x.place(today)) > end[0]:
        end = (_x(x.place(today)), end[1])
        path += f"H{end[0]}"
    turns = [
        (left, top, f"{point.report.isoformat()}: {point.forecast.isoformat()}")
        for number, ((left, top), point) in enumerate(zip(places, one.points, strict=True))
        if number in (0, len(places) - 1) or point.forecast != one.points[number - 1].forecast
    ]
    moves = sum(a.forecast != b.forecast for a, b in pairwise(one.points))
    return TrendLine(
        told.id, told.name, f"s{at % STYLES + 1}", path, turns, end, end[1], one.done, one.removed,
        one.points[0].forecast, one.points[-1].forecast, moves, told.trend,
    )  # fmt: skip


def _apart(lines: Sequence[TrendLine]) -> list[TrendLine]:
    """The lines with their names pushed down where they would stand on the name above."""
    moved: dict[str, float] = {}
    placed: list[tuple[float, float]] = []
    for one in sorted(lines, key=lambda line: line.end[1]):
        near = [top for left, top in placed if abs(left - one.end[0]) < NAME_WIDTH]
        moved[one.id] = max([one.end[1], *(top + NAME_HEIGHT for top in near)])
        placed.append((one.end[0], moved[one.id]))
    return [replace(one, label=moved[one.id]) for one in lines]


def _diagonal(x: _Axis, y: _Axis) -> tuple[float, float, float, float] | None:
    low, high = max(x.first, y.first), min(x.last, y.last)
    if low >= high:
        return None
    return _x(x.place(low)), _y(y.place(low)), _x(x.place(high)), _y(y.place(high))


def _x(percent: float) -> float:
    return round(LEFT + percent / 100 * (WIDTH - LEFT - RIGHT), 1)


def _y(percent: float) -> float:
    return round(HEIGHT - BOTTOM - percent / 100 * (HEIGHT - TOP - BOTTOM), 1)
