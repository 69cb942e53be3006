"""Slip: how many calendar days a milestone is, or was, later than its baseline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from processes.metrics.distribution import median
from processes.metrics.history import History


@dataclass(frozen=True)
class Slip:
    """The slip of one milestone in calendar days; negative when it was early."""

    milestone: str
    days: int
    done: bool


@dataclass(frozen=True)
class Slips:
    """The slips of a baseline's milestones, with n; mean, median and largest are None where n is 0."""

    rows: tuple[Slip, ...]
    n: int
    total: int
    mean: float | None
    median: float | None
    largest: int | None


def slips(history: History, as_of: date, *, done_only: bool = False) -> Slips:
    """A - B of what is done; max(F, as of) - B of what is open, so that an overdue milestone slips day by day.

    Milestones that an approved change removed are left out, as are those that were past when the plan was made.
    """
    rows = []
    states = history.states(as_of)
    for promise in history.promised(as_of):
        state = states[promise.milestone]
        if state.actual is not None and state.actual <= as_of:
            rows.append(Slip(promise.milestone, (state.actual - promise.date).days, True))
        elif not done_only:
            expected = max(state.forecast or promise.date, as_of)
            rows.append(Slip(promise.milestone, (expected - promise.date).days, False))
    late = [row.days for row in rows]
    n = len(late)
    return Slips(
        tuple(rows), n, sum(late), sum(late) / n if n else None, median(late) if n else None, max(late) if n else None
    )
