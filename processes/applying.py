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
from engine import Record, Unit
from processes import deciding
from processes.acceptance import turn_again
from processes.approvals import Naming, naming
from processes.baselines import add_milestone, freeze_date, record_forecast
from processes.changes import ENDED, IN_FORCE, change_row
from processes.conditions import file_conditions
from processes.errors import ApprovalMissing, PlanAltered, PlanMoved, StepRefused
from processes.metrics.history import EXPECTED, REMOVED
from processes.plan import differing, from_rows, milestone_rows, plan
from processes.projects import project
from processes.records.change import change_lines
from processes.records.plan import Cause, Head, revised_plan
from processes.tables import MilestoneRow
from processes.verdicts import Verdict, conditions_of, verify
from processes.vocabulary import CHANGE, EMERGENCY, SPONSOR
from processes.writing import Writing


@dataclass(frozen=True)
class Applied:
    """The plan's new revision, the number of the baseline that holds now, and as what the change is in force.

    `status` is applied; conditional, until the conditions are met or it lapses; or provisional, until it is ratified.
    `actions` are the ids of the action items that follow its conditions.
    """

    record: Record
    baseline: int
    status: str
    actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Approved:
    """The newest revision of a change request, who had to decide on it and how, and what each has said."""

    record: Record
    asked: Naming
    given: Mapping[str, Verdict]

    @property
    def status(self) -> str:
        """As what it comes to be in force."""
        if self.asked.rule == EMERGENCY:
            return "provisional"
        return "conditional" if conditions_of(self.given) else "applied"


def approved_change(unit: Unit, project_id: str, change: str) -> Approved:
    """The newest revision of a change request with its approval.

    Raises ApprovalMissing unless those required have approved exactly it, by the rule that was written down, and
    nobody in their own matter; PlanMoved when the plan has another revision than the one the change was written on;
    StepRefused for a change that is done or in force.
    """
    row = change_row(unit, project_id, change)
    record = engine.current(unit, CHANGE, project_id, change)
    if record is None:
        raise ApprovalMissing("This change has not been described yet, so nobody can have approved it.")
    if row.status in (*ENDED, *IN_FORCE):
        raise StepRefused(f"The change {change} is {row.status} already.")
    given = verify(unit, record, without=barred(row.raised_by, record))
    asked = naming(unit, record)
    _check_emergency(record, asked)
    now = plan(unit, project_id)
    if (now.revision, now.sha256) != (record.data["base_revision"], record.data["base_sha256"]) or not now.sha256:
        raise PlanMoved
    return Approved(record, asked, given)


def barred(raised_by: str, record: Record) -> set[str]:
    """Who may not decide on a change, as it is their own: whoever asked for it, by the row and by its sealed record."""
    return {raised_by, str(record.data["requester"])} | engine.makers(record)


def _check_emergency(record: Record, asked: Naming) -> None:
    """One sponsor is enough only for what was described as an emergency (5.5d)."""
    if asked.rule != EMERGENCY and asked.completion != deciding.AT_ONCE:
        return
    urgent = record.data["urgency"] == EMERGENCY and asked.rule == EMERGENCY
    if not urgent or set(asked.people.values()) != {SPONSOR}:
        raise ApprovalMissing("Only an emergency comes into force on one sponsor's signature.")


def apply(writing: Writing, change: str, *, definition: str) -> Applied:
    """Carry out an approved change: milestones, forecasts, a new revision of the plan, and a new baseline where dates
    or scope changed. Raises as `approved_change` does, and then nothing has been written."""
    unit = writing.unit
    found = approved_change(unit, writing.project, change)
    before = plan(unit, writing.project)
    if before.record is None or before.baseline is None:
        raise StepRefused("There is no approved plan that could be changed.")
    old = engine.record(unit, before.record)
    unaltered(milestone_rows(unit, writing.project), old)
    items: Sequence[Mapping[str, Any]] = found.record.data["items"]
    today = project(unit, writing.project).day(unit.clock())
    for item in items:
        _carry_out(writing, item, change, today)
    unit.session.flush()
    moved = any(item["action"] in ("move", "add", "drop") for item in items)
    head = Head(str(old.data["purpose"]), str(old.data["tools"]), before.baseline + moved)
    record = seal_plan(writing, head, _cause(unit, change, found), moved=moved, today=today, definition=definition)
    row = change_row(unit, writing.project, change)
    writing.change(row, status=found.status, applied_at=unit.clock(), applied_as=record.id)
    actions = file_conditions(writing, change, found.given) if found.status == "conditional" else ()
    turn_again(unit, writing.by, writing.project)
    return Applied(record, head.baseline, found.status, tuple(actions))


def seal_plan(
    writing: Writing, head: Head, cause: Cause, *, moved: bool, today: date, definition: str
) -> Record:
    """The next revision of the plan as its rows say now; where dates or scope moved, the next baseline as well."""
    unit = writing.unit
    rows = milestone_rows(unit, writing.project)
    record = engine.seal(
        unit,
        revised_plan(unit, writing.project, from_rows(rows), head, cause),
        by=engine.THE_SYSTEM,
        definition=definition,
        instance=writing.instance or "",
        element=writing.element,
    )
    unit.session.flush()
    for row in rows if moved else ():
        if row.dropped_on is None:
            freeze_date(writing, head.baseline, row.id, row.target, row.weight, record, today)
    return record


def _cause(unit: Unit, change: str, found: Approved) -> Cause:
    lines = tuple(change_lines(unit, found.record.data["items"]))
    rows = tuple(
        (one.name, one.role, one.answer, one.signed.at.strftime("%Y-%m-%d %H:%M:%S")) for one in found.given.values()
    )
    silent = [person for person in found.asked.people if person not in found.given]
    printed = engine.names(unit, silent)
    conditions = [(one.name, condition) for one, condition in conditions_of(found.given)]
    owners = engine.names(unit, {str(condition["owner"]) for _, condition in conditions})
    return Cause(
        change, found.record.id, found.record.sha256, lines,
        approvals=tuple(row for row in rows if row[2] in deciding.YES),
        others=tuple(row for row in rows if row[2] not in deciding.YES)
        + tuple((printed[one], found.asked.people[one], "no answer", "") for one in silent),
        rule=f"{found.asked.rule}: {deciding.words(found.asked.completion)}" if found.asked.completion else "",
        conditions=tuple(
            (str(one["text"]), owners[str(one["owner"])], str(one["due"]), name) for name, one in conditions
        ),
    )  # fmt: skip


def unaltered(rows: Iterable[MilestoneRow], record: Record) -> None:
    """Raises PlanAltered unless the plan as kept says what its approved record says; what was reached may differ."""
    found = differing(rows, record)
    if found:
        raise PlanAltered(f"The plan as it is kept is not the one that was approved: see {', '.join(found)}.")


def _carry_out(writing: Writing, item: Mapping[str, Any], change: str, today: date) -> None:
    if item["action"] == "add":
        _add(writing, item, change, today)
        return
    row = writing.unit.session.get(MilestoneRow, (writing.project, item["milestone"]))
    if row is None or row.dropped_on is not None or row.actual is not None:
        raise StepRefused(f"{item['milestone']} is no longer open. Describe the change {change} again without it.")
    act = {
        "move": _move, "drop": _drop, "rename": _rename, "owner": _hand_over, "forecast": expect
    }[item["action"]]  # fmt: skip
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


def expect(writing: Writing, row: MilestoneRow, item: Mapping[str, Any], change: str, today: date) -> None:
    """A new forecast: what is expected, which moves nothing that was agreed."""
    day = date.fromisoformat(item["target"])
    writing.change(row, reason=f"change {change}", forecast=day)
    record_forecast(writing, row.id, day, EXPECTED, today=today, source=f"change {change}")


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
