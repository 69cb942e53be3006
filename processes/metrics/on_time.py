"""On-time ratios: of what was due, and of what is done. Both always with their numerator and denominator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from processes.metrics.history import History, Promise, State


@dataclass(frozen=True)
class OnTime:
    """So many of so many; the ratio is None where nothing is counted."""

    on_time: int
    of: int

    @property
    def ratio(self) -> float | None:
        """The share, 0 to 1."""
        return self.on_time / self.of if self.of else None


def on_time_due(history: History, as_of: date, tolerance: int | None = None) -> OnTime:
    """The headline ratio: of the milestones due by the day, those reached within their tolerance.

    An open milestone counts, as late, once its tolerance has passed. `tolerance` in calendar days; None takes each
    milestone's own. Milestones that an approved change removed are left out.
    """
    kept = [(promise, state) for promise, state in _live(history, as_of) if promise.date <= as_of]
    counted = [
        (promise, state)
        for promise, state in kept
        if _done(state, as_of) or (as_of - promise.date).days > _allowed(promise, tolerance)
    ]
    return OnTime(sum(_in_time(promise, state, as_of, tolerance) for promise, state in counted), len(counted))


def on_time_completed(history: History, as_of: date, tolerance: int | None = None) -> OnTime:
    """Of the milestones that are done, those reached within their tolerance. Says nothing about what is still open."""
    done = [(promise, state) for promise, state in _live(history, as_of) if _done(state, as_of)]
    return OnTime(sum(_in_time(promise, state, as_of, tolerance) for promise, state in done), len(done))


def _live(history: History, as_of: date) -> list[tuple[Promise, State]]:
    states = history.states(as_of)
    return [(promise, states[promise.milestone]) for promise in history.promised(as_of)]


def _done(state: State, as_of: date) -> bool:
    return state.actual is not None and state.actual <= as_of


def _allowed(promise: Promise, tolerance: int | None) -> int:
    return promise.tolerance if tolerance is None else tolerance


def _in_time(promise: Promise, state: State, as_of: date, tolerance: int | None) -> bool:
    if state.actual is None or not _done(state, as_of):
        return False
    return (state.actual - promise.date).days <= _allowed(promise, tolerance)
