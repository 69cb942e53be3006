"""What comes by itself in projects: the times that their processes wait for, in the words of their diagrams."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

import engine
from engine import Coming, Unit
from processes.tables import MeetingRow, ProjectRow

WAITS = "intermediateCatchEvent"
MEETING = "Everybody invited meets; the project manager records who came."


@dataclass(frozen=True)
class Ahead:
    """Something that comes by itself: its name, what happens then, at which instant, and which clauses ask for it."""

    project: str
    instance: str
    name: str
    text: str
    at: datetime
    clauses: tuple[str, ...]


def ahead(unit: Unit, projects: Collection[str]) -> list[Ahead]:
    """What comes by itself in these projects, and the reviews that are scheduled, the soonest first.

    Of a diagram only what it draws as an event in its flow and explains: reminders and limits stand at their tasks.
    """
    found = [one for one in (_ahead(unit, one) for one in engine.coming(unit, projects)) if one is not None]
    return sorted([*found, *_meetings(unit, projects)], key=lambda one: (one.at, one.project))


def _ahead(unit: Unit, one: Coming) -> Ahead | None:
    every = engine.elements(unit, one.definition)
    event = every.get(one.element)
    if event is None or event.kind != WAITS or not event.documentation:
        return None
    then = [other for other in every.values() if set(other.incoming) & set(event.outgoing)]
    clauses = dict.fromkeys(
        clause for other in (event, *then) for clause in other.properties.get("clause", "").split()
    )
    return Ahead(one.subject, one.instance, event.name, event.documentation, one.due, tuple(clauses))


def _meetings(unit: Unit, projects: Collection[str]) -> Iterator[Ahead]:
    query = (
        select(MeetingRow)
        .join(ProjectRow, ProjectRow.id == MeetingRow.project)
        .where(MeetingRow.project.in_(list(projects)), MeetingRow.state == "scheduled", ProjectRow.status != "closed")
        .where(MeetingRow.scheduled_at >= unit.clock())
    )
    for row in unit.session.scalars(query):
        said = f"{MEETING} Place: {row.place}." if row.place else MEETING
        yield Ahead(row.project, row.instance, f"Review {row.id}", said, row.scheduled_at, ("5.3a", "5.3c"))
