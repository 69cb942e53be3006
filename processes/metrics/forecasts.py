"""How honest and how steady the forecasts are: re-forecasts, warnings, stale ones, what was added and dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from processes.metrics.history import ACTUAL, EXPECTED, REMOVED, Fact, History, later

HORIZONS = (30, 90)
"""Calendar days before a milestone was reached, at which its forecast is looked at."""

MONTH = 365.2425 / 12
"""Days of a mean month."""


@dataclass(frozen=True, slots=True)
class Reforecast:
    """A forecast that took the place of another, or (`reached`) the day itself. `warning` is the old date less the day
    of recording, in days: 0 or less means that a slip was told only after the date had passed."""

    milestone: str
    recorded_on: date
    before: date
    after: date
    reached: bool = False

    @property
    def warning(self) -> int:
        """Days of warning."""
        return (self.before - self.recorded_on).days

    @property
    def later(self) -> int:
        """By how many days it moved; negative for earlier."""
        return (self.after - self.before).days


@dataclass(frozen=True)
class Stale:
    """A forecast that stood although its date had passed: for so many days, and whether it still stands."""

    milestone: str
    forecast: date
    days: int
    open: bool


@dataclass(frozen=True)
class Churn:
    """How often forecasts changed while their milestones were open, and for how many milestone-months these were."""

    changes: int
    months: float

    @property
    def rate(self) -> float | None:
        """Changes per milestone and month."""
        return self.changes / self.months if self.months else None


@dataclass(frozen=True)
class Miss:
    """What stood as the forecast of a milestone some days before it was reached, and by how many days that was off."""

    milestone: str
    recorded_on: date
    forecast: date
    actual: date

    @property
    def days(self) -> int:
        """Days off; above 0 it came later than it was forecast."""
        return (self.actual - self.forecast).days


@dataclass(frozen=True)
class Accuracy:
    """How far forecasts of one horizon were off, in days: on average (late is above 0), and without sign."""

    horizon: int
    n: int
    bias: float | None
    absolute: float | None


def reforecasts(history: History, as_of: date) -> tuple[Reforecast, ...]:
    """Every change of a forecast before the milestone was reached."""
    return tuple(one for one in _moves(history, as_of) if not one.reached)


def told_late(history: History, as_of: date) -> tuple[Reforecast, ...]:
    """Every slip as it was told: forecasts that moved to a later day, and milestones reached after their forecast."""
    return tuple(one for one in _moves(history, as_of) if one.later > 0)


def _moves(history: History, as_of: date) -> list[Reforecast]:
    found = []
    forecast: dict[str, date] = {}
    for fact in history.known(as_of):
        before = forecast.get(fact.milestone)
        if fact.date is None:
            continue
        if before is not None and before != fact.date:
            found.append(Reforecast(fact.milestone, history.told_on(fact), before, fact.date, fact.kind == ACTUAL))
        if fact.kind == EXPECTED:
            forecast[fact.milestone] = fact.date
    return found


def dropped(history: History, as_of: date) -> tuple[str, ...]:
    """Milestones that were removed, and did not come back. One of which nothing else is told was never there."""
    there = _promised(history) | _came(history, as_of)
    return tuple(name for name, state in history.states(as_of).items() if state.removed_on and name in there)


def added(history: History, as_of: date) -> tuple[str, ...]:
    """Milestones that came after the baseline. One of which nothing is told but that it was removed never came."""
    later_ones = _came(history, as_of) - _promised(history)
    return tuple(name for name in history.states(as_of) if name in later_ones)


def _promised(history: History) -> set[str]:
    return {promise.milestone for promise in history.promises} | history.past


def _came(history: History, as_of: date) -> set[str]:
    return {fact.milestone for fact in history.known(as_of) if fact.kind != REMOVED}


def stale(history: History, as_of: date) -> tuple[Stale, ...]:
    """Forecasts of open milestones whose date has passed without news, longest first."""
    found = [
        Stale(name, state.forecast, (as_of - state.forecast).days, True)
        for name, state in history.states(as_of).items()
        if state.open and state.forecast is not None and state.forecast < as_of and not history.claimed(name, as_of)
    ]
    return _longest_first(found)


def stood_stale(history: History, as_of: date) -> tuple[Stale, ...]:
    """Forecasts that stood, or stand, after their date had passed until something was recorded, longest first."""
    found = list(stale(history, as_of))
    standing: dict[str, Fact] = {}
    for fact in history.known(as_of):
        before = standing.pop(fact.milestone, None)
        if before and before.date and (told := history.told_on(fact)) > before.date:
            found.append(Stale(fact.milestone, before.date, (told - before.date).days, False))
        if fact.kind == EXPECTED:
            standing[fact.milestone] = fact
    for name, fact in standing.items():
        claim = history.claimed(name, as_of)
        if claim and fact.date and claim.since > fact.date:
            found.append(Stale(name, fact.date, (claim.since - fact.date).days, False))
    return _longest_first(found)


def _longest_first(found: list[Stale]) -> tuple[Stale, ...]:
    return tuple(sorted(found, key=lambda one: (-one.days, one.milestone)))


def churn(history: History, as_of: date, changes: int | None = None) -> Churn:
    """Changes of forecasts (counted here unless given), and the months for which milestones were open since they were
    first recorded."""
    first: dict[str, date] = {}
    ended: dict[str, date] = {}
    for fact in history.known(as_of):
        if fact.milestone in history.past:
            continue
        first.setdefault(fact.milestone, fact.recorded_on)
        if fact.kind == EXPECTED:
            ended.pop(fact.milestone, None)
        else:
            ended.setdefault(fact.milestone, fact.recorded_on)
    open_days = sum(max(0, (ended.get(name, as_of) - begun).days) for name, begun in first.items())
    return Churn(len(reforecasts(history, as_of)) if changes is None else changes, open_days / MONTH)


def accuracy_at(history: History, as_of: date, horizon: int) -> Accuracy:
    """How far the forecasts that stood so many days before a milestone was reached were off: A - F(A - horizon)."""
    off = [one.days for one in misses(history, as_of, horizon)]
    n = len(off)
    return Accuracy(horizon, n, sum(off) / n if n else None, sum(map(abs, off)) / n if n else None)


def misses(history: History, as_of: date, horizon: int) -> tuple[Miss, ...]:
    """The forecasts that stood so many days before their milestones were reached; none where none stood then."""
    told: dict[str, list[Fact]] = {}
    for fact in history.known(as_of):
        if fact.kind == EXPECTED:
            told.setdefault(fact.milestone, []).append(fact)
    found = []
    for name, state in history.states(as_of).items():
        if state.actual is None or state.removed_on is not None:
            continue
        before = [one for one in told.get(name, ()) if one.recorded_on <= later(state.actual, -horizon)]
        if before and before[-1].date:
            found.append(Miss(name, before[-1].recorded_on, before[-1].date, state.actual))
    return tuple(found)
