"""The lists that forms choose from, by the names that forms use: owners, members, milestones, change_items, updated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select

import engine
from engine import Work, names
from forms import Choice
from processes.people import everybody, members
from processes.plan import milestones
from processes.records.change import change_lines
from processes.tables import PeriodRow
from processes.updates import standing
from processes.vocabulary import CHANGE, TEAM


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


def _change_items(work: Work) -> list[Choice]:
    """The items of the change that is decided on, by their place, so that a part of them can be approved."""
    record = engine.in_instance(work.unit, CHANGE, work.instance)
    items = record.data["items"] if record else ()
    return [
        Choice(
            str(at),
            "; ".join(
                f"{milestone}: {action} {field} {' to '.join(one for one in (old, new) if one)}"
                for action, milestone, field, old, new in change_lines(work.unit, [item])
            ),
        )
        for at, item in enumerate(items)
    ]


_LISTS: Mapping[str, Callable[[Work], list[Choice]]] = {
    "owners": _owners,
    "members": _members,
    "milestones": _milestones,
    "change_items": _change_items,
    "updated": _updated,
}
LISTS = tuple(_LISTS)
"""The names that a form may give as its `valuesKey`."""
