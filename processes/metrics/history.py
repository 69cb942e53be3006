"""A milestone history: what a baseline promised, and every fact that was recorded later, in order.

The day something was recorded is not the day it happened; both are kept, and *as of* a day means what had been recorded
by that day. Order is by sequence. Milestones are known by their id, never by their label or place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from processes.calendar import WEEKDAYS
from processes.errors import HistoryRefused

_COLUMNS = ("milestone", "recorded_on", "date", "state")
EXPECTED, ACTUAL, REMOVED = KINDS = ("expected", "actual", "removed")


@dataclass(frozen=True)
class Fact:
    """What was recorded about a milestone on one day. `date` is None when it was removed."""

    milestone: str
    recorded_on: date
    date: date | None
    kind: str


@dataclass(frozen=True)
class Promise:
    """What a baseline says of a milestone: its date, its weight, and the days of tolerance after the date."""

    milestone: str
    date: date
    weight: float = 1
    tolerance: int = 0


@dataclass(frozen=True)
class State:
    """How a milestone stood: its last forecast, when it was reached, when it was removed by an approved change."""

    forecast: date | None = None
    actual: date | None = None
    removed_on: date | None = None


@dataclass(frozen=True)
class History:
    """A project's start, the promises of one baseline, and the facts in the order in which they were recorded.

    A milestone whose first fact says that it was reached was past already when the plan was made: it promises nothing.
    """

    start: date
    promises: tuple[Promise, ...]
    facts: tuple[Fact, ...]

    @cached_property
    def past(self) -> frozenset[str]:
        """Milestones that were reached before the plan was made."""
        first: dict[str, str] = {}
        for fact in self.facts:
            first.setdefault(fact.milestone, fact.kind)
        return frozenset(name for name, kind in first.items() if kind == ACTUAL)

    @cached_property
    def baseline(self) -> tuple[Promise, ...]:
        """What the baseline promises, without what was past already, by date."""
        live = [promise for promise in self.promises if promise.milestone not in self.past]
        return tuple(sorted(live, key=lambda promise: promise.date))

    def known(self, as_of: date) -> list[Fact]:
        """The facts that had been recorded by a day."""
        return [fact for fact in self.facts if fact.recorded_on <= as_of]

    @cached_property
    def _stood(self) -> dict[date, dict[str, State]]:
        """What was asked for already: several figures ask for the same day."""
        return {}

    def states(self, as_of: date) -> Mapping[str, State]:
        """How every milestone stood by what had been recorded by a day; a later fact takes the place of an earlier."""
        if as_of not in self._stood:
            self._stood[as_of] = self._states(as_of)
        return self._stood[as_of]

    def _states(self, as_of: date) -> dict[str, State]:
        found: dict[str, State] = {}
        for fact in self.known(as_of):
            before = found.get(fact.milestone, State())
            if fact.kind == REMOVED:
                found[fact.milestone] = State(before.forecast, before.actual, fact.recorded_on)
            elif fact.kind == ACTUAL:
                found[fact.milestone] = State(before.forecast, fact.date, None)
            else:
                found[fact.milestone] = State(fact.date, None, None)
        return found


def from_csv(text: str, start: date | None = None) -> History:
    """The history in a CSV file with the columns milestone, recorded_on, date, state.

    The rows of the first day are the plan. The start is the earliest date that lay in the past on that day, or that day
    itself, unless given. Raises HistoryRefused, naming the line, for rows that contradict one another.
    """
    rows = csv.DictReader(io.StringIO(text))
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise HistoryRefused(f"The first line must name the columns {', '.join(_COLUMNS)}; {missing[0]} is missing.")
    facts = tuple(_facts(rows))
    if not facts:
        raise HistoryRefused("The file holds no milestones.")
    first = facts[0].recorded_on
    plan = [fact for fact in facts if fact.recorded_on == first and fact.date]
    begun = [fact.date for fact in plan if fact.date and fact.date <= first]
    promises = tuple(Promise(fact.milestone, fact.date) for fact in plan if fact.date)
    return History(start or min(begun, default=first), promises, facts)


def _facts(rows: Iterable[dict[str, str]]) -> Iterable[Fact]:
    last: date | None = None
    for number, row in enumerate(rows, start=2):
        fact = _fact(row, number)
        if last and fact.recorded_on < last:
            raise HistoryRefused(f"Line {number} was recorded before the line above it. Keep the order of recording.")
        last = fact.recorded_on
        yield fact


def _fact(row: dict[str, str], number: int) -> Fact:
    try:
        name, kind = row["milestone"].strip(), row["state"].strip()
        recorded_on, day = _day(row["recorded_on"]), _day(row["date"])
    except (KeyError, AttributeError, ValueError) as error:
        raise HistoryRefused(f"Line {number} cannot be read: {error}.") from error
    if not name or kind not in KINDS or recorded_on is None or (day is None) != (kind == REMOVED):
        raise HistoryRefused(
            f"Line {number} needs a milestone, the day of recording, a state, and a date unless removed."
        )
    if kind == ACTUAL and day and day > recorded_on:
        raise HistoryRefused(f"Line {number} says that {name} was reached after the day on which that was recorded.")
    return Fact(name, recorded_on, day, kind)


def _day(text: str) -> date | None:
    """A date, with or without its weekday before it (“Tue 2023-10-17”), which must then fit."""
    *before, day = text.split() or [""]
    if not day:
        return None
    found = date.fromisoformat(day)
    if before and before[0].strip(",").upper()[:3] != WEEKDAYS[found.weekday()]:
        raise ValueError(f"{day} is not a {before[0].strip(',')}")
    return found


def days(count: int) -> timedelta:
    """So many calendar days."""
    return timedelta(days=count)


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle. Raises ValueError when there is none."""
    if not values:
        raise ValueError("no median of nothing")
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
