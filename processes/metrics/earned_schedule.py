"""Earned value and earned schedule.

Earned schedule (Lipke, "Schedule is Different", 2003): the planned time by which as much should have been earned as has
been. The planned value of milestones is the polyline through (baseline date, cumulative weight); on a flat stretch the
first day counts; before the first milestone nothing and after the last no more is earned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from processes.metrics.history import History, Promise

Curve = Sequence[tuple[float, float]]
"""Points (time, cumulative planned value), both rising, beginning at (0, 0)."""

FEW = 5
"""Milestones below which figures are more chance than measure."""


@dataclass(frozen=True)
class Indices:
    """SV = EV - PV, and SPI = EV / PV, which is undefined (None) while nothing is planned."""

    sv: float
    spi: float | None


@dataclass(frozen=True)
class Earned:
    """Earned value and schedule of a history as of a day; times in calendar days, n milestones counted."""

    as_of: date
    n: int
    pv: float
    ev: float
    sv: float
    spi: float | None
    es: float
    at: int
    sv_t: float
    spi_t: float | None
    planned_duration: int
    whole: float
    """The value of everything planned (BAC)."""
    done: int
    due: int

    @property
    def bei(self) -> float | None:
        """Baseline execution index: milestones done / planned to be done by the day; None while none was."""
        return self.done / self.due if self.due else None

    @property
    def tspi(self) -> float | None:
        """To-complete index: planned time that is left to earn / planned time that is left; None when that is over."""
        left = self.planned_duration - self.at
        return (self.planned_duration - self.es) / left if left > 0 else None

    @property
    def ieac(self) -> float | None:
        """Duration in days if it goes on as till now: planned duration / SPI(t). An extrapolation, no forecast."""
        return estimate(self.planned_duration, self.spi_t)

    def warnings(self) -> tuple[str, ...]:
        """Why the indices say less than they seem to, as sentences."""
        found = []
        if 0 < self.n < FEW:
            found.append(f"Only {self.n} milestones are planned: one more or less moves every index a lot.")
        if not self.pv:
            found.append("Nothing was planned to be reached by this day, so SPI is not defined.")
        if self.at <= 0:
            found.append("The project has not begun by this day, so SPI(t) is not defined.")
        elif not self.ev:
            found.append("Nothing has been reached yet: earned schedule is 0 until the first milestone is.")
        if self.n and self.done == self.n:
            found.append(
                "Everything has been reached. SPI is 1 at the end however late it was, and time goes on in SPI(t):"
                " read the slips instead."
            )
        elif self.at > self.planned_duration > 0:
            found.append("The planned duration is over, so SV(t) falls by a day each day until something is reached.")
        return tuple(found)


def indices(pv: float, ev: float) -> Indices:
    """Schedule variance and performance index of two sums of value."""
    return Indices(ev - pv, ev / pv if pv else None)


def estimate(planned_duration: float, index: float | None) -> float | None:
    """The duration that results if it goes on like this: planned duration / index. None where the index is no help."""
    return planned_duration / index if index else None


def earned_schedule(curve: Curve, ev: float) -> float:
    """The planned time at which the curve reaches the earned value; its end at most, without extrapolation."""
    if ev <= 0 or not curve:
        return 0
    for (left, low), (right, high) in pairwise(curve):
        if low < ev <= high:
            return left + (ev - low) / (high - low) * (right - left)
    return curve[-1][0]


def earned(history: History, as_of: date, *, with_removed: bool = False) -> Earned:
    """Earned value and schedule by the 0/100 rule, as of a day.

    Milestones that an approved change removed by that day leave the planned value, or SPI could never reach 1;
    `with_removed` keeps them in, to show what the removal did.
    """
    states = history.states(as_of)
    planned = history.promised(as_of, with_removed=with_removed)
    reached = {name for name, state in states.items() if state.actual is not None and state.actual <= as_of}
    pv = sum(promise.weight for promise in planned if promise.date <= as_of)
    ev = sum(promise.weight for promise in planned if promise.milestone in reached)
    es = earned_schedule(curve_of(history.start, planned), ev)
    at = (as_of - history.start).days
    end = max((promise.date for promise in planned), default=history.start)
    value = indices(pv, ev)
    return Earned(
        as_of=as_of,
        n=len(planned),
        pv=pv,
        ev=ev,
        sv=value.sv,
        spi=value.spi,
        es=es,
        at=at,
        sv_t=es - at,
        spi_t=es / at if at > 0 else None,
        planned_duration=max(0, (end - history.start).days),
        whole=sum(promise.weight for promise in planned),
        done=sum(promise.milestone in reached for promise in planned),
        due=sum(promise.date <= as_of for promise in planned),
    )


def curve_of(start: date, promises: Iterable[Promise]) -> list[tuple[float, float]]:
    """The planned value of promises, by date, over the days since the start; what lies before it counts from day 0.

    Several on one day are one point, the planned value of that day: while only some of them are earned, their day is
    not, so that SV(t) falls below 0 where SV does; and their order decides nothing.
    """
    points: list[tuple[float, float]] = [(0, 0)]
    whole = 0.0
    for promise in promises:
        whole += promise.weight
        day = max(0, (promise.date - start).days)
        if points[-1][0] == day and len(points) > 1:
            points[-1] = (day, whole)
        else:
            points.append((day, whole))
    return points
