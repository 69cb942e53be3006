"""The rows that follow an instance's state: its open tasks, timers, waits and incidents, changed by difference only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, delete, select, update

from engine.bpmn import Moved, OpenTask
from engine.ledger import log
from engine.tables import IncidentRow, InstanceRow, TaskRow, TimerRow, WaitRow
from engine.unit import Unit
from engine.values import THE_SYSTEM, Actor

Fresh = dict[Table, list[dict[str, Any]]]
"""Rows that are to be inserted, by their tables."""


@dataclass
class Openings:
    """What an instance has open, kept with it as JSON so that a step need not ask for it: ids by kind."""

    tasks: list[str] = field(default_factory=list)
    timers: dict[str, str] = field(default_factory=dict)
    waits: list[str] = field(default_factory=list)
    incidents: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, row: InstanceRow) -> Openings:
        """What the row says is open."""
        return cls(**json.loads(row.open))

    def text(self) -> str:
        """As it is kept in the row."""
        return json.dumps(vars(self), sort_keys=True, separators=(",", ":"))


def project(
    unit: Unit, row: InstanceRow, moved: Moved, by: Actor, *, ended_task: str | None
) -> tuple[Openings, Fresh]:
    """Write the differences between what was open and what is open now; give the latter, and the rows to insert."""
    before = Openings.of(row)
    now = Openings(
        tasks=[one.id for one in moved.tasks],
        timers={_id(one.task, one.element): one.due for one in moved.timers},
        waits=[_id(one.task, one.element, one.message) for one in moved.waits],
        incidents=dict(before.incidents),
    )
    fresh: Fresh = {
        TaskRow.__table__: _tasks(unit, row, before, moved, ended_task),
        TimerRow.__table__: _timers(unit, row, before, now, moved),
        WaitRow.__table__: _waits(unit, row, before, now, moved),
        # Whoever completed another task has not dealt with what failed, even if that is over now.
        IncidentRow.__table__: _incidents(unit, row, now, moved, by if ended_task is None else THE_SYSTEM),
    }
    return now, fresh


def _id(*what: str) -> str:
    """One id for what is awaited at a task: gateways and events wait for several things at once."""
    return hashlib.sha256(":".join(what).encode()).hexdigest()[:32]


def _gone(unit: Unit, table: Table, ids: Iterable[str]) -> None:
    ids = list(ids)
    if ids:
        unit.session.connection().execute(delete(table).where(table.c.id.in_(ids)))


def _tasks(
    unit: Unit, row: InstanceRow, before: Openings, moved: Moved, ended_task: str | None
) -> list[dict[str, Any]]:
    now = unit.clock()
    known = set(before.tasks)
    opened = [one for one in moved.tasks if one.id not in known]
    for one in opened:
        log(
            unit, "task.opened", "task", one.id, THE_SYSTEM, subject=row.subject, instance=row.id, task=one.id,
            element=one.element, role=_role(one), new={"due": one.due},
            said={"assignee": one.assignee} if one.assignee else None,
        )  # fmt: skip
    lost = known - {one.id for one in moved.tasks} - {ended_task}
    if lost:
        unit.session.connection().execute(
            update(TaskRow.__table__)
            .where(TaskRow.__table__.c.id.in_(sorted(lost)))
            .values(status="cancelled", ended_at=now, ended_by=THE_SYSTEM.person)
        )
        for task in sorted(lost):
            log(unit, "task.cancelled", "task", task, THE_SYSTEM, subject=row.subject, instance=row.id, task=task)
    return [task_values(row, one, now) for one in opened]


def _role(one: OpenTask) -> str:
    """The role somebody acts in: what a multi-instance names beside the person, else the lane."""
    return one.item if one.key is not None and isinstance(one.item, str) and one.item else one.role or ""


def task_values(row: InstanceRow, one: OpenTask, now: datetime) -> dict[str, Any]:
    """The row of a task that an instance has opened."""
    return {
        "id": one.id,
        "instance_id": row.id,
        "element": one.element,
        "name": one.name,
        "subject": row.subject,
        "role": _role(one),
        "assignee": one.assignee,
        "claimed_by": None,
        "claimed_at": None,
        "key": one.key,
        "status": "open",
        "due": datetime.fromisoformat(one.due) if one.due else None,
        "created_at": now,
        "ended_at": None,
        "ended_by": None,
    }


def _timers(
    unit: Unit, row: InstanceRow, before: Openings, now: Openings, moved: Moved
) -> list[dict[str, Any]]:
    _gone(unit, TimerRow.__table__, [one for one, due in before.timers.items() if now.timers.get(one) != due])
    return [
        {"id": _id(one.task, one.element), "instance_id": row.id, "element": one.element,
         "due": datetime.fromisoformat(one.due)}
        for one in moved.timers
        if before.timers.get(_id(one.task, one.element)) != one.due
    ]  # fmt: skip


def _waits(
    unit: Unit, row: InstanceRow, before: Openings, now: Openings, moved: Moved
) -> list[dict[str, Any]]:
    for one in moved.waits:
        unit.reach(one.correlation or row.subject)
    _gone(unit, WaitRow.__table__, set(before.waits) - set(now.waits))
    return [
        {"id": _id(one.task, one.element, one.message), "instance_id": row.id, "element": one.element,
         "message": one.message, "correlation": one.correlation or row.subject}
        for one in moved.waits
        if _id(one.task, one.element, one.message) not in before.waits
    ]  # fmt: skip


def _incidents(
    unit: Unit, row: InstanceRow, now: Openings, moved: Moved, by: Actor
) -> list[dict[str, Any]]:
    """Open an incident for each element that fails now, and end those of elements that no longer do."""
    failing: Mapping[str, Any] = {one.task: one for one in moved.failures}
    for task, incident in list(now.incidents.items()):
        if task not in failing:
            del now.incidents[task]
            unit.session.connection().execute(
                update(IncidentRow.__table__)
                .where(IncidentRow.__table__.c.id == incident)
                .values(status="ended", ended_at=unit.clock(), ended_by=by.person)
            )
            log(unit, "incident.ended", "incident", incident, by, subject=row.subject, instance=row.id)
    _changed(unit, row, {now.incidents[task]: one for task, one in failing.items() if task in now.incidents})
    opened = [one for one in moved.failures if one.task not in now.incidents]
    for one in opened:
        now.incidents[one.task] = uuid4().hex
        log(
            unit, "incident.opened", "incident", now.incidents[one.task], THE_SYSTEM, subject=row.subject,
            instance=row.id, task=one.task, element=one.element, said={"cause": one.cause},
        )  # fmt: skip
    return [
        {"id": now.incidents[one.task], "instance_id": row.id, "task": one.task, "element": one.element,
         "cause": one.cause, "status": "open", "at": unit.clock(), "ended_at": None, "ended_by": None}
        for one in opened
    ]  # fmt: skip


def _changed(unit: Unit, row: InstanceRow, failing: Mapping[str, Any]) -> None:
    """What fails still, by the id of its incident: where it is for another cause now, say so."""
    if not failing:
        return
    table = IncidentRow.__table__
    known = unit.session.connection().execute(select(table.c.id, table.c.cause).where(table.c.id.in_(list(failing))))
    for incident, cause in known.all():
        now = failing[incident]
        if cause != now.cause:
            changed = {"cause": now.cause, "element": now.element, "at": unit.clock()}
            unit.session.connection().execute(update(table).where(table.c.id == incident).values(**changed))
            log(
                unit, "incident.changed", "incident", incident, THE_SYSTEM, subject=row.subject, instance=row.id,
                task=now.task, element=now.element, said={"cause": now.cause},
            )  # fmt: skip


def close_tasks(unit: Unit, row: InstanceRow) -> None:
    """Take away what an instance that has ended can no longer wait for. Its projection has closed the rest."""
    _gone(unit, TimerRow.__table__, Openings.of(row).timers)
    _gone(unit, WaitRow.__table__, Openings.of(row).waits)
