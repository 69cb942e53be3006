"""When the rest will be reached: ranges drawn from how late milestones were before, and how often such ranges held.

Each open milestone is given the slips of those that were reached, the project's own and those of a reference class of
other projects, with replacement (bootstrap). What draws with a seed would only come near is reckoned over all
combinations (the ideal bootstrap of Efron and Tibshirani): the same facts give the same range, and no seed decides a
day. Below five slips there is nothing to draw from: then the slips themselves are the answer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, prod

from processes.metrics.distribution import percentile
from processes.metrics.earned_schedule import FEW
from processes.metrics.history import ACTUAL, History, later

SHARES = (0.5, 0.8, 0.95)
"""What a range says: in half of all combinations, in four of five, in nineteen of twenty it is reached by then."""

HORIZON = 30
"""How many days before its date a forecast is tried on the past."""

_NEARLY = 1e-9
"""What a product of shares may lack for reasons of arithmetic."""


@dataclass(frozen=True)
class Range:
    """By which days something is reached in 50, 80 and 95 % of n slips, or combinations of them.

    Only slips that are still possible count: what is late already cannot be reached with less. Where they are fewer
    than five, `days` is empty, and `each` holds the day that each leads to; it is empty if none was ever so late.
    """

    milestone: str
    n: int
    days: tuple[date, ...]
    each: tuple[date, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """Of n milestones whose 80 % day could have been told a month before their date, so many were reached by it."""

    within: int
    n: int


@dataclass(frozen=True)
class Outlook:
    """Ranges for what is open as of a day, and for the last of it (`finish`).

    There are none when `slips`, which were the project's own (`own`) and others', are fewer than five.
    """

    as_of: date
    slips: tuple[int, ...]
    own: int
    open: int
    finish: Range | None
    milestones: tuple[Range, ...]
    coverage: Coverage


def outlook(history: History, as_of: date, others: Sequence[int] = ()) -> Outlook:
    """The outlook by what had been recorded by a day. `others` are slips, in days, of a reference class."""
    states = history.states(as_of)
    planned = history.promised(as_of)
    own = [(state.actual - one.date).days for one in planned if (state := states[one.milestone]).actual is not None]
    pool = sorted([*own, *others])
    left = [(one.milestone, one.date) for one in planned if states[one.milestone].actual is None]
    enough = len(pool) >= FEW and bool(left)
    return Outlook(
        as_of=as_of,
        slips=tuple(pool),
        own=len(own),
        open=len(left),
        finish=_finish([day for _, day in left], pool, as_of) if enough else None,
        milestones=tuple(_range(name, day, pool, as_of) for name, day in left) if enough else (),
        coverage=coverage(history, as_of, others),
    )


def _possible(day: date, pool: Sequence[int], as_of: date) -> Sequence[int]:
    """The slips, rising, with which a milestone that is open today can still be reached."""
    return pool[bisect_right(pool, (as_of - day).days) :]


def _range(name: str, day: date, pool: Sequence[int], as_of: date) -> Range:
    possible = _possible(day, pool, as_of)
    if len(possible) < FEW:
        return Range(name, len(possible), (), tuple(later(day, slip) for slip in possible))
    return Range(name, len(possible), tuple(later(day, _whole(percentile(possible, share))) for share in SHARES))


def _finish(left: Sequence[date], pool: Sequence[int], as_of: date) -> Range:
    """The last of what is left: the days by which all of it is reached in so many of all combinations of slips.

    All are reached by a day in the product of the shares in which each of them is, as they slip independently.

    One that is later already than any slip before is reached tomorrow at the soonest.
    """
    latest = later(max(left), pool[0])
    near = [
        [day.toordinal() + slip for slip in _possible(day, pool, as_of)] or [as_of.toordinal() + 1]
        for day in left
        if later(day, pool[-1]) >= latest
    ]

    def reached(by: int) -> float:
        return prod(bisect_right(ends, by) / len(ends) for ends in near)

    days = sorted({day for ends in near for day in ends})
    return Range(
        "", len(pool), tuple(later(date.min, days[bisect_left(days, s - _NEARLY, key=reached)] - 1) for s in SHARES)
    )


def coverage(history: History, as_of: date, others: Sequence[int] = ()) -> Coverage:
    """How the 80 % days would have done: told a month before each baseline date, by the slips known on that day."""
    recorded = {fact.milestone: fact.recorded_on for fact in history.known(as_of) if fact.kind == ACTUAL}
    states = history.states(as_of)
    done = [
        (one.date, recorded[one.milestone], (state.actual - one.date).days)
        for one in history.promised(as_of)
        if (state := states[one.milestone]).actual is not None
    ]
    known = sorted((told, slip) for _, told, slip in done)
    pool, at, within, n = sorted(others), 0, 0, 0
    for planned, _, slip in sorted(done):
        day = later(planned, -HORIZON)
        while at < len(known) and known[at][0] <= day:
            insort(pool, known[at][1])
            at += 1
        if len(pool) >= FEW:
            n += 1
            within += slip <= _whole(percentile(pool, SHARES[1]))
    return Coverage(within, n)


def _whole(value: float) -> int:
    """Days, a begun one counted in full: a promise of a day holds until its end."""
    return ceil(value)
