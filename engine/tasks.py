"""What people do with a task before they complete it: claim, give back, hand on, and keep a draft."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm.attributes import set_committed_value

from engine import absences, inbox
from engine.errors import NotAllowed, NotFound, Refused, TaskClaimed, TaskClosed
from engine.ledger import log
from engine.tables import DraftRow, InstanceRow, PersonRow, TaskRow
from engine.unit import Unit
from engine.values import Actor, StandIn


@dataclass(frozen=True)
class Held:
    """A task with its rows, locked until the transaction ends."""

    task: inbox.Task
    row: TaskRow
    instance: InstanceRow
    draft: DraftRow | None
    behalf: StandIn | None = None
    """The absent person for whom it is held."""


_HOLD = (
    select(TaskRow, InstanceRow, DraftRow, PersonRow.active)
    .join(InstanceRow, InstanceRow.id == TaskRow.instance_id)
    .outerjoin(DraftRow, (DraftRow.task_id == TaskRow.id) & (DraftRow.person == bindparam("person")))
    .outerjoin(PersonRow, PersonRow.id == bindparam("person"))
    .where(TaskRow.id == bindparam("task"))
    .with_for_update(of=InstanceRow)
    .execution_options(populate_existing=True)
)

_END = update(TaskRow.__table__).where(TaskRow.__table__.c.id == bindparam("known_id"))


def hold(unit: Unit, task_id: str, by: Actor) -> Held:
    """A task that the actor may perform, with its instance locked.

    Raises NotFound, NotAllowed (also to whoever was deactivated, or stands in for somebody by an absence that does not
    hold now), TaskClosed with who and when, and TaskClaimed when somebody else has it.
    """
    found = unit.session.execute(_HOLD, {"task": task_id, "person": by.person}).first()
    if found is None or not inbox.may_see(by, found[0].subject):
        raise NotFound
    row, instance, draft, active = found
    task = inbox.task_value(unit, row, instance)
    inbox.performer(task, by)
    if active is False:
        raise NotAllowed("This person has been deactivated, and completes nothing any more.")
    inbox.still_open(task)
    behalf = inbox.standing_in(by, task)
    if behalf is not None:
        absences.check(unit, behalf, by)
    elif task.claimed_by not in (None, by.person):
        raise TaskClaimed(who=task.claimed_by, when=task.claimed_at)
    return Held(task, row, instance, draft, behalf)


def claim(unit: Unit, task_id: str, by: Actor) -> None:
    """Take a task of one's role, so that others see who works on it. Raises what `hold` raises."""
    held = _own(unit, task_id, by)
    if held.task.claimed_by is None:
        held.row.claimed_by, held.row.claimed_at = by.person, unit.clock()
        _note(unit, held, "task.claimed", by)


def release(unit: Unit, task_id: str, by: Actor) -> None:
    """Give a claimed task back to everybody of the role."""
    held = _own(unit, task_id, by)
    if held.task.claimed_by is not None:
        held.row.claimed_by = held.row.claimed_at = None
        _note(unit, held, "task.released", by)


def _own(unit: Unit, task_id: str, by: Actor) -> Held:
    """A task held in the own name: what is an absent person's stays where it is."""
    held = hold(unit, task_id, by)
    if held.behalf is not None:
        raise NotAllowed(f"This task stays with {held.behalf.name}. You can do it for them without claiming it.")
    return held


def reassign(unit: Unit, task_id: str, to: Actor, by: Actor, reason: str) -> None:
    """Hand a task on to somebody else of its role, with a reason.

    Whoever may perform it may hand it on, and so may the subject's Project Manager and an Administrator. A task whose
    diagram asks a person by name for a signature stays that person's: the procedure decides who signs, nobody else.
    """
    row = unit.session.get(TaskRow, task_id)
    instance = unit.session.get(InstanceRow, row.instance_id) if row else None
    if row is None or instance is None or not inbox.may_see(by, row.subject):
        raise NotFound
    task = inbox.task_value(unit, row, instance)
    if not task.open:
        raise TaskClosed(who=task.ended_by, when=task.ended_at)
    steward = by.holds("Project Manager", task.subject) or by.holds("Administrator", "")
    if not (steward or inbox.performs(by, task)):
        raise NotAllowed("Only the person or role a task is for, or the Project Manager, can hand it on.")
    if task.named and task.signature:
        raise NotAllowed("The people who sign are named by the procedure's own table. This task cannot be handed on.")
    if not reason.strip():
        raise Refused("Say why the task is handed on.")
    if not to.holds(task.role, task.subject):
        raise NotAllowed(f"{to.name} does not hold the role {task.role} in this project.")
    if part := inbox.concerned(unit, task).get(to.person):
        raise NotAllowed(f"{to.name} {part}. Choose somebody who has no part in it.")
    _hand_over(unit, row, task, to, by, reason)


def replace(unit: Unit, task_id: str, gone: Actor, to: Actor, by: Actor, reason: str) -> None:
    """Ask somebody else for a signature in the place of a named person who was deactivated or lost the role.

    `gone` with the roles held at present. The procedure says who may replace whom; this refuses to while the person
    can still sign. Raises NotFound, TaskClosed, NotAllowed and Refused.
    """
    row = unit.session.get(TaskRow, task_id)
    instance = unit.session.get(InstanceRow, row.instance_id, with_for_update=True) if row else None
    if row is None or instance is None or not inbox.may_see(by, row.subject):
        raise NotFound
    task = inbox.task_value(unit, row, instance)
    if not task.open:
        raise TaskClosed(who=task.ended_by, when=task.ended_at)
    there = unit.session.get_one(PersonRow, gone.person, populate_existing=True).active
    if gone.person != task.assignee or (there and gone.holds(task.role, task.subject)):
        raise NotAllowed("Whoever is asked here can still sign. Only somebody who has left is replaced.")
    if not 0 < len(reason.strip()) <= 500:
        raise Refused("Say why somebody else signs, in 1 to 500 characters. It stands in the log.")
    if not to.holds(task.role, task.subject):
        raise NotAllowed(f"{to.name} does not hold the role {task.role} in this project.")
    _hand_over(unit, row, task, to, by, reason)


def _hand_over(unit: Unit, row: TaskRow, task: inbox.Task, to: Actor, by: Actor, reason: str) -> None:
    row.assignee, row.claimed_by, row.claimed_at = to.person, None, None
    log(
        unit, "task.reassigned", "task", task.id, by, subject=task.subject, instance=task.instance, task=task.id,
        element=task.element, role=task.role, said={"from": task.assignee, "to": to.person}, reason=reason,
    )  # fmt: skip


def save_draft(unit: Unit, task_id: str, answers: Mapping[str, Any], by: Actor) -> None:
    """Keep half-filled answers for this person, as they were typed."""
    held = hold(unit, task_id, by)
    text = json.dumps(answers, default=_plain)
    if held.draft is None:
        unit.session.add(DraftRow(task_id=task_id, person=by.person, answers=text, saved_at=unit.clock()))
    else:
        held.draft.answers, held.draft.saved_at = text, unit.clock()


def _plain(value: Any) -> Any:
    """Uploads in a draft, as they stand in answers."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    raise TypeError(f"{type(value).__name__} cannot be kept in a draft")


def draft(unit: Unit, task_id: str, by: Actor) -> dict[str, Any] | None:
    """The draft of this person for the task, or None."""
    row = unit.session.get(DraftRow, (task_id, by.person))
    return json.loads(row.answers) if row else None


def end(unit: Unit, held: Held, by: Actor) -> None:
    """Write that a task has been completed."""
    ended = {"status": "completed", "ended_at": unit.clock(), "ended_by": by.person}
    unit.session.connection().execute(_END, {"known_id": held.task.id, **ended})
    for name, value in ended.items():
        set_committed_value(held.row, name, value)


def drop_drafts(unit: Unit, held: Held) -> None:
    """Take away the drafts of a task that is being completed."""
    if held.draft is not None:
        unit.session.execute(delete(DraftRow).where(DraftRow.task_id == held.task.id))


def _note(unit: Unit, held: Held, kind: str, by: Actor) -> None:
    task = held.task
    log(unit, kind, "task", task.id, by, subject=task.subject, instance=task.instance, task=task.id,
        element=task.element, role=task.role)  # fmt: skip
