"""Moving one instance by one step: load its state, act, and write what has moved, all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy.orm.attributes import set_committed_value

from engine import bpmn, definitions
from engine.errors import Conflict, StepFailed
from engine.ledger import log
from engine.projection import Openings, close_tasks, project
from engine.tables import Change, InstanceRow, TrailRow, change_and_insert
from engine.unit import Unit, Work
from engine.values import THE_SYSTEM, Actor, StepCall

BROKEN = (StepFailed, LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What counts as a failing step besides the procedure's own errors: an incident with its cause, never a lost answer."""


def environment(unit: Unit, row: InstanceRow) -> bpmn.Environment:
    """What this instance's diagram may use of the world: our clock, the procedure's steps and functions."""

    def call(at: StepCall) -> Any:
        step = unit.procedure.steps.get(at.step)
        if step is None:
            raise StepFailed(f"The step {at.step} does not exist in this version of Milepost.")
        return step(work_of(unit, row, at, THE_SYSTEM))

    return bpmn.Environment(
        clock=unit.clock,
        functions={name: partial(one, unit, row.subject) for name, one in unit.procedure.functions.items()},
        call=call,
        guard=unit.session.begin_nested,
        errors=(*BROKEN, *unit.procedure.errors),
    )


def work_of(unit: Unit, row: InstanceRow, at: StepCall, actor: Actor, **more: Any) -> Work:
    """What a step or composer knows when it is called for this instance."""
    return Work(
        unit=unit,
        instance=row.id,
        process=row.process,
        definition=row.definition_id,
        subject=row.subject,
        call=at,
        actor=actor,
        **more,
    )


def begin(
    unit: Unit,
    definition_id: str,
    subject: str,
    by: Actor,
    *,
    key: str | None,
    title: str,
    data: Mapping[str, Any],
    message: tuple[str, dict[str, Any]] | None = None,
    element: str | None = None,
) -> tuple[InstanceRow, bpmn.Moved]:
    """Make an instance of a definition and run it to its first waiting point. Its variables start with `project`.

    It begins by a message, at a start event that is named, or at its plain one.
    """
    ready = definitions.prepared(unit, definition_id)
    now = unit.clock()
    row = InstanceRow(
        id=uuid4().hex,
        definition_id=definition_id,
        process=ready.process,
        key=key,
        subject=subject,
        title=title,
        status="running",
        version=0,
        state=b"",
        open=Openings().text(),
        started_at=now,
        started_by=by.person,
    )
    unit.session.add(row)
    log(
        unit,
        "instance.started",
        "instance",
        row.id,
        by,
        subject=subject,
        instance=row.id,
        new={"process": ready.process, "definition": definitions.digest(unit, definition_id), "key": key},
    )
    unit.session.flush()
    run = bpmn.begin(ready, environment(unit, row), {"project": subject, **data}, message, element)
    return row, write(unit, row, run.settle(), by, ended_task=None)


def step(
    unit: Unit, row: InstanceRow, act: Callable[[bpmn.Run], Any], by: Actor, *, ended_task: str | None = None
) -> bpmn.Moved:
    """Load the instance's state, let `act` do one thing to it, and write what has moved. Raises Conflict."""
    run = bpmn.load(definitions.prepared(unit, row.definition_id), environment(unit, row), row.state)
    act(run)
    return write(unit, row, run.settle(), by, ended_task=ended_task)


def write(unit: Unit, row: InstanceRow, moved: bpmn.Moved, by: Actor, *, ended_task: str | None) -> bpmn.Moved:
    """Write a settled run: the instance by its version, its path, and the rows of what is open now."""
    unit.reach(row.subject)
    session, now = unit.session, unit.clock()
    status = "completed" if moved.completed else "cancelled" if moved.cancelled else "running"
    openings, fresh = project(unit, row, moved, by, ended_task=ended_task)
    written = {"state": moved.state, "open": openings.text(), "version": row.version + 1, "status": status}
    ended = None if status == "running" else now
    fresh[TrailRow.__table__] = [
        {
            "instance_id": row.id,
            "element": one.element,
            "name": one.name or "",
            "kind": one.kind,
            "state": one.state,
            "flows": " ".join(one.flows),
            "at": now,
            "person": by.person if one.task == ended_task else THE_SYSTEM.person,
        }
        for one in moved.finished
    ]
    known = {"id": row.id, "version": row.version}
    change = Change(InstanceRow.__table__, known, {**written, "ended_at": ended})
    if not change_and_insert(session.connection(), change, fresh):
        raise Conflict("The instance was moved by somebody else at the same moment. Look at it again.")
    _refresh(row, **written)
    if status != "running":
        log(unit, f"instance.{status}", "instance", row.id, THE_SYSTEM, subject=row.subject, instance=row.id)
        close_tasks(unit, row)
    return moved


def _refresh(row: InstanceRow, **values: Any) -> None:
    """Bring the row in memory up to what was just written, without marking it as changed."""
    for name, value in values.items():
        set_committed_value(row, name, value)
