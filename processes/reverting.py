"""Taking a change back whose conditions were not met: the plan goes on to a revision that says so.

No baseline is rewritten and no record altered; what the change did is undone by the next revision, and only where no
later change, approved by itself, has moved on from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import engine
from engine import Record, Unit
from processes.acceptance import turn_again
from processes.applying import Applied, seal_plan, unaltered
from processes.baselines import record_forecast
from processes.calendar import in_words
from processes.changes import change_row
from processes.conditions import UNMET, conditions, standing
from processes.errors import StepRefused
from processes.metrics.history import EXPECTED, REMOVED
from processes.plan import milestone_rows, plan
from processes.projects import project
from processes.records.plan import Cause, Head
from processes.tables import ChangeRow, MilestoneRow
from processes.vocabulary import CHANGE, PLAN
from processes.writing import Writing

FIELDS = ("name", "deliverable", "criterion", "owner", "target", "type", "tolerance", "weight", "after")
"""What a plan says of a milestone and a change can have changed."""

Line = tuple[str, str, str, str, str]


def revert(writing: Writing, change: str, *, definition: str) -> Applied:
    """Take back a change that was approved on conditions which were not met in time. Nobody signs that anew.

    Whoever approved it approved this, too: it was to hold only if the conditions were met. Raises StepRefused for a
    change that is not in force on conditions, or whose conditions are met or still open; PlanAltered.
    """
    unit = writing.unit
    row = change_row(unit, writing.project, change)
    if row.status != "conditional" or row.applied_as is None:
        raise StepRefused(f"The change {change} is {row.status}. Only one that holds on conditions can lapse.")
    if standing(unit, writing.project, change) != UNMET:
        raise StepRefused(f"The conditions of {change} are met, or there is still time for them.")
    request = engine.current(unit, CHANGE, writing.project, change)
    now = plan(unit, writing.project)
    if request is None or now.record is None or now.baseline is None:
        raise StepRefused("There is no approved plan that could go back.")
    stands = engine.record(unit, now.record)
    unaltered(milestone_rows(unit, writing.project), stands)
    today = project(unit, writing.project).day(unit.clock())
    lines, kept, moved = _undo(writing, row, _base(unit, request), today)
    unit.session.flush()
    head = Head(str(stands.data["purpose"]), str(stands.data["tools"]), now.baseline + moved)
    cause = Cause(change, request.id, request.sha256, tuple(lines), note=_note(unit, writing.project, change, kept))
    record = seal_plan(writing, head, cause, moved=moved, today=today, definition=definition)
    writing.change(row, reason=_unmet(unit, writing.project, change), status="lapsed", reverted_at=unit.clock(),
                   reverted_as=record.id)  # fmt: skip
    turn_again(unit, writing.by, writing.project)
    return Applied(record, head.baseline, "lapsed")


def _base(unit: Unit, request: Record) -> Record:
    """The plan that the change was written on and approved for."""
    found = engine.revisions(unit, PLAN, request.subject)
    base = next((one for one in found if one.sha256 == request.data["base_sha256"]), None)
    if base is None:
        raise StepRefused("The plan on which the change was written cannot be found. Run verify.")
    return base


def _undo(writing: Writing, row: ChangeRow, base: Record, today: date) -> tuple[list[Line], list[str], bool]:
    """What went back, field by field; the milestones that stay as they are; whether dates or scope moved."""
    before, made = _by_id(base), _by_id(engine.record(writing.unit, str(row.applied_as)))
    lines: list[Line] = []
    kept: list[str] = []
    moved = False
    for one in milestone_rows(writing.unit, writing.project):
        if one.id in made and one.id not in before:
            gone = _withdraw(writing, one, made[one.id], today)
            lines += [("drop", one.id, "milestone", f"{one.name}, {one.target.isoformat()}", "")] if gone else []
        elif one.id in before and one.id not in made:
            gone = _restore(writing, one, row, today)
            lines += [("add", one.id, "milestone", "", f"{one.name}, {one.target.isoformat()}")] if gone else []
        else:
            back = _fields(before.get(one.id, {}), made.get(one.id, {}))
            gone, changed = _give_back(writing, one, back, today)
            lines += changed
            moved = moved or any(line[2] == "target" for line in changed)
            kept += [] if gone else [one.id]
            continue
        moved = moved or gone
        kept += [] if gone else [one.id]
    return lines, kept, moved


def _by_id(record: Record) -> dict[str, Mapping[str, Any]]:
    return {str(one["id"]): one for one in record.data["milestones"]}


def _fields(before: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the change did to a milestone: field -> (as it was, as the change left it)."""
    return {name: (before[name], made[name]) for name in FIELDS if before and made and before[name] != made[name]}


def _give_back(
    writing: Writing, one: MilestoneRow, back: Mapping[str, tuple[Any, Any]], today: date
) -> tuple[bool, list[Line]]:
    """Give a milestone its old fields; whether all of them could be given back, and what was."""
    lines: list[Line] = []
    whole = True
    for name, (old, new) in back.items():
        now = one.target.isoformat() if name == "target" else getattr(one, name)
        if now != new or one.dropped_on is not None or (one.actual is not None and name == "target"):
            whole = False
        elif name == "target":
            _move_back(writing, one, date.fromisoformat(str(old)), today)
            lines.append(("move", one.id, "target", str(new), str(old)))
        else:
            writing.change(one, reason="taken back", **{name: old})
            if name != "after":
                lines.append(("rename" if name == "name" else "owner", one.id, name, str(new), str(old)))
    return whole, lines


def _move_back(writing: Writing, one: MilestoneRow, day: date, today: date) -> None:
    """A forecast that followed the plan goes back with it."""
    if one.forecast == one.target:
        writing.change(one, reason="taken back", target=day, forecast=day)
        record_forecast(writing, one.id, day, EXPECTED, today=today, source="taken back")
    else:
        writing.change(one, reason="taken back", target=day)


def _withdraw(writing: Writing, one: MilestoneRow, made: Mapping[str, Any], today: date) -> bool:
    """Drop a milestone that the change added, unless it was reached or changed since."""
    if one.dropped_on is not None or one.actual is not None or one.target.isoformat() != made["target"]:
        return False
    writing.change(one, reason="taken back", dropped_on=today)
    record_forecast(writing, one.id, None, REMOVED, today=today, source="taken back")
    return True


def _restore(writing: Writing, one: MilestoneRow, row: ChangeRow, today: date) -> bool:
    """Bring a milestone back that the change dropped."""
    if one.dropped_on is None:
        return False
    writing.change(one, reason=f"change {row.id} taken back", dropped_on=None)
    record_forecast(writing, one.id, one.forecast, EXPECTED, today=today, source="taken back")
    return True


def _unmet(unit: Unit, project_id: str, change: str) -> str:
    return "; ".join(
        f"{one.text} ({one.owner_name}, {in_words(one.due)})"
        for one in conditions(unit, project_id, change)
        if one.state == UNMET
    )


def _note(unit: Unit, project_id: str, change: str, kept: list[str]) -> str:
    said = (
        f"{change} was approved on conditions and holds no more, as these were not met in time: "
        f"{_unmet(unit, project_id, change)}. What it changed goes back to what was agreed before. "
        "Earlier baselines stay as they were frozen."
    )
    if kept:
        said += f" Left as it is, because it was reached or another change has moved it since: {', '.join(kept)}."
    return said
