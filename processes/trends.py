"""The milestone trend of a project as a page draws it: a series for each milestone, and where it is heading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine import Unit
from processes.metrics import History, Series, Trend, series
from processes.metrics import trend as trend_of
from processes.performance import history
from processes.plan import milestones
from processes.projects import project


@dataclass(frozen=True)
class Line:
    """A milestone's series with its name, and its trend if there are points enough."""

    id: str
    name: str
    series: Series
    trend: Trend | None


def trend(unit: Unit, project_id: str, as_of: date | None = None) -> tuple[Line, ...]:
    """The series of every milestone as of a day in the project's zone (today). Raises NoSuchProject."""
    about = project(unit, project_id)
    found = history(unit, project_id)
    if found is None:
        return ()
    named = {one.id: one.name for one in milestones(unit, project_id)}
    return lines(found, as_of or about.day(unit.clock()), named)


def lines(found: History, as_of: date, named: Mapping[str, str]) -> tuple[Line, ...]:
    """The series of every milestone of a history, in the order of first mention, with their names."""
    return tuple(
        Line(one.milestone, named.get(one.milestone, one.milestone), one, trend_of(one)) for one in series(found, as_of)
    )
