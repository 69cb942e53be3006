"""Charts as plain numbers for templates: the Gantt with the baseline behind it, and the milestone trend chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WIDTH, HEIGHT = 720, 460
LEFT, RIGHT, TOP, BOTTOM = 84, 20, 20, 44
"""Size and margins of the trend chart, in its own units."""

STYLES = 8
"""Line styles (colour and dash) before they come round again."""


@dataclass(frozen=True)
class Tick:
    """A date on an axis; `at` in percent or in units of the chart. Minor ones go where there is little room."""

    at: float
    text: str
    minor: bool = False


@dataclass(frozen=True)
class Bar:
    """One milestone of the Gantt; places and widths in percent of the axis."""

    milestone: Any
    state: str
    start: float
    width: float
    end: float
    base_start: float | None
    base_width: float
    base_end: float | None
    slip_start: float
    slip_width: float
    slip_days: int | None


@dataclass(frozen=True)
class Gantt:
    """The bars, the months on the axis and where today is; None when today is off the axis."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    today: float | None


def gantt(milestones: Sequence[Any], start: date | None, today: date) -> Gantt | None:
    """The Gantt of milestones in their order; a bar begins where the last predecessor, else the one before, ends.

    Milestones have `id, after, baseline, forecast, actual, target, dropped_on, status`. None when there is none.
    """
    if not milestones:
        return None
    ends = {one.id: one.actual or one.forecast or one.target for one in milestones}
    bases = {one.id: one.baseline for one in milestones}
    axis = _axis([*ends.values(), *(day for day in bases.values() if day), *([start] if start else []), today])
    first = start or min(ends.values())
    bars, before = [], None
    for one in milestones:
        bars.append(_bar(one, axis, ends, bases, before, first, today))
        before = one.id if not one.dropped_on else before
    return Gantt(bars, _months(axis), axis.place(today) if axis.first <= today <= axis.last else None)


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


def _bar(
    one: Any,
    axis: _Axis,
    ends: Mapping[str, date],
    bases: Mapping[str, date | None],
    before: str | None,
    first: date,
    today: date,
) -> Bar:
    named = [name for name in _names(one.after) if name in ends] or ([before] if before else [])
    end, base = ends[one.id], bases[one.id]
    start = min(end, max((ends[name] for name in named), default=first))
    base_days = [day for day in (bases[name] for name in named) if day]
    base_start = min(base, max(base_days, default=min(first, base))) if base else None
    low, high = (min(base, end), max(base, end)) if base else (end, end)
    return Bar(
        milestone=one,
        state=_state(one, end, today),
        start=axis.place(start),
        width=round(axis.place(end) - axis.place(start), 2),
        end=axis.place(end),
        base_start=axis.place(base_start) if base_start else None,
        base_width=round(axis.place(base) - axis.place(base_start), 2) if base and base_start else 0,
        base_end=axis.place(base) if base else None,
        slip_start=axis.place(low),
        slip_width=round(axis.place(high) - axis.place(low), 2),
        slip_days=(end - base).days if base else None,
    )


def _names(after: Any) -> Sequence[str]:
    return after.split() if isinstance(after, str) else tuple(after or ())


def _state(one: Any, end: date, today: date) -> str:
    if one.dropped_on:
        return "dropped"
    if one.actual:
        return "done"
    base = one.baseline or one.target
    return (
        "late" if end < today or (base and end > base + timedelta(days=getattr(one, "tolerance", 0) or 0)) else "open"
    )


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
    done: bool
    removed: bool
    first: date
    last: date
    moves: int


@dataclass(frozen=True)
class TrendChart:
    """Lines over report dates (x) and forecast dates (y), and the diagonal on which forecast and report are one."""

    lines: Sequence[TrendLine]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    diagonal: tuple[float, float, float, float] | None
    today: float | None


def trend_chart(series: Sequence[Any], names: Mapping[str, str], today: date) -> TrendChart | None:
    """The milestone trend chart: forecasts stay until the next report says otherwise. None without any point.

    Each of `series` has `milestone, points (report, forecast), done, removed`.
    """
    drawn = [one for one in series if one.points]
    if not drawn:
        return None
    x = _axis(point.report for one in drawn for point in one.points)
    y = _axis(point.forecast for one in drawn for point in one.points)
    lines = [_line(one, at, names, x, y) for at, one in enumerate(drawn)]
    return TrendChart(
        lines,
        [Tick(_x(one.at), one.text, one.minor) for one in _months(x)],
        [Tick(_y(one.at), one.text, one.minor) for one in _months(y)],
        _diagonal(x, y),
        _x(x.place(today)) if x.first <= today <= x.last else None,
    )


def _line(one: Any, at: int, names: Mapping[str, str], x: _Axis, y: _Axis) -> TrendLine:
    places = [(_x(x.place(point.report)), _y(y.place(point.forecast))) for point in one.points]
    path = f"M{places[0][0]} {places[0][1]}" + "".join(f"H{left}V{top}" for left, top in places[1:])
    turns = [
        (left, top, f"{point.report.isoformat()}: {point.forecast.isoformat()}")
        for number, ((left, top), point) in enumerate(zip(places, one.points, strict=True))
        if number in (0, len(places) - 1) or point.forecast != one.points[number - 1].forecast
    ]
    return TrendLine(
        one.milestone, names.get(one.milestone, one.milestone), f"s{at % STYLES + 1}", path, turns, one.done,
        one.removed, one.points[0].forecast, one.points[-1].forecast, len(turns) - 1,
    )  # fmt: skip


def _diagonal(x: _Axis, y: _Axis) -> tuple[float, float, float, float] | None:
    low, high = max(x.first, y.first), min(x.last, y.last)
    if low >= high:
        return None
    return _x(x.place(low)), _y(y.place(low)), _x(x.place(high)), _y(y.place(high))


def _x(percent: float) -> float:
    return round(LEFT + percent / 100 * (WIDTH - LEFT - RIGHT), 1)


def _y(percent: float) -> float:
    return round(HEIGHT - BOTTOM - percent / 100 * (HEIGHT - TOP - BOTTOM), 1)
