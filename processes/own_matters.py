"""Whose own matter a task decides on: they do not decide on it for somebody else, and it is not handed on to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

from sqlalchemy import bindparam, or_, select

import engine
from engine import Record, Unit, names
from processes.acceptance import milestone_of, parties, stands_alone, verifiers
from processes.actions import action_reports
from processes.approvals import required
from processes.changes import change_row
from processes.claims import STATED
from processes.errors import ApproversAltered
from processes.tables import ActionRow, ClaimRow, ClaimStepRow, ConditionRow, MilestoneRow
from processes.vocabulary import ACCEPTANCE, CHANGE, MANAGER, SPONSOR

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
    return found | parties(unit, claim) if claim else found


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
    return parties(unit, row) if row and not stands_alone(unit, row) else set()


_JUDGED = (
    select(ClaimRow)
    .join(MilestoneRow, (MilestoneRow.project == ClaimRow.project) & (MilestoneRow.id == ClaimRow.milestone))
    .where(
        ClaimRow.project.in_(bindparam("projects", expanding=True)), ClaimRow.ended_at.is_(None),
        ClaimRow.state == STATED, ClaimRow.instance.is_not(None),
        or_(
            ClaimRow.claimed_by == bindparam("person"),
            MilestoneRow.owner == bindparam("person"),
            select(ClaimStepRow.id).where(
                ClaimStepRow.project == ClaimRow.project, ClaimStepRow.claim == ClaimRow.id,
                ClaimStepRow.person == bindparam("person"),
            ).exists(),
        ),
    )
)  # fmt: skip
# Asked at each request of a manager's or sponsor's: built once.


def barred(unit: Unit, person: str, roles: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The open tasks of a person's roles that are somebody else's, as they verify this person's own claim: id -> why.

    `roles` are those that the person holds at present, by project.
    """
    projects = [one for one, held in roles.items() if MANAGER in held or SPONSOR in held]
    if not projects:
        return {}
    found = {}
    for row in unit.session.scalars(_JUDGED, {"projects": projects, "person": person}).all():
        if person in parties(unit, row) and not stands_alone(unit, row):
            said = not_yours(unit, row)
            found |= {one.id: said for one in engine.tasks(unit, instance=row.instance, status="open")}
    return found


def not_yours(unit: Unit, claim: ClaimRow) -> str:
    """What to say to whoever may not verify a claim, and who can."""
    role, able = verifiers(unit, claim)
    printed = names(unit, able)
    who = " or ".join(sorted(printed[one] for one in able))
    return (
        f"You own {claim.milestone} {milestone_of(unit, claim).name} or have claimed it complete, so somebody else"
        f" verifies it: {who}, as {role}."
    )
