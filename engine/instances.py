"""Instances as they are asked for, cancelled and retried."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine.errors import Conflict, NotFound, Refused
from engine.ledger import log
from engine.messages import locked, move
from engine.tables import DefinitionRow, IncidentRow, InstanceRow, TimerRow, TrailRow, WaitRow
from engine.unit import Unit
from engine.values import Actor

WHOLES = ("multiInstance", "standardLoop")
"""Kinds of steps that hold together what is done several times."""


@dataclass(frozen=True)
class Instance:
    """One run of a definition about one subject."""

    id: str
    definition: str
    process: str
    process_name: str
    version: int
    key: str | None
    subject: str
    title: str
    status: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    incidents: int
    repaired_at: datetime | None = None
    """When it was first repaired; None for one that only went as it was drawn."""


@dataclass(frozen=True)
class Passed:
    """An element that an instance has been through, and the sequence flows it left by."""

    element: str
    name: str
    kind: str
    state: str
    flows: tuple[str, ...]
    at: datetime
    person: str
    definition: str
    """The definition that was in force."""


@dataclass(frozen=True)
class Passage:
    """An element of a definition that was completed so often, the last time at this instant."""

    definition: str
    element: str
    count: int
    last: datetime


@dataclass(frozen=True)
class Incident:
    """A step that failed, and why."""

    id: str
    instance: str
    instance_title: str
    subject: str
    element: str
    cause: str
    status: str
    at: datetime
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True)
class Waiting:
    """What an instance waits for besides people: a timer with its due instant, or a message by its name."""

    element: str
    due: datetime | None
    message: str | None


@dataclass(frozen=True)
class Coming:
    """A timer of a running instance: at which element it waits, about what, and when it is due."""

    instance: str
    subject: str
    definition: str
    element: str
    due: datetime


def _query():
    troubles = (
        select(func.count())
        .where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.status == "open")
        .correlate(InstanceRow)
        .scalar_subquery()
    )
    return select(InstanceRow, DefinitionRow, troubles).join(
        DefinitionRow, DefinitionRow.id == InstanceRow.definition_id
    )


def _instance(row: InstanceRow, of: DefinitionRow, incidents: int) -> Instance:
    return Instance(
        row.id, row.definition_id, row.process, of.name, of.version, row.key, row.subject, row.title, row.status,
        row.started_at, row.started_by, row.ended_at, incidents, row.repaired_at,
    )  # fmt: skip


def instance(unit: Unit, instance_id: str) -> Instance:
    """One instance. Raises NotFound."""
    found = unit.session.execute(_query().where(InstanceRow.id == instance_id)).first()
    if found is None:
        raise NotFound
    return _instance(*found)


def instances(
    unit: Unit,
    *,
    subjects: Collection[str] | None = None,
    process: str | None = None,
    status: str | None = None,
    definition: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Instance]:
    """Instances that fit all that is given, the newest first. `subjects` None means any."""
    query = _query()
    if subjects is not None:
        query = query.where(InstanceRow.subject.in_(list(subjects)))
    asked = {InstanceRow.process: process, InstanceRow.status: status, InstanceRow.definition_id: definition}
    query = query.where(*(column == value for column, value in asked.items() if value is not None))
    query = query.order_by(InstanceRow.started_at.desc(), InstanceRow.id).limit(limit).offset(offset)
    return [_instance(*found) for found in unit.session.execute(query)]


def trail(unit: Unit, instance_id: str) -> list[Passed]:
    """The path of an instance, in the order it was taken."""
    query = select(TrailRow, InstanceRow.definition_id).join(InstanceRow, InstanceRow.id == TrailRow.instance_id)
    rows = unit.session.execute(query.where(TrailRow.instance_id == instance_id).order_by(TrailRow.id))
    return [
        Passed(row.element, row.name, row.kind, row.state, tuple(row.flows.split()), row.at, row.person,
               row.definition_id or present)
        for row, present in rows
    ]  # fmt: skip


def passages(unit: Unit, subject: str) -> list[Passage]:
    """The elements that instances about a subject have completed: how often, and when last.

    Of what is done several times at once each time counts, and what holds them together does not.
    """
    definition = func.coalesce(TrailRow.definition_id, InstanceRow.definition_id)
    query = (
        select(definition, TrailRow.element, func.count(), func.max(TrailRow.at))
        .join(InstanceRow, InstanceRow.id == TrailRow.instance_id)
        .where(InstanceRow.subject == subject, TrailRow.state == "completed", TrailRow.kind.not_in(WHOLES))
        .group_by(definition, TrailRow.element)
    )
    return [Passage(*row) for row in unit.session.execute(query)]


def waiting(unit: Unit, instance_id: str) -> list[Waiting]:
    """What an instance waits for besides people, timers first."""
    timers = unit.session.scalars(select(TimerRow).where(TimerRow.instance_id == instance_id).order_by(TimerRow.due))
    waits = unit.session.scalars(select(WaitRow).where(WaitRow.instance_id == instance_id).order_by(WaitRow.message))
    return [
        *(Waiting(row.element, row.due, None) for row in timers),
        *(Waiting(row.element, None, row.message) for row in waits),
    ]


def coming(unit: Unit, subjects: Collection[str]) -> list[Coming]:
    """What running instances about these subjects wait for by time, the soonest first."""
    query = (
        select(InstanceRow.id, InstanceRow.subject, InstanceRow.definition_id, TimerRow.element, TimerRow.due)
        .join(InstanceRow, InstanceRow.id == TimerRow.instance_id)
        .where(InstanceRow.subject.in_(list(subjects)), InstanceRow.status == "running")
        .order_by(TimerRow.due, TimerRow.id)
    )
    return [Coming(*row) for row in unit.session.execute(query)]


def entitle(unit: Unit, instance_id: str, title: str) -> None:
    """Say what an instance is about, in words for those who see it among others; no more than 300 characters.

    Nothing is decided by a title and no record shows it, so that leaves no event.
    """
    unit.session.get_one(InstanceRow, instance_id).title = title[:300]


def cancel(unit: Unit, instance_id: str, by: Actor, reason: str) -> None:
    """End an instance before its time, with a reason. Raises NotFound, Conflict when it has ended, and Refused."""
    if not reason.strip():
        raise Refused("Say why the instance is cancelled.")
    row = locked(unit, instance_id)
    if row.status != "running":
        raise Conflict("This instance has ended already.", when=row.ended_at)
    log(unit, "instance.withdrawn", "instance", row.id, by, subject=row.subject, instance=row.id, reason=reason)
    move(unit, row, lambda run: run.cancel(), by)


def incidents(
    unit: Unit, *, status: str | None = "open", instance: str | None = None, subjects: Collection[str] | None = None
) -> list[Incident]:
    """Steps that failed, the newest first."""
    query = select(IncidentRow, InstanceRow).join(InstanceRow, InstanceRow.id == IncidentRow.instance_id)
    if status is not None:
        query = query.where(IncidentRow.status == status)
    if instance is not None:
        query = query.where(IncidentRow.instance_id == instance)
    if subjects is not None:
        query = query.where(InstanceRow.subject.in_(list(subjects)))
    rows = unit.session.execute(query.order_by(IncidentRow.at.desc(), IncidentRow.id))
    return [
        Incident(row.id, row.instance_id, of.title, of.subject, row.element, row.cause, row.status, row.at,
                 row.ended_at, row.ended_by)
        for row, of in rows
    ]


def retry(unit: Unit, incident_id: str, by: Actor, reason: str) -> bool:
    """Run a failed step again; True when it works now. Raises NotFound, Refused without a reason, and Conflict."""
    row = unit.session.get(IncidentRow, incident_id)
    if row is None:
        raise NotFound
    if not reason.strip():
        raise Refused("Say what has been done about the cause.")
    instance_row = locked(unit, row.instance_id)
    if row.status != "open":
        raise Conflict("This incident has been dealt with already.", who=row.ended_by, when=row.ended_at)
    log(unit, "incident.retried", "incident", row.id, by, subject=instance_row.subject, instance=instance_row.id,
        element=row.element, reason=reason)  # fmt: skip
    moved = move(unit, instance_row, lambda run: run.retry(row.task), by)
    return row.task not in {one.task for one in moved.failures}
