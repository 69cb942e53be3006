"""Whose own matter a task decides on: they do not decide on it for somebody else, and it is not handed on to them."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

import engine
from engine import Record, Unit
from processes.acceptance import claimants, stands_alone
from processes.actions import action_reports
from processes.approvals import required
from processes.changes import change_row
from processes.errors import ApproversAltered
from processes.tables import ActionRow, ClaimRow, ConditionRow
from processes.vocabulary import ACCEPTANCE, CHANGE

MADE, DECIDES = "made or asked for what is decided here", "decides on this in their own name"


def concerned(unit: Unit, instance: str, step: str, signs: str) -> dict[str, str]:
    """Who made or asked for what a task decides on, or was named to decide on it, now or later: person -> which.

    Whoever sealed a document need not be who asked for it: what is left of a change that the program has split is
    still its requester's.
    """
    if step == "action.verify":
        return dict.fromkeys(_of_action(unit, instance), MADE)
    if step == "acceptance.verify":
        return dict.fromkeys(_of_claim(unit, instance), MADE)
    record = engine.in_instance(unit, signs, instance) if signs else None
    if record is None:
        return {}
    with suppress(ApproversAltered):  # whoever completes the task is told
        return {**dict.fromkeys(required(unit, record), DECIDES), **dict.fromkeys(of_document(unit, record), MADE)}
    return dict.fromkeys(of_document(unit, record), MADE)


def of_document(unit: Unit, record: Record) -> set[str]:
    """Who made or asked for a document: they sign it for nobody, and take nobody's place in signing it."""
    found = engine.makers(record)
    if record.type == CHANGE:
        found |= {change_row(unit, record.subject, record.key).raised_by, str(record.data["requester"])}
    claim = unit.session.get(ClaimRow, (record.subject, record.key)) if record.type == ACCEPTANCE else None
    return found | claimants(unit, claim) if claim else found


def of_condition(unit: Unit, row: ActionRow) -> set[str]:
    """Whoever asked for the change that holds on a condition, and whoever reported last that the condition is met."""
    held = select(ConditionRow).where(ConditionRow.project == row.project, ConditionRow.action == row.id)
    condition = unit.session.scalars(held).first()
    record = engine.current(unit, CHANGE, row.project, condition.change) if condition else None
    reported = {one.person for one in action_reports(unit, row.project, row.id)[-1:]}
    return of_document(unit, record) | reported if record else set()


def _of_action(unit: Unit, instance: str) -> set[str]:
    row = unit.session.scalars(select(ActionRow).where(ActionRow.instance == instance)).first()
    return of_condition(unit, row) if row else set()


def _of_claim(unit: Unit, instance: str) -> set[str]:
    row = unit.session.scalars(select(ClaimRow).where(ClaimRow.instance == instance)).first()
    return claimants(unit, row) if row and not stands_alone(unit, row) else set()
