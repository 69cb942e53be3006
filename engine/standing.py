"""The tasks of instances and of subjects as they stand, regardless of whose they are."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from engine.bpmn import Moved
from engine.inbox import Task, task_value
from engine.projection import Openings, task_values
from engine.tables import InstanceRow, TaskRow
from engine.unit import Unit

FEW = 20
"""So many tasks that a step has opened are told with it."""


def tasks(unit: Unit, *, instance: str | None = None, subject: str | None = None, status: str | None = None,
          limit: int = 500) -> list[Task]:  # fmt: skip
    """Tasks of an instance or of a subject, newest first, regardless of whose they are."""
    asked = {"instance_id": instance, "subject": subject, "status": status}
    given = {name: value for name, value in asked.items() if value is not None}
    rows = unit.session.execute(_tasks(frozenset(given)), {**given, "limit": limit})
    return [task_value(unit, row, of) for row, of in rows]


def opened_by(unit: Unit, row: InstanceRow, before: str, moved: Moved) -> list[Task] | None:
    """The open tasks of an instance after a step, as `tasks` gives them, without asking the database.

    None where they have to be asked for: some were open before, there are many, or it has been moved again since.
    """
    now = Openings.of(row).tasks
    if now != [one.id for one in moved.tasks] or len(now) > FEW or not set(now).isdisjoint(json.loads(before)["tasks"]):
        return None
    rows = [SimpleNamespace(**task_values(row, one, unit.clock()), definition_id=None) for one in moved.tasks]
    return [task_value(unit, one, row) for one in sorted(rows, key=lambda one: one.id)]


@cache
def _tasks(given: frozenset[str]) -> Select[Any]:
    """What asks for the tasks of which this is given; built once, as every completion asks."""
    query = select(TaskRow, InstanceRow).join(InstanceRow, InstanceRow.id == TaskRow.instance_id)
    query = query.where(*(getattr(TaskRow, name) == bindparam(name) for name in sorted(given)))
    return query.order_by(TaskRow.created_at.desc(), TaskRow.id).limit(bindparam("limit"))


def foremost(unit: Unit, subjects: Collection[str]) -> dict[str, Task]:
    """Of each of these subjects that has open tasks the one that is due first; those without a due time come last."""
    place = func.row_number().over(
        partition_by=TaskRow.subject, order_by=(TaskRow.due.is_(None), TaskRow.due, TaskRow.created_at, TaskRow.id)
    )
    first = select(TaskRow.id, place.label("place")).where(TaskRow.status == "open").subquery()
    rows = unit.session.execute(
        select(TaskRow, InstanceRow)
        .join(InstanceRow, InstanceRow.id == TaskRow.instance_id)
        .join(first, (first.c.id == TaskRow.id) & (first.c.place == 1))
    )
    return {row.subject: task_value(unit, row, of) for row, of in rows if row.subject in subjects}
