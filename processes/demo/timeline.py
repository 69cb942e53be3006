"""The history as the people of the demo live through it: what they know of each milestone, and when they tell.

All days are the history's own; `shift` moves them, by whole weeks so that weekdays stay what they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from processes.calendar import instant, zone_of
from processes.demo.people import Persona, owner_of
from processes.metrics import Fact, History, from_csv
from processes.metrics.history import ACTUAL, EXPECTED

ZONE = "Europe/Berlin"
CSV = Path(__file__).parent.parent / "history" / "python-3.13.csv"
IDS = {"development": "DEV", "alpha": "A", "beta": "B", "candidate": "RC", "final": "FINAL"}


def id_of(name: str) -> str:
    """The stable id under which a milestone of the history is planned: alpha 3 is A3."""
    first, _, number = name.partition(" ")
    return IDS[first] + (number if number.isdigit() else "")


@dataclass(frozen=True)
class Timeline:
    """The history, moved by `shift`."""

    shift: timedelta = timedelta(0)

    @cached_property
    def history(self) -> History:
        """Its facts as recorded, unmoved."""
        return from_csv(CSV.read_text(encoding="utf-8"))

    @cached_property
    def planned_on(self) -> date:
        """The day on which the plan was recorded, unmoved."""
        return self.history.facts[0].recorded_on

    @cached_property
    def plan(self) -> list[Fact]:
        """What was recorded on the day of the plan, in the history's order."""
        return [fact for fact in self.history.facts if fact.recorded_on == self.planned_on]

    def at(self, day: str | date, clock: str = "10:00") -> datetime:
        """The instant of a day of the history at a wall-clock time, moved."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return instant(day + self.shift, time.fromisoformat(clock), ZONE)

    def day(self, moment: datetime) -> date:
        """The day of the history that an instant of the replay stands for."""
        return moment.astimezone(zone_of(ZONE)).date() - self.shift

    def moved(self, day: date) -> str:
        """A day of the history as the replay writes it."""
        return (day + self.shift).isoformat()

    def facts(self, who: Persona, first: date, last: date) -> list[Fact]:
        """What this person's milestones are reported to have come to between two days, the first and last included.

        What an approved change adds or removes is no report of an owner's.
        """
        planned = {fact.milestone for fact in self.plan}
        return [
            fact
            for fact in self.history.facts
            if fact.recorded_on > self.planned_on
            and first <= fact.recorded_on <= last
            and owner_of(fact.milestone) is who
            and (fact.kind == ACTUAL or (fact.kind == EXPECTED and fact.milestone in planned))
        ]

    def stale(self, who: Persona, day: date) -> bool:
        """Whether a milestone of this person is still expected on a day that has passed: there is nothing to report."""
        return any(
            owner_of(name) is who
            and state.actual is None
            and state.removed_on is None
            and state.forecast is not None
            and state.forecast < day
            for name, state in self.history.states(day).items()
        )
