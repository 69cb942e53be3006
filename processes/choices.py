"""The lists that forms choose from, by the names that forms use: owners, members, milestones, updated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select

from engine import Work, names
from forms import Choice
from processes.people import everybody, members
from processes.plan import milestones
from processes.tables import PeriodRow
from processes.updates import standing
from processes.vocabulary import TEAM


def choices(work: Work, wanted: frozenset[str]) -> Mapping[str, Sequence[Choice]]:
    """The lists of these names for the task at work; each is made only when it is asked for."""
    return {name: _LISTS[name](work) for name in wanted if name in _LISTS}


def _owners(work: Work) -> list[Choice]:
    return [Choice(one.person, one.name) for one in members(work.unit, work.subject, TEAM)]


def _members(work: Work) -> list[Choice]:
    people = everybody(work.unit, work.subject)
    printed = names(work.unit, people)
    return [Choice(person, f"{printed[person]} ({role})") for person, role in people.items()]


def _milestones(work: Work) -> list[Choice]:
    return [Choice(one.id, f"{one.id} {one.name}") for one in milestones(work.unit, work.subject) if one.open]


def _updated(work: Work) -> list[Choice]:
    query = select(PeriodRow.period).where(PeriodRow.instance == work.instance)
    period = work.unit.session.scalars(query).first()
    if period is None:
        return []
    people = list(dict.fromkeys(row.person for row in standing(work.unit, work.subject, period)))
    printed = names(work.unit, people)
    return [Choice(person, printed[person]) for person in people]


_LISTS: Mapping[str, Callable[[Work], list[Choice]]] = {
    "owners": _owners,
    "members": _members,
    "milestones": _milestones,
    "updated": _updated,
}
LISTS = tuple(_LISTS)
"""The names that a form may give as its `valuesKey`."""
