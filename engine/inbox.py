"""The inbox: which tasks wait for whom. A person sees the tasks of the roles held in each subject, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_

from engine import definitions
from engine.errors import NotAllowed, NotFound, TaskClosed
from engine.tables import DefinitionRow, InstanceRow, TaskRow
from engine.unit import Unit
from engine.values import Actor, StandIn

VIEWS = ("todo", "claimed", "late", "waiting", "done")
"""What can be asked of an inbox: to do, claimed by me, late, waiting for others, done by me."""

WATCHERS = frozenset({"Administrator", "Process Admin", "Compliance"})
"""Roles in the organisation that may look at every subject; they complete nothing by that."""

STEWARDS = ("Process Admin", "Administrator")
"""Roles in the organisation that let instances follow to another version, and propose and approve repairs."""


@dataclass(frozen=True)
class Task:
    """One user task of an instance, with what its diagram says about it."""

    id: str
    instance: str
    instance_title: str
    instance_version: int
    process: str
    definition: str
    element: str
    name: str
    subject: str
    role: str
    assignee: str | None
    named: bool
    """Whether it is the diagram that names a person for it; who it was handed on to has only been asked by others."""
    claimed_by: str | None
    claimed_at: datetime | None
    key: str | None
    status: str
    due: datetime | None
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    form: str | None
    record: str | None
    record_when: str | None
    signs: str | None
    shows: str | None
    signature: str | None
    step: str | None
    variables: tuple[str, ...]
    not_performer_of: tuple[str, ...]
    clauses: tuple[str, ...]
    documentation: str

    @property
    def open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.status == "open"

    @property
    def bound(self) -> bool:
        """Whether it is one person's by name: nobody else of the role can take it."""
        return self.assignee is not None


def task_value(unit: Unit, row: TaskRow | Any, instance: InstanceRow) -> Task:
    """A task's row, or what has its columns as attributes, together with what its element in the diagram says."""
    definition = row.definition_id or instance.definition_id
    element = definitions.elements(unit, definition).get(row.element)
    says: dict[str, Any] = dict(element.properties) if element else {}
    return Task(
        id=row.id,
        instance=row.instance_id,
        instance_title=instance.title,
        instance_version=instance.version,
        process=instance.process,
        definition=definition,
        element=row.element,
        name=row.name,
        subject=row.subject,
        role=row.role,
        assignee=row.assignee,
        named=row.key is not None or "assignee" in says,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        key=row.key,
        status=row.status,
        due=row.due,
        created_at=row.created_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        form=says.get("form"),
        record=says.get("record"),
        record_when=says.get("recordWhen"),
        signs=says.get("signs"),
        shows=says.get("shows"),
        signature=says.get("signature"),
        step=says.get("step"),
        variables=tuple(says.get("variables", "").split()),
        not_performer_of=tuple(says.get("notPerformerOf", "").split()),
        clauses=tuple(says.get("clause", "").split()),
        documentation=element.documentation if element else "",
    )


def may_see(actor: Actor, subject: str) -> bool:
    """Whether the actor takes part in the subject, or watches over all of them."""
    return actor.is_system or bool(actor.roles.get(subject)) or bool(WATCHERS & actor.roles.get("", frozenset()))


def may_perform(actor: Actor, task: Task) -> bool:
    """Whether the task is the actor's own, or that of somebody whom the actor stands in for."""
    return performs(actor, task) or standing_in(actor, task) is not None


def concerned(unit: Unit, task: Task) -> Mapping[str, str]:
    """Who has a part of their own in what a task decides on, as the procedure knows it: person -> what they did."""
    return unit.procedure.concerned(unit, task.instance, task.step or "", task.signs or "")


def standing_in(actor: Actor, task: Task) -> StandIn | None:
    """For whom the actor would do the task: None where it is the actor's own, and where it is nobody's to be done."""
    if performs(actor, task) and task.claimed_by in (None, actor.person):
        return None
    return next((one for one in actor.stands_in if _covers(actor, one, task)), None)


def _covers(actor: Actor, one: StandIn, task: Task) -> bool:
    """Whether an absence goes as far as this task. Whoever takes no part in the subject does nothing in it."""
    absent = Actor(one.person, one.name, one.roles, barred=one.barred)
    reached = task.claimed_by in (None, one.person) and one.role in ("", task.role) and task.id not in actor.barred
    return reached and bool(actor.roles.get(task.subject)) and performs(absent, task)


def performs(actor: Actor, task: Task) -> bool:
    """Whether the task is the actor's by name, or nobody's by name and of a role that the actor holds.

    A name alone is not enough for somebody who has left: the role must be held still. Only whom a diagram's expression
    names need not hold the lane's role, as long as they take part in the subject. What is barred to the actor, who
    has a part in what it decides on, is somebody else's.
    """
    if task.assignee not in (None, actor.person) or task.id in actor.barred:
        return False
    if task.named and task.key is None:
        return bool(actor.roles.get(task.subject))
    return actor.holds(task.role, task.subject)


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Tasks that the actor may perform now, those of absent people among them, and nobody else has claimed."""
    return or_(and_(_own(actor), _free(actor.person)), *(_theirs(actor, one) for one in actor.stands_in))


def _theirs(actor: Actor, one: StandIn) -> ColumnElement[bool]:
    """Tasks that an absent person may perform, where the actor takes part too."""
    shared = {subject: roles for subject, roles in one.roles.items() if actor.roles.get(subject)}
    found = and_(_own(Actor(one.person, one.name, shared, barred={**actor.barred, **one.barred})), _free(one.person))
    return and_(found, TaskRow.role == one.role) if one.role else found


def _free(person: str) -> ColumnElement[bool]:
    return or_(TaskRow.claimed_by.is_(None), TaskRow.claimed_by == person)


def _own(actor: Actor) -> ColumnElement[bool]:
    """Tasks that the actor may perform in the own name."""
    held = [(subject, role) for subject, roles in actor.roles.items() if subject for role in roles]
    if not held:
        return false()
    by_role = tuple_(TaskRow.subject, TaskRow.role).in_(held)
    by_name = and_(TaskRow.assignee.is_not(None), TaskRow.assignee == actor.person)  # never null: it is negated, too
    alone = and_(TaskRow.key.is_(None), TaskRow.subject.in_({subject for subject, _ in held}))
    found = or_(and_(by_name, or_(alone, by_role)), and_(TaskRow.assignee.is_(None), by_role))
    return and_(found, TaskRow.id.not_in(actor.barred)) if actor.barred else found


def _view(unit: Unit, actor: Actor, view: str) -> ColumnElement[bool]:
    waiting = TaskRow.status == "open"
    if view == "todo":
        return and_(waiting, _mine(actor))
    if view == "claimed":
        return and_(waiting, TaskRow.claimed_by == actor.person)
    if view == "late":
        return and_(waiting, _mine(actor), TaskRow.due < unit.clock())
    if view == "done":
        return and_(TaskRow.status == "completed", TaskRow.ended_by == actor.person)
    subjects = [subject for subject, roles in actor.roles.items() if subject and roles]
    return and_(waiting, TaskRow.subject.in_(subjects), ~_mine(actor)) if subjects else false()


def _asked(
    query: Select[Any], role: str | None, process: str | None, subject: str | None
) -> Select[Any]:
    for column, value in ((TaskRow.role, role), (InstanceRow.process, process), (TaskRow.subject, subject)):
        if value:
            query = query.where(column == value)
    return query


def inbox(
    unit: Unit,
    actor: Actor,
    view: str = "todo",
    *,
    role: str | None = None,
    process: str | None = None,
    subject: str | None = None,
    sort: str = "due",
    limit: int = 50,
    offset: int = 0,
) -> list[Task]:
    """The actor's tasks in one of VIEWS, by what is due first, or newest first with sort="created"."""
    if view not in VIEWS:
        raise NotFound(f"An inbox has the views {', '.join(VIEWS)}.")
    query = select(TaskRow, InstanceRow).join(InstanceRow, InstanceRow.id == TaskRow.instance_id)
    query = _asked(query.where(_view(unit, actor, view)), role, process, subject)
    if view == "done":
        query = query.order_by(TaskRow.ended_at.desc(), TaskRow.id)
    elif sort == "created":
        query = query.order_by(TaskRow.created_at.desc(), TaskRow.id)
    else:
        query = query.order_by(TaskRow.due.is_(None), TaskRow.due, TaskRow.created_at, TaskRow.id)
    rows = unit.session.execute(query.limit(limit).offset(offset))
    return [task_value(unit, row, instance) for row, instance in rows]


def counts(unit: Unit, actor: Actor) -> dict[str, int]:
    """How many tasks each view of the actor's inbox holds; one statement."""
    columns = [func.count().filter(_view(unit, actor, view)).label(view) for view in VIEWS]
    row = unit.session.execute(select(*columns).select_from(TaskRow)).one()
    return dict(zip(VIEWS, row, strict=True))


def task(unit: Unit, task_id: str, by: Actor) -> Task:
    """One task. Raises NotFound, also for a task of a subject that the actor has no part in."""
    found = unit.session.execute(
        select(TaskRow, InstanceRow)
        .join(InstanceRow, InstanceRow.id == TaskRow.instance_id)
        .where(TaskRow.id == task_id)
    ).first()
    if found is None or not may_see(by, found[0].subject):
        raise NotFound
    return task_value(unit, *found)


def processes_open_to(unit: Unit, actor: Actor) -> Sequence[tuple[str, str]]:
    """(process id, name) of the processes that have tasks for the actor: what an inbox can be narrowed to."""
    rows = unit.session.execute(
        select(InstanceRow.process, func.max(DefinitionRow.name))
        .join(TaskRow, TaskRow.instance_id == InstanceRow.id)
        .join(DefinitionRow, DefinitionRow.id == InstanceRow.definition_id)
        .where(TaskRow.status == "open", or_(_own(actor), _mine(actor)))
        .group_by(InstanceRow.process)
        .order_by(InstanceRow.process)
    )
    return [(process, name) for process, name in rows]


def performer(task: Task, by: Actor) -> None:
    """Raises NotAllowed unless the actor may perform the task."""
    if by.is_system or not may_perform(by, task):
        if said := by.barred.get(task.id):
            raise NotAllowed(said)
        if task.assignee == by.person:
            raise NotAllowed("You were named for this task, and no longer hold the role in this project that it needs.")
        if task.bound:
            raise NotAllowed("This task is another person's by name. Only that person can do it.")
        raise NotAllowed(f"This task is for the role {task.role} in this project, which you do not hold.")


def still_open(task: Task) -> None:
    """Raises TaskClosed, with who and when, for a task that has ended."""
    if not task.open:
        said = "is already finished" if task.status == "completed" else "has been withdrawn by the process"
        raise TaskClosed(f"This task {said}.", who=task.ended_by, when=task.ended_at)
