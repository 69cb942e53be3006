"""A milestone history: what a baseline promised, and every fact that was recorded later, in order.

The day something was recorded is not the day it happened; both are kept, and *as of* a day means what had been recorded
by that day. Order is by sequence. Milestones are known by their id, never by their label or place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

EXPECTED, ACTUAL, REMOVED = KINDS = ("expected", "actual", "removed")


@dataclass(frozen=True, slots=True)
class Fact:
    """What was recorded about a milestone on one day. `date` is None when it was removed."""

    milestone: str
    recorded_on: date
    date: date | None
    kind: str


@dataclass(frozen=True)
class Told:
    """A milestone that its owner claimed complete on one day, and until when that was undecided; None: still."""

    milestone: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a baseline says of a milestone: its date, its weight, and the days of tolerance after the date."""

    milestone: str
    date: date
    weight: float = 1
    tolerance: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """How a milestone stood: its last forecast, when it was reached, when it was removed by an approved change."""

    forecast: date | None = None
    actual: date | None = None
    removed_on: date | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be reached."""
        return self.actual is None and self.removed_on is None


@dataclass(frozen=True)
class History:
    """A project's start, the promises of one baseline, and the facts in the order in which they were recorded.

    A milestone of which the plan itself says that it was reached was past already: it promises nothing.
    """

    start: date
    promises: tuple[Promise, ...]
    facts: tuple[Fact, ...]
    told: tuple[Told, ...] = ()
    """When milestones were claimed complete. A claim achieves nothing; but whoever claims has not been silent."""

    @cached_property
    def past(self) -> frozenset[str]:
        """Milestones that were reached before the plan was made: on its day they were recorded as nothing else."""
        first = min((fact.recorded_on for fact in self.facts), default=None)
        plan = [fact for fact in self.facts if fact.recorded_on == first]
        expected = {fact.milestone for fact in plan if fact.kind == EXPECTED}
        return frozenset(fact.milestone for fact in plan if fact.kind == ACTUAL and fact.milestone not in expected)

    @cached_property
    def baseline(self) -> tuple[Promise, ...]:
        """What the baseline promises, without what was past already, by date."""
        live = [promise for promise in self.promises if promise.milestone not in self.past]
        return tuple(sorted(live, key=lambda promise: promise.date))

    def promised(self, as_of: date, *, with_removed: bool = False) -> list[Promise]:
        """What the baseline promises of the milestones that had been recorded by a day, by date.

        What an approved change had removed by then is left out, unless asked for.
        """
        states = self.states(as_of)
        known = [promise for promise in self.baseline if promise.milestone in states]
        return [one for one in known if with_removed or states[one.milestone].removed_on is None]

    def known(self, as_of: date) -> list[Fact]:
        """The facts that had been recorded by a day."""
        return [fact for fact in self.facts if fact.recorded_on <= as_of]

    @cached_property
    def _stood(self) -> dict[date, dict[str, State]]:
        """What was asked for already: several figures ask for the same day."""
        return {}

    def claimed(self, milestone: str, as_of: date) -> Told | None:
        """The claim of a milestone on which nobody had decided by a day."""
        told = (one for one in self.told if one.milestone == milestone and one.since <= as_of)
        return next((one for one in told if one.until is None or one.until > as_of), None)

    def told_on(self, fact: Fact) -> date:
        """The day on which a fact was first told: of what was claimed and then accepted, that of the claim."""
        claims = (one.since for one in self.told if one.milestone == fact.milestone and one.until == fact.recorded_on)
        return min(claims, default=fact.recorded_on) if fact.kind == ACTUAL else fact.recorded_on

    def states(self, as_of: date) -> Mapping[str, State]:
        """How every milestone stood by what had been recorded by a day; a later fact takes the place of an earlier."""
        if as_of not in self._stood:
            self._stood[as_of] = self._states(as_of)
        return self._stood[as_of]

    def _states(self, as_of: date) -> dict[str, State]:
        last: dict[str, Fact] = {}
        forecast: dict[str, date | None] = {}
        actual: dict[str, date | None] = {}
        for fact in self.known(as_of):
            last[fact.milestone] = fact
            if fact.kind == EXPECTED:
                forecast[fact.milestone], actual[fact.milestone] = fact.date, None
            elif fact.kind == ACTUAL:
                actual[fact.milestone] = fact.date
        return {
            name: State(forecast.get(name), actual.get(name), fact.recorded_on if fact.kind == REMOVED else None)
            for name, fact in last.items()
        }


def later(day: date, count: int) -> date:
    """So many calendar days later, or earlier; the last or first day that there is where the calendar ends before."""
    return date.fromordinal(max(1, min(day.toordinal() + count, date.max.toordinal())))
