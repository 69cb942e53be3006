"""The conditions on which a change was approved: each an action item, met when that is verified in time.

A condition is met when its owner reported by the end of its day that it is done, and whoever set it has verified that
within two working days. Its day is fixed by the signature: opening the action again until another day does not move it;
only for as long as the project was on hold before that day it has more time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from engine import Unit, names
from processes.actions import CLOSED, EVENING, MORNING, action_reports
from processes.calendar import instant
from processes.changes import IN_FORCE, change_row, changes
from processes.errors import StepRefused
from processes.holds import held_for
from processes.projects import Project, project
from processes.tables import ActionRow, ConditionRow
from processes.verdicts import Verdict, conditions_of
from processes.writing import Writing

MET, WAITING, UNMET = "met", "waiting", "unmet"
DONE = "done"
VERIFY_DAYS = 2
"""Working days within which a condition that was reported as met is verified."""


@dataclass(frozen=True)
class Condition:
    """A condition of an approval, and how it stands: met, waiting, or unmet."""

    change: str
    number: int
    text: str
    owner: str
    owner_name: str
    set_by: str
    set_by_name: str
    due: date
    action: str
    state: str


@dataclass(frozen=True)
class Proviso:
    """A change that the plan follows for the time being: conditional or provisional, and until when; None if open."""

    change: str
    status: str
    milestones: tuple[str, ...]
    conditions: tuple[Condition, ...]


def conditions(unit: Unit, project_id: str, change: str) -> list[Condition]:
    """The conditions of a change in the order in which they were set."""
    about = project(unit, project_id)
    rows = _rows(unit, project_id, change)
    printed = names(unit, {person for row in rows for person in (row.owner, row.set_by)})
    return [
        Condition(row.change, row.number, row.text, row.owner, printed[row.owner], row.set_by, printed[row.set_by],
                  row.due, row.action, _state(unit, about, row))
        for row in rows
    ]  # fmt: skip


def file_conditions(writing: Writing, change: str, given: Mapping[str, Verdict]) -> list[str]:
    """Keep the conditions of an approval, each with an action item; give the ids of the actions."""
    unit, found = writing.unit, []
    last = unit.session.scalar(select(func.max(ActionRow.sequence)).where(ActionRow.project == writing.project)) or 0
    for number, (verdict, said) in enumerate(conditions_of(given), start=1):
        due = date.fromisoformat(str(said["due"]))
        action = ActionRow(
            project=writing.project, id=f"A{last + number}", sequence=last + number, meeting=change,
            text=str(said["text"]), owner=str(said["owner"]), due=due, priority="high", status="open", instance=None,
        )  # fmt: skip
        writing.add(action)
        row = ConditionRow(
            project=writing.project, change=change, number=number, record=verdict.signed.record,
            set_by=verdict.person, text=action.text, owner=action.owner, due=due, action=action.id,
        )  # fmt: skip
        writing.add(row)
        found.append(action.id)
    if not found:
        raise StepRefused(f"The change {change} was approved on no conditions.")
    return found


def set_by(unit: Unit, project_id: str, action: str) -> str | None:
    """Who set the condition that an action item follows; None for an action that follows none."""
    query = select(ConditionRow.set_by).where(ConditionRow.project == project_id, ConditionRow.action == action)
    return unit.session.scalars(query).first()


def standing(unit: Unit, project_id: str, change: str) -> str:
    """How the conditions of a change stand together: unmet if one is, waiting if one is, else met."""
    states = {one.state for one in conditions(unit, project_id, change)}
    return next((state for state in (UNMET, WAITING) if state in states), MET)


def next_look(unit: Unit, project_id: str, change: str) -> datetime:
    """When to look again: the next morning in the project's zone, or when a condition can lapse, if that is sooner."""
    about, now = project(unit, project_id), unit.clock()
    morning = instant(about.day(now) + timedelta(days=1), MORNING, about.zone)
    ends = [end for row in _rows(unit, project_id, change) for end in _ends(unit, about, row) if end >= now]
    return min([morning, *(end + timedelta(minutes=1) for end in ends)])


def provisos(unit: Unit, project_id: str) -> list[Proviso]:
    """What in the plan may go back yet: changes in force on conditions, and those not ratified so far."""
    return [
        Proviso(
            one.id, one.status, tuple(dict.fromkeys(str(item["milestone"]) for item in one.data["items"])),
            tuple(conditions(unit, project_id, one.id)),
        )
        for one in changes(unit, project_id)
        if one.status in IN_FORCE
    ]  # fmt: skip


def _rows(unit: Unit, project_id: str, change: str) -> list[ConditionRow]:
    query = select(ConditionRow).where(ConditionRow.project == project_id, ConditionRow.change == change)
    return list(unit.session.scalars(query.order_by(ConditionRow.number)))


def _ends(unit: Unit, about: Project, row: ConditionRow) -> tuple[datetime, datetime]:
    """The last instants at which a condition can be reported as met, and verified."""
    by, began = instant(row.due, EVENING, about.zone), change_row(unit, row.project, row.change).applied_at
    reported = by + held_for(unit, row.project, began or by, min(by, unit.clock()))
    return reported, about.calendar.later(reported, VERIFY_DAYS, about.zone)


def _state(unit: Unit, about: Project, row: ConditionRow) -> str:
    by, verified_by = _ends(unit, about, row)
    said = action_reports(unit, row.project, row.action)
    last = next((one for one in reversed(said) if one.status != CLOSED), None)
    in_time = last is not None and last.status == DONE and last.at <= by
    closed = said[-1] if said and said[-1].status == CLOSED else None
    if in_time and closed is not None:
        return MET if closed.at <= verified_by else UNMET
    now = unit.clock()
    return WAITING if now <= (verified_by if in_time else by) else UNMET
