"""The lists that forms choose from, by the names that forms use: owners, members, milestones, updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from engine import Work, names
from forms import Choice
from processes.people import everybody, members
from processes.plan import milestones
from processes.tables import PeriodRow
from processes.updates import standing
from processes.vocabulary import TEAM

LISTS = ("owners", "members", "milestones", "updated")
"""The names that a form may give as its `valuesKey`."""


def choices(work: Work) -> Mapping[str, Sequence[Choice]]:
    """The lists for the task at work: people of the project, its milestones, and whose updates the period has."""
    unit, project = work.unit, work.subject
    people = everybody(unit, project)
    printed = names(unit, people)
    return {
        "owners": [Choice(one.person, one.name) for one in members(unit, project, TEAM)],
        "members": [Choice(person, f"{printed[person]} ({role})") for person, role in people.items()],
        "milestones": [Choice(one.id, f"{one.id} {one.name}") for one in milestones(unit, project) if one.open],
        "updated": _updated(work),
    }


def _updated(work: Work) -> list[Choice]:
    query = select(PeriodRow.period).where(PeriodRow.instance == work.instance)
    period = work.unit.session.scalars(query).first()
    if period is None:
        return []
    people = list(dict.fromkeys(row.person for row in standing(work.unit, work.subject, period)))
    printed = names(work.unit, people)
    return [Choice(person, printed[person]) for person in people]
