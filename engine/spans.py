"""How long tasks waited and were worked on: the instants that their events tell of, for whoever measures a process."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.tables import InstanceRow, TaskRow
from engine.unit import Unit


@dataclass(frozen=True)
class Span:
    """One task from its opening to its end; instants in UTC. `status` is open, completed or cancelled."""

    task: str
    instance: str
    process: str
    definition: str
    element: str
    name: str
    role: str
    subject: str
    status: str
    created_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None


def spans(
    unit: Unit,
    *,
    subjects: Collection[str] | None = None,
    process: str | None = None,
    element: str | None = None,
    status: str | None = "completed",
) -> list[Span]:
    """The tasks of subjects (None: of all), of one process and one element if given, in the order of their opening.

    A claim that was given back does not count: `claimed_at` is that of whoever completed the task, if they claimed it.
    """
    query = select(
        TaskRow.id, TaskRow.instance_id, InstanceRow.process, InstanceRow.definition_id, TaskRow.element, TaskRow.name,
        TaskRow.role, TaskRow.subject, TaskRow.status, TaskRow.created_at, TaskRow.claimed_at, TaskRow.ended_at,
    ).join(InstanceRow, InstanceRow.id == TaskRow.instance_id)  # fmt: skip
    asked = {InstanceRow.process: process, TaskRow.element: element, TaskRow.status: status}
    query = query.where(*(column == value for column, value in asked.items() if value is not None))
    if subjects is not None:
        query = query.where(TaskRow.subject.in_(subjects))
    return [Span(*row) for row in unit.session.execute(query.order_by(TaskRow.created_at, TaskRow.id))]
