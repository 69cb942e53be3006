"""Milestone trend analysis: what was forecast for each milestone at each report, and where that is heading.

A horizontal series is on plan, a rising one is late, a falling one early; it ends at (actual date, actual date).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from processes.metrics.distribution import median
from processes.metrics.history import ACTUAL, EXPECTED, REMOVED, Fact, History

LEAST = 4
"""Points below which no trend is stated."""


@dataclass(frozen=True)
class Point:
    """On the report day this date was expected."""

    report: date
    forecast: date


@dataclass(frozen=True)
class Series:
    """The points of one milestone in the order of the reports."""

    milestone: str
    points: tuple[Point, ...]
    done: bool
    removed: bool


@dataclass(frozen=True)
class Trend:
    """The Theil-Sen slope of the last n points, in days of slip a day; the finish where the line meets today's.

    A slope of 1 or more never converges, one close to it in no time of ours: then there is no finish.
    """

    slope: float
    n: int
    finish: date | None


def series(history: History, as_of: date) -> tuple[Series, ...]:
    """One series for each milestone that was ever planned, in the order of first mention.

    Report days are all days on which anything was recorded; between its own news a milestone keeps its last forecast.
    """
    known = history.known(as_of)
    reports = sorted({fact.recorded_on for fact in known})
    told: dict[str, list[Fact]] = {}
    for fact in known:
        if fact.milestone not in history.past:
            told.setdefault(fact.milestone, []).append(fact)
    return tuple(_series(name, facts, reports) for name, facts in told.items())


def _series(name: str, facts: Sequence[Fact], reports: Sequence[date]) -> Series:
    actual = facts[-1].date if facts[-1].kind == ACTUAL else None
    removed = facts[-1].recorded_on if facts[-1].kind == REMOVED else None
    end = actual or removed
    points = []
    expected: date | None = None
    ahead = deque(sorted(facts, key=lambda fact: fact.recorded_on))
    for report in reports:
        while ahead and ahead[0].recorded_on <= report:
            fact = ahead.popleft()
            expected = fact.date if fact.kind == EXPECTED else expected
        if expected and not (end and report >= end):
            points.append(Point(report, expected))
    if actual:
        points.append(Point(actual, actual))
    return Series(name, tuple(points), actual is not None, removed is not None)


def trend(one: Series, last: int = 6) -> Trend | None:
    """The trend over the last reports of a series; None below four points, or when it is done or removed."""
    points = one.points[-max(last, LEAST) :]
    if one.done or one.removed or len(points) < LEAST:
        return None
    pairs = [
        (b.forecast - a.forecast).days / (b.report - a.report).days
        for a, b in combinations(points, 2)
        if b.report != a.report
    ]
    slope = median(pairs)
    offset = median([point.forecast.toordinal() - slope * point.report.toordinal() for point in points])
    finish = None
    if slope < 1 and 1 <= (meets := round(offset / (1 - slope))) <= date.max.toordinal():
        finish = date.fromordinal(meets)
    return Trend(slope, len(points), finish)
