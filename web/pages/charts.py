"""The milestone trend chart as plain numbers for a template: lines, points, dates on the axes, and the diagonal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from web.pages.scales import Axis, Tick, across, axis_of, months, up

NAME_WIDTH, NAME_HEIGHT = 70, 13
"""Room that a name takes at the end of its line."""

STYLES = 8
"""Line styles (colour and dash) before they come round again."""


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
    x = axis_of([*reports, today] if any(_goes_on(one) for one in drawn) else reports)
    y = axis_of(point.forecast for one in drawn for point in one.series.points)
    lines = _apart([_line(one, at, x, y, today) for at, one in enumerate(drawn)])
    return TrendChart(
        lines,
        [Tick(across(one.at), one.text, one.minor) for one in months(x)],
        [Tick(up(one.at), one.text, one.minor) for one in months(y)],
        _diagonal(x, y),
        across(x.place(today)) if x.first <= today <= x.last else None,
    )


def _goes_on(told: Any) -> bool:
    return not (told.series.done or told.series.removed)


def _line(told: Any, at: int, x: Axis, y: Axis, today: date) -> TrendLine:
    one = told.series
    places = [(across(x.place(point.report)), up(y.place(point.forecast))) for point in one.points]
    path = f"M{places[0][0]} {places[0][1]}" + "".join(f"H{left}V{top}" for left, top in places[1:])
    end = places[-1]
    if _goes_on(told) and across(x.place(today)) > end[0]:
        end = (across(x.place(today)), end[1])
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


def _diagonal(x: Axis, y: Axis) -> tuple[float, float, float, float] | None:
    low, high = max(x.first, y.first), min(x.last, y.last)
    if low >= high:
        return None
    return across(x.place(low)), up(y.place(low)), across(x.place(high)), up(y.place(high))
