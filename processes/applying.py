"""Applying an approved change: the only way in which a frozen plan moves.

Everything is read again from the ledger: the newest revision of the change request, the approvals of exactly it, and
the plan it was written on. What a process's variables say is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import engine
from engine import Record, Signed, Unit
from processes.approvals import required, verify
from processes.baselines import add_milestone, freeze_date, record_forecast
from processes.changes import change_row
from processes.errors import ApprovalMissing, PlanAltered, PlanMoved, StepRefused
from processes.metrics.history import EXPECTED, REMOVED
from processes.plan import differing, from_rows, milestone_rows, plan
from processes.projects import project
from processes.records.change import change_lines
from processes.records.plan import Cause, Head, revised_plan
from processes.tables import MilestoneRow
from processes.vocabulary import CHANGE
from processes.writing import Writing


@dataclass(frozen=True)
class Applied:
    """The plan's new revision, and the number of the baseline that holds now."""

    record: Record
    baseline: int


def approved_change(unit: Unit, project_id: str, change: str) -> tuple[Record, dict[str, Signed]]:
    """The newest revision of a change request with its approvals.

    Raises ApprovalMissing unless everybody required has approved exactly it and nobody in their own matter; PlanMoved
    when the plan has another revision than the one the change was written on; StepRefused for a change that is done.
    """
    row = change_row(unit, project_id, change)
    record = engine.current(unit, CHANGE, project_id, change)
    if record is None:
        raise ApprovalMissing("This change has not been described yet, so nobody can have approved it.")
    if row.status in ("withdrawn", "applied", "implemented"):
        raise StepRefused(f"The change {change} is {row.status} already.")
    given = verify(unit, record, without={row.raised_by, str(record.data["requester"])} | engine.makers(record))
    now = plan(unit, project_id)
    if (now.revision, now.sha256) != (record.data["base_revision"], record.data["base_sha256"]) or not now.sha256:
        raise PlanMoved
    return record, given


def apply(writing: Writing, change: str, *, definition: str) -> Applied:
    """Carry out an approved change: milestones, forecasts, a new revision of the plan, and a new baseline where dates
    or scope changed. Raises as `approved_change` does, and then nothing has been written."""
    unit = writing.unit
    request, given = approved_change(unit, writing.project, change)
    before = plan(unit, writing.project)
    if before.record is None or before.baseline is None:
        raise StepRefused("There is no approved plan that could be changed.")
    old = engine.record(unit, before.record)
    unaltered(milestone_rows(unit, writing.project), old)
    items: Sequence[Mapping[str, Any]] = request.data["items"]
    today = project(unit, writing.project).day(unit.clock())
    for item in items:
        _carry_out(writing, item, change, today)
    unit.session.flush()
    rows = milestone_rows(unit, writing.project)
    moved = any(item["action"] in ("move", "add", "drop") for item in items)
    number = before.baseline + moved
    cause = Cause(
        change, request.id, request.sha256, tuple(change_lines(unit, items)), _approvals(request, given, unit)
    )
    head = Head(str(old.data["purpose"]), str(old.data["tools"]), number)
    record = engine.seal(
        unit,
        revised_plan(unit, writing.project, from_rows(rows), head, cause),
        by=engine.THE_SYSTEM,
        definition=definition,
        instance=writing.instance or "",
        element=writing.element,
    )
    unit.session.flush()
    if moved:
        for row in rows:
            if row.dropped_on is None:
                freeze_date(writing, number, row.id, row.target, row.weight, record, today)
    writing.change(
        change_row(unit, writing.project, change), status="applied", applied_at=unit.clock(), applied_as=record.id
    )
    return Applied(record, number)


def unaltered(rows: Iterable[MilestoneRow], record: Record) -> None:
    """Raises PlanAltered unless the plan as kept says what its approved record says; what was reached may differ."""
    found = differing(rows, record)
    if found:
        raise PlanAltered(f"The plan as it is kept is not the one that was approved: see {', '.join(found)}.")


def _approvals(request: Record, given: Mapping[str, Signed], unit: Unit) -> tuple[tuple[str, str, str, str], ...]:
    people = required(unit, request)
    return tuple(
        (one.printed, people[person], one.meaning, one.at.strftime("%Y-%m-%d %H:%M:%S"))
        for person, one in sorted(given.items(), key=lambda pair: pair[1].seq)
    )


def _carry_out(writing: Writing, item: Mapping[str, Any], change: str, today: date) -> None:
    if item["action"] == "add":
        _add(writing, item, change, today)
        return
    row = writing.unit.session.get(MilestoneRow, (writing.project, item["milestone"]))
    if row is None or row.dropped_on is not None or row.actual is not None:
        raise StepRefused(f"{item['milestone']} is no longer open. Describe the change {change} again without it.")
    act = {"move": _move, "drop": _drop, "rename": _rename, "owner": _hand_over}[item["action"]]
    act(writing, row, item, change, today)


def _move(writing: Writing, row: MilestoneRow, item: Mapping[str, Any], change: str, today: date) -> None:
    """A forecast that followed the plan follows it on; what its owner said otherwise stays said."""
    target = date.fromisoformat(item["target"])
    if row.forecast == row.target:
        writing.change(row, reason=f"change {change}", target=target, forecast=target)
        record_forecast(writing, row.id, target, EXPECTED, today=today, source=f"change {change}")
    else:
        writing.change(row, reason=f"change {change}", target=target)


def _drop(writing: Writing, row: MilestoneRow, _item: Mapping[str, Any], change: str, today: date) -> None:
    """Take a milestone out; what came after it comes after what it came after."""
    writing.change(row, reason=f"change {change}", dropped_on=today)
    record_forecast(writing, row.id, None, REMOVED, today=today, source=f"change {change}")
    for other in milestone_rows(writing.unit, writing.project):
        named = other.after.split()
        if row.id in named:
            heirs = dict.fromkeys(new for one in named for new in (row.after.split() if one == row.id else [one]))
            writing.change(other, reason=f"change {change}", after=" ".join(heirs))


def _rename(writing: Writing, row: MilestoneRow, item: Mapping[str, Any], change: str, _today: date) -> None:
    writing.change(row, reason=f"change {change}", name=item["name"])


def _hand_over(writing: Writing, row: MilestoneRow, item: Mapping[str, Any], change: str, _today: date) -> None:
    writing.change(row, reason=f"change {change}", owner=item["owner"])


def _add(writing: Writing, item: Mapping[str, Any], change: str, today: date) -> None:
    """A milestone gets its place in the order by its date, as the last of those due that day."""
    rows = milestone_rows(writing.unit, writing.project)
    target = date.fromisoformat(item["target"])
    before = [row.sequence for row in rows if row.target <= target]
    sequence = max(before, default=0) + 1
    for row in reversed(rows):
        if row.sequence >= sequence:
            writing.change(row, reason=f"change {change}", sequence=row.sequence + 1)
    whole = {
        **item, "id": item["milestone"], "type": "internal", "tolerance": 0, "weight": 1, "after": "", "actual": None
    }  # fmt: skip
    add_milestone(writing, whole, sequence=sequence, today=today, source=f"change {change}", added_on=today)
    writing.unit.session.flush()
