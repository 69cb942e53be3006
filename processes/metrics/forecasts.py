"""How honest and how steady the forecasts are: re-forecasts, warnings, stale ones, what was added and dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from processes.metrics.history import ACTUAL, EXPECTED, Fact, History


@dataclass(frozen=True)
class Reforecast:
    """A forecast that took the place of another. `warning` is the old date less the day of recording, in days:
    0 or less means that the slip was told only after the date had passed."""

    milestone: str
    recorded_on: date
    before: date
    after: date

    @property
    def warning(self) -> int:
        """Days of warning."""
        return (self.before - self.recorded_on).days


@dataclass(frozen=True)
class Stale:
    """A forecast that stood although its date had passed: for so many days, and whether it still stands."""

    milestone: str
    forecast: date
    days: int
    open: bool


def reforecasts(history: History, as_of: date) -> tuple[Reforecast, ...]:
    """Every change of a forecast before the milestone was reached."""
    found = []
    forecast: dict[str, date] = {}
    for fact in history.known(as_of):
        before = forecast.get(fact.milestone)
        if fact.kind != EXPECTED or fact.date is None:
            continue
        if before is not None and before != fact.date:
            found.append(Reforecast(fact.milestone, fact.recorded_on, before, fact.date))
        forecast[fact.milestone] = fact.date
    return tuple(found)


def dropped(history: History, as_of: date) -> tuple[str, ...]:
    """Milestones that were removed, and did not come back."""
    return tuple(name for name, state in history.states(as_of).items() if state.removed_on is not None)


def added(history: History, as_of: date) -> tuple[str, ...]:
    """Milestones that came after the baseline."""
    promised = {promise.milestone for promise in history.promises} | history.past
    return tuple(dict.fromkeys(fact.milestone for fact in history.known(as_of) if fact.milestone not in promised))


def stale(history: History, as_of: date) -> tuple[Stale, ...]:
    """Forecasts that stood, or stand, after their date had passed without news, longest first."""
    found = []
    standing: dict[str, Fact] = {}
    for fact in history.known(as_of):
        before = standing.pop(fact.milestone, None)
        if before and before.date and fact.recorded_on > before.date and not _told_in_time(fact, before.date):
            found.append(Stale(fact.milestone, before.date, (fact.recorded_on - before.date).days, False))
        if fact.kind == EXPECTED:
            standing[fact.milestone] = fact
    for fact in standing.values():
        if fact.date and fact.date < as_of:
            found.append(Stale(fact.milestone, fact.date, (as_of - fact.date).days, True))
    return tuple(sorted(found, key=lambda one: (-one.days, one.milestone)))


def _told_in_time(fact: Fact, forecast: date) -> bool:
    """A milestone reached by its forecast was never late, however late that was written down."""
    return fact.kind == ACTUAL and fact.date is not None and fact.date <= forecast
