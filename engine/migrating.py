"""Instances follow to another version of their process: for a reason, one transaction each, with a report."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update

from engine import advance, bpmn, planning
from engine.definitions import definition, digest, prepared
from engine.errors import Conflict, EngineError, NotAllowed, NotFound, Refused
from engine.following import Outcome, outcomes
from engine.inbox import STEWARDS
from engine.ledger import log
from engine.messages import locked, settle
from engine.people import names
from engine.planning import Plan
from engine.tables import InstanceRow, MigrationRow, OutcomeRow, TaskRow, TrailRow
from engine.unit import Unit
from engine.values import Actor


def ask(
    unit: Unit,
    process: str,
    target: str,
    chosen: Mapping[str, str],
    by: Actor,
    reason: str,
    mapping: Mapping[str, str] | None = None,
) -> str:
    """Ask that instances follow to the definition `target`; give the id of the migration. `follow` carries it out.

    `chosen` holds for each instance the `stand` of the plan that was looked at. Raises NotAllowed for anybody but a
    steward, NotFound, and Refused without a reason or without an instance.
    """
    if not by.is_system and not any(by.holds(role, "") for role in STEWARDS):
        raise NotAllowed("Only a process admin or an administrator can let instances follow to another version.")
    if not reason.strip():
        raise Refused("Say why the instances are to follow.")
    if not chosen:
        raise Refused("Choose at least one instance.")
    if definition(unit, target).process != process:
        raise Refused("An instance can only follow to another version of its own process.")
    known = select(InstanceRow.id).where(InstanceRow.id.in_(list(chosen)), InstanceRow.process == process)
    if set(unit.session.scalars(known)) != set(chosen):
        raise NotFound("One of these instances does not exist.")
    row = MigrationRow(
        id=uuid4().hex, process=process, definition_id=target, mapping=_json(mapping or {}), chosen=_json(chosen),
        number=len(chosen), reason=reason.strip(), person=by.person, at=unit.clock(), salt=secrets.token_hex(16),
    )  # fmt: skip
    log(
        unit, "migration.asked", "migration", row.id, by, new={"definition": digest(unit, target)},
        facts={"process": process, "instances": sorted(chosen), "mapping": dict(mapping or {})}, reason=row.reason,
        row=row,
    )  # fmt: skip
    return row.id


def migrate(
    unit: Unit,
    instance_id: str,
    target: str,
    by: Actor,
    reason: str,
    mapping: Mapping[str, str] | None = None,
    *,
    seen: str | None = None,
) -> Outcome:
    """Let one instance follow now. Raises what `ask` raises, and Conflict when it does not stand as `seen` says."""
    row = locked(unit, instance_id)
    stands = planning.plan_of(unit, row, target, mapping or {}).stand
    if seen is not None and stands != seen:
        raise _gone_on(unit, row)
    asked = ask(unit, row.process, target, {instance_id: stands}, by, reason, mapping)
    unit.session.flush()
    return follow(unit, asked, instance_id)


def follow(unit: Unit, migration_id: str, instance_id: str) -> Outcome:
    """Carry a migration out for one of its instances, in the caller's transaction; what is done already stays so.

    The plan is worked out anew. The instance follows if nothing is in the way and it stands as it was seen to stand;
    else it stays, and the outcome says why. Raises NotFound.
    """
    asked = unit.session.get(MigrationRow, migration_id)
    if asked is None or instance_id not in (chosen := json.loads(asked.chosen)):
        raise NotFound
    row = locked(unit, instance_id)
    if unit.session.get(OutcomeRow, (migration_id, instance_id)) is None:
        by = Actor(asked.person, names(unit, [asked.person])[asked.person])
        _follow(unit, asked, row, chosen[instance_id], by)
        unit.session.flush()
    return outcomes(unit, migration_id, instance_id)[0]


def give_up(unit: Unit, migration_id: str, instance_id: str, cause: str) -> None:
    """Write down that an instance could not be dealt with, unless it has been. Raises NotFound."""
    asked = unit.session.get(MigrationRow, migration_id)
    if asked is None:
        raise NotFound
    row = locked(unit, instance_id)
    if unit.session.get(OutcomeRow, (migration_id, instance_id)) is None:
        by = Actor(asked.person, names(unit, [asked.person])[asked.person])
        _outcome(unit, asked, row, "failed", _said(f"It could not be dealt with: {cause}"), by)


def _follow(unit: Unit, asked: MigrationRow, row: InstanceRow, seen: str, by: Actor) -> None:
    mapping, target = json.loads(asked.mapping), asked.definition_id
    if row.definition_id == target:
        _outcome(unit, asked, row, "moved", _said("It is on this version already."), by)
        return
    plan = planning.plan_of(unit, row, target, mapping)
    if not plan.possible:
        _outcome(unit, asked, row, "blocked", plan.report(), by)
    elif plan.stand != seen:
        _outcome(unit, asked, row, "moved", _said(_told(unit, _gone_on(unit, row))), by)
    else:
        savepoint = unit.session.begin_nested()
        try:
            _outcome(unit, asked, row, "migrated", plan.report(), by)
            _move(unit, row, plan, mapping, by)
            unit.session.flush()
        except (EngineError, *advance.BROKEN) as error:
            savepoint.rollback()
            unit.session.refresh(row)
            _outcome(unit, asked, row, "failed", _said(f"The new version does not take it: {error}"), by)
        else:
            savepoint.commit()


def _move(unit: Unit, row: InstanceRow, plan: Plan, mapping: Mapping[str, str], by: Actor) -> None:
    """Put the instance on the target, and its open tasks; what is finished keeps the version that was in force."""
    session, source = unit.session, row.definition_id
    for table, over in ((TaskRow, TaskRow.status != "open"), (TrailRow, True)):
        closed = update(table).where(table.instance_id == row.id, table.definition_id.is_(None), over)
        session.execute(closed.values(definition_id=source).execution_options(synchronize_session=False))
    rename = bpmn.Renaming(mapping)
    drawn = prepared(unit, plan.target)
    for task in session.scalars(select(TaskRow).where(TaskRow.instance_id == row.id, TaskRow.status == "open")):
        element = bpmn.element(drawn, rename(task.element))
        if element is not None:
            task.element, task.name = element.id, element.name
            task.role = task.role if task.key is not None else element.role or ""
    run = bpmn.rebound(drawn, advance.environment(unit, row), row.state, mapping)
    row.definition_id = plan.target
    run.advance()
    settle(unit, row, run, by)


def _outcome(
    unit: Unit, asked: MigrationRow, row: InstanceRow, outcome: str, report: dict[str, Any], by: Actor
) -> None:
    kept = OutcomeRow(
        migration_id=asked.id, instance_id=row.id, outcome=outcome, source_id=row.definition_id, report=_json(report),
        at=unit.clock(), salt=secrets.token_hex(16),
    )  # fmt: skip
    old, new = digest(unit, row.definition_id), digest(unit, asked.definition_id)
    log(
        unit, "instance.migrated" if outcome == "migrated" else "instance.stayed", "instance", row.id, by,
        subject=row.subject, instance=row.id, old={"definition": old}, new={"definition": new},
        facts={
            "migration": asked.id, "outcome": outcome, "mapping": json.loads(asked.mapping),
            "blockers": sorted({one["rule"] for one in report["blockers"]}),
        },
        reason=asked.reason, row=kept,
    )  # fmt: skip


def _gone_on(unit: Unit, row: InstanceRow) -> Conflict:
    """What to say when the instance does not stand any more as it was seen: who was faster, and when."""
    query = select(TaskRow).where(TaskRow.instance_id == row.id, TaskRow.status != "open")
    last = unit.session.scalars(query.order_by(TaskRow.ended_at.desc(), TaskRow.id).limit(1)).first()
    return Conflict(
        "The instance has gone on since you looked at it. Look at it again.",
        who=last.ended_by if last else None, when=last.ended_at if last else None,
    )  # fmt: skip


def _told(unit: Unit, gone: Conflict) -> str:
    if not gone.who or gone.when is None:
        return "It has gone on since it was looked at."
    who = names(unit, [gone.who])[gone.who]
    return f"It has gone on since it was looked at: {who} was faster, at {gone.when:%Y-%m-%d %H:%M} UTC."


def _said(sentence: str) -> dict[str, Any]:
    return {"kept": [], "blockers": [], "notes": [sentence]}


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
