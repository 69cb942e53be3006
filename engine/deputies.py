"""What nobody may do for somebody else, and what nobody may do at all after having done another task.

An auditor counts people, not hats: where two are asked for, one person is not two by standing in for the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, or_, select

from engine import absences, inbox
from engine.errors import NotAllowed, SignatureRefused
from engine.inbox import Task
from engine.ledger import Record, in_instance, signatures
from engine.people import names
from engine.tables import AbsenceRow, ActingRow, TaskRow
from engine.unit import Unit
from engine.values import Actor, Signature, StandIn


def was_named_deputy(person: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that anybody has ever named this person as deputy. For others no absence need be looked for."""
    return exists().where(AbsenceRow.__table__.c.deputy == person)


MADE = "made or asked for what is decided here"


def acting(unit: Unit, task: Task, by: Actor, behalf: StandIn | None) -> ActingRow | None:
    """The row that says for whom a task is done; None for a task done in the own name."""
    if behalf is None:
        return None
    return ActingRow(
        task_id=task.id, absence_id=behalf.absence, person=by.person, absent=behalf.person, absent_name=behalf.name,
        instance_id=task.instance, at=unit.clock(), salt=secrets.token_hex(16),
    )  # fmt: skip


def other_performers(unit: Unit, task: Task, by: Actor, behalf: StandIn | None) -> None:
    """Raises NotAllowed when the actor, or whom the actor stands in for, had a part in a task that must be another's.

    Both had a part in what was done for one by the other.
    """
    if not task.not_performer_of:
        return
    mine = {by.person} | ({behalf.person} if behalf else set())
    found = unit.session.execute(
        select(TaskRow.name, TaskRow.ended_by)
        .outerjoin(ActingRow, ActingRow.task_id == TaskRow.id)
        .where(
            TaskRow.instance_id == task.instance,
            TaskRow.element.in_(task.not_performer_of),
            TaskRow.status == "completed",
            or_(TaskRow.ended_by.in_(mine), ActingRow.absent.in_(mine)),
        )
    ).first()
    if found is None:
        return
    if found.ended_by == by.person:
        raise NotAllowed(f"You did “{found.name}” yourself, so somebody else has to do this.")
    whose = behalf.name if behalf else "you"
    raise NotAllowed(f"“{found.name}” was done by or for {whose}, so somebody else has to do this.")


def intended(signature: Signature, behalf: StandIn | None) -> None:
    """Raises SignatureRefused when the signer was shown another name to sign for than the one that it is now."""
    if signature.absence == (behalf.absence if behalf else ""):
        return
    whose = f"for {behalf.name}" if behalf else "in your own name"
    raise SignatureRefused(f"You would sign {whose} now, which the page did not say. Open the task again.")


def refuse(unit: Unit, task: Task, by: Actor, behalf: StandIn | None) -> None:
    """Raises SignatureRefused when the actor may not do this task for the absent person, see `hindrance`."""
    if behalf is None:
        return
    chosen_by = absences.absence(unit, behalf.absence).recorded_by
    if fault := hindrance(unit, task, by.person, behalf.name, chosen_by):
        raise SignatureRefused(fault)


def hindrance(unit: Unit, task: Task, deputy: str, absent_name: str, chosen_by: str) -> str | None:
    """Why this deputy cannot do this task for the absent person, as a sentence; None if nothing stands against it.

    Nobody says for somebody else that this one has read something; decides on what they made or asked for themselves,
    or chooses who does, by having recorded the absence (`chosen_by`); or decides twice on one document, or for somebody
    else on what they decide on in their own name.
    """
    if task.signature == "acknowledged":
        return f"Only {absent_name} can say what {absent_name} has read. Nobody can do that for somebody else."
    record = in_instance(unit, task.signs, task.instance) if task.signs else None
    name = names(unit, [deputy])[deputy]
    made = makers(record) if record is not None else set()
    if deputy in made:
        return f"{name} {MADE}, and so cannot decide on it for {absent_name}."
    if record is not None and task.signature and _decides(unit, task, record, deputy):
        said = f"{name} decides on this in their own name, and so cannot decide for {absent_name} as well."
        return f"{said} Two signatures have to come from two people."
    parts = dict.fromkeys(made, MADE) | inbox.concerned(unit, task)
    if deputy in parts:
        return f"{name} {parts[deputy]}, and so cannot decide on it for {absent_name}."
    if parts.get(chosen_by) == MADE:
        chooser = names(unit, [chosen_by])[chosen_by]
        return f"{chooser} {MADE}, and so cannot choose who decides on it for {absent_name} by recording the absence."
    return None


def makers(record: Record) -> set[str]:
    """Whoever sealed this revision, and for whom: they may not decide on it for others."""
    return {record.sealed_by} | ({record.behalf} if record.behalf else set())


def _decides(unit: Unit, task: Task, record: Record, person: str) -> bool:
    """Whether this person has answered to the document, were it by abstaining, or is asked for the same by name."""
    if any(one.valid and one.person == person for one in signatures(unit, record.id)):
        return True
    query = select(TaskRow.id).where(
        TaskRow.instance_id == task.instance,
        TaskRow.element == task.element,
        TaskRow.status == "open",
        TaskRow.id != task.id,
        TaskRow.assignee == person,
    )
    return unit.session.scalars(query.limit(1)).first() is not None


def hindrances(
    unit: Unit, tasks: Iterable[Task], deputy: str, absent_name: str, chosen_by: str
) -> list[tuple[Task, str]]:
    """The tasks that this deputy cannot do for the absent person, each with why."""
    found = ((one, hindrance(unit, one, deputy, absent_name, chosen_by)) for one in tasks)
    return [(one, fault) for one, fault in found if fault]
