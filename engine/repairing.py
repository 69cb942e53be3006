"""Repairs: proposed by one person with a reason, carried out when a second one approves, marked for ever.

Whoever holds one of the STEWARDS' roles may propose, and may approve what another one has proposed. A proposal counts
only as long as the instance has not moved on. What no repair may do is decided in `engine.bpmn.repairs`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from engine import bpmn
from engine.advance import environment
from engine.definitions import prepared
from engine.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from engine.inbox import STEWARDS
from engine.ledger import log
from engine.messages import locked, move
from engine.tables import IncidentRow, InstanceRow, PersonRow, RepairDecisionRow, RepairRow, TrailRow
from engine.unit import Unit
from engine.values import Actor

REPAIRS = ("retry", "skip", "move", "set")
"""What can be repaired: try a failed element again, pass over one, move on from one to another, set a variable."""


@dataclass(frozen=True)
class Repair:
    """A repair with what became of it: `state` is proposed, stale, carried-out, refused or withdrawn."""

    id: str
    instance: str
    kind: str
    task: str
    element: str
    name: str
    target: str | None
    target_name: str
    variable: str | None
    value: Any
    reason: str
    person: str
    at: datetime
    state: str
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_why: str = ""

    @property
    def open(self) -> bool:
        """Whether a second person can still approve it."""
        return self.state == "proposed"

    @property
    def sentence(self) -> str:
        """What it does."""
        if self.kind == "set":
            return f"Set “{self.variable}” to {json.dumps(self.value, ensure_ascii=False)}"
        if self.kind == "move":
            return f"Move on from “{self.name}” to “{self.target_name}”"
        return f"Try “{self.name}” again" if self.kind == "retry" else f"Pass over “{self.name}”"


@dataclass(frozen=True)
class Place:
    """An element at which an instance stands, whether it has failed, and what could be done about that."""

    task: str
    element: str
    name: str
    inside: str
    failed: bool
    passable: bool
    targets: tuple[tuple[str, str], ...]


def places(unit: Unit, instance_id: str) -> list[Place]:
    """Where an instance stands, for whoever wants to repair it. Raises NotFound."""
    row = unit.session.get(InstanceRow, instance_id)
    if row is None:
        raise NotFound
    if row.status != "running":
        return []
    ready, world = prepared(unit, row.definition_id), environment(unit, row)
    failed = set(_open_incidents(unit, row))
    run = bpmn.load(ready, world, row.state)
    return [
        Place(one.task, one.element, one.name, one.inside, one.task in failed, bpmn.passable(run, one.task),
              bpmn.places(run, one.task))
        for one in bpmn.standing(bpmn.opened(ready, world, row.state))
    ]  # fmt: skip


def _open_incidents(unit: Unit, row: InstanceRow) -> dict[str, str]:
    """Task -> element of what has failed in an instance."""
    query = select(IncidentRow.task, IncidentRow.element).where(
        IncidentRow.instance_id == row.id, IncidentRow.status == "open"
    )
    return dict(unit.session.execute(query).all())


def propose_repair(
    unit: Unit,
    instance_id: str,
    kind: str,
    by: Actor,
    reason: str,
    *,
    task: str | None = None,
    target: str | None = None,
    variable: str | None = None,
    value: Any = None,
) -> str:
    """Propose one of REPAIRS; give its id. It is tried at once and taken back, so that what cannot be is said now.

    `task` is the task of a Place, `target` an element, `value` a JSON value. Raises NotAllowed for anybody but a
    steward, NotFound, Conflict for an instance that has ended, TaskNotReady, and Refused with what is in the way.
    """
    _steward(by)
    if kind not in REPAIRS:
        raise Refused(f"A repair is one of {', '.join(REPAIRS)}.")
    if not reason.strip():
        raise Refused("Say why the instance has to be repaired.")
    row = _running(unit, instance_id)
    stands = {one.task: one for one in places(unit, instance_id)}
    if kind != "set" and task not in stands:
        raise Refused("Choose an element at which the instance stands.")
    if kind == "retry" and not stands[task].failed:
        raise Refused(f"“{stands[task].name}” has not failed, so there is nothing to try again.")
    proposed = RepairRow(
        id=uuid4().hex, instance_id=row.id, kind=kind, task="" if kind == "set" else task,
        element="" if kind == "set" else stands[task].element, target=target if kind == "move" else None,
        variable=variable if kind == "set" else None,
        value=json.dumps(value, ensure_ascii=False) if kind == "set" else None,
        stand=row.version, reason=reason.strip(), person=by.person, at=unit.clock(), salt=secrets.token_hex(16),
    )  # fmt: skip
    _rehearsed(unit, row, proposed)
    _log(unit, "repair.proposed", row, proposed, by, proposed.reason, proposed)
    unit.session.flush()
    return proposed.id


def approve_repair(unit: Unit, repair_id: str, by: Actor) -> Repair:
    """Approve what somebody else has proposed, and carry it out in this very transaction.

    Raises what `propose_repair` raises, NotAllowed for whoever proposed it, Conflict when it is decided already, and
    Stale with who and when if the instance has moved on since.
    """
    _steward(by)
    row, proposed = _undecided(unit, repair_id)
    if by.person == proposed.person:
        raise NotAllowed("You proposed this repair yourself. Somebody else has to approve it.")
    proposer = unit.session.get(PersonRow, proposed.person)
    if proposer is None or not proposer.active:
        raise NotAllowed("Whoever proposed this repair no longer acts here. Propose it anew.")
    if row.version != proposed.stand:
        raise _stale(unit, row)
    _decide(unit, row, proposed, "carried-out", by, proposed.reason)
    if row.repaired_at is None:
        row.repaired_at = unit.clock()
    move(unit, row, _act(unit, row, proposed), by)
    unit.session.flush()
    return next(one for one in repairs(unit, row.id) if one.id == repair_id)


def refuse_repair(unit: Unit, repair_id: str, by: Actor, reason: str) -> None:
    """Refuse what somebody else has proposed, with a reason. Raises NotAllowed, NotFound, Refused and Conflict."""
    _steward(by)
    row, proposed = _undecided(unit, repair_id)
    if not reason.strip():
        raise Refused("Say why the repair is refused.")
    _decide(unit, row, proposed, "withdrawn" if by.person == proposed.person else "refused", by, reason.strip())
    unit.session.flush()


def repairs(unit: Unit, instance_id: str) -> list[Repair]:
    """The repairs of an instance, the newest first; what was decided stands with who, when and why."""
    row = unit.session.get(InstanceRow, instance_id)
    if row is None:
        raise NotFound
    query = (
        select(RepairRow, RepairDecisionRow)
        .outerjoin(RepairDecisionRow, RepairDecisionRow.repair_id == RepairRow.id)
        .where(RepairRow.instance_id == instance_id)
        .order_by(RepairRow.at.desc(), RepairRow.id)
    )
    return [_repair(unit, row, one, decision) for one, decision in unit.session.execute(query)]


def _repair(unit: Unit, row: InstanceRow, one: RepairRow, decision: RepairDecisionRow | None) -> Repair:
    drawn = prepared(unit, row.definition_id)

    def called(element: str | None) -> str:
        found = bpmn.element(drawn, element or "")
        return (found.name if found else "") or element or ""

    fits = row.status == "running" and row.version == one.stand
    state = decision.decision if decision else "proposed" if fits else "stale"
    return Repair(
        one.id, one.instance_id, one.kind, one.task, one.element, called(one.element), one.target, called(one.target),
        one.variable, None if one.value is None else json.loads(one.value), one.reason, one.person, one.at, state,
        *((decision.person, decision.at, decision.reason) if decision else ()),
    )  # fmt: skip


def _steward(by: Actor) -> None:
    if not any(by.holds(role, "") for role in STEWARDS):
        raise NotAllowed("Only a process admin or an administrator can repair an instance.")


def _running(unit: Unit, instance_id: str) -> InstanceRow:
    row = locked(unit, instance_id)
    if row.status != "running":
        raise Conflict("This instance has ended. What has ended is never touched.", when=row.ended_at)
    return row


def _undecided(unit: Unit, repair_id: str) -> tuple[InstanceRow, RepairRow]:
    proposed = unit.session.get(RepairRow, repair_id)
    if proposed is None:
        raise NotFound
    row = _running(unit, proposed.instance_id)
    decision = unit.session.get(RepairDecisionRow, repair_id)
    if decision is not None:
        raise Conflict("This repair has been decided already.", who=decision.person, when=decision.at)
    return row, proposed


def _stale(unit: Unit, row: InstanceRow) -> Stale:
    query = select(TrailRow).where(TrailRow.instance_id == row.id).order_by(TrailRow.id.desc()).limit(1)
    last = unit.session.scalars(query).first()
    return Stale(
        "The instance has moved on since this repair was proposed. Look at it again, and propose what is needed now.",
        who=last.person if last else None, when=last.at if last else None,
    )  # fmt: skip


def _act(unit: Unit, row: InstanceRow, one: RepairRow) -> Callable[[bpmn.Run], Any]:
    drawn = prepared(unit, row.definition_id)
    if one.kind == "retry":
        return lambda run: run.retry(one.task)
    if one.kind == "skip":
        return lambda run: bpmn.skip(run, drawn, one.task)
    if one.kind == "move":
        return lambda run: bpmn.move(run, drawn, one.task, one.target or "")
    return lambda run: bpmn.put(run, drawn, one.variable or "", json.loads(one.value or "null"))


def _rehearsed(unit: Unit, row: InstanceRow, proposed: RepairRow) -> None:
    """Try a repair on a copy in memory; whatever its steps write is taken back."""
    savepoint = unit.session.begin_nested()
    try:
        _act(unit, row, proposed)(bpmn.load(prepared(unit, row.definition_id), environment(unit, row), row.state))
    finally:
        savepoint.rollback()


def _decide(unit: Unit, row: InstanceRow, proposed: RepairRow, decision: str, by: Actor, reason: str) -> None:
    kept = RepairDecisionRow(
        repair_id=proposed.id, decision=decision, reason=reason, person=by.person, at=unit.clock(),
        salt=secrets.token_hex(16),
    )  # fmt: skip
    _log(unit, f"repair.{decision}", row, proposed, by, reason, kept)


def _log(unit: Unit, kind: str, row: InstanceRow, one: RepairRow, by: Actor, reason: str, kept: Any) -> None:
    facts = {"kind": one.kind, "target": one.target, "variable": one.variable, "instance_version": one.stand}
    said = {"proposed_by": one.person, **({"value": json.loads(one.value)} if one.value is not None else {})}
    log(unit, kind, "repair", one.id, by, subject=row.subject, instance=row.id, task=one.task or None,
        element=one.element or None, facts=facts, said=said, reason=reason, row=kept)  # fmt: skip
