"""Changes of the plan: raised, described, decided, applied. What one asks for stands in its sealed record alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

import engine
from engine import Actor, Record, Unit, names
from processes.asking import ask
from processes.errors import NotInProject, StepRefused
from processes.projects import project_row
from processes.tables import ChangeRow
from processes.vocabulary import CHANGE, MANAGER, STAKEHOLDER, TEAM
from processes.writing import Writing

STATES = (
    "requested",
    "described",
    "deciding",
    "approved",
    "rejected",
    "returned",
    "withdrawn",
    "applied",
    "conditional",
    "provisional",
    "lapsed",
    "refused",
    "recorded",
    "implemented",
)
IN_FORCE = ("conditional", "provisional")
"""The plan follows the change, and may go back yet: its conditions are not met, or it has not been ratified."""
ENDED = ("rejected", "withdrawn", "applied", "lapsed", "refused", "recorded", "implemented")
"""Nothing is left to be decided: lapsed with its conditions, refused afterwards, recorded as a mere forecast."""


@dataclass(frozen=True)
class Change:
    """A change with what its newest record says; `data` is empty until it has been described."""

    id: str
    status: str
    raised_by: str
    raised_by_name: str
    raised_at: datetime
    source: str | None
    instance: str | None
    impact: str
    shift_days: int
    rule: str
    rounds: int
    decided_at: datetime | None
    applied_at: datetime | None
    implemented_at: datetime | None
    reverted_at: datetime | None
    record: Record | None

    @property
    def open(self) -> bool:
        """Whether it is still to be decided or applied."""
        return self.status not in ENDED

    @property
    def data(self) -> Mapping[str, Any]:
        """What it asks for, by its newest sealed record."""
        return self.record.data if self.record else {}


def request_change(unit: Unit, project_id: str, by: Actor, source: str | None = None) -> str:
    """Raise a change in a running project; give its id. The requester is asked to describe it.

    Raises NotInProject for anybody but a manager, a member of the team or a stakeholder, NoSuchProject, and StepRefused
    when the project is not running.
    """
    if not any(by.holds(role, project_id) for role in (MANAGER, TEAM, STAKEHOLDER)):
        raise NotInProject("Only people of the project may raise a change.")
    if project_row(unit, project_id).status != "running":
        raise StepRefused("Only a running project can be changed. Before the baseline, revise the plan itself.")
    raised = new_change(Writing(unit, by, project_id), by.person, source)
    ask(unit, "change.requested", project_id, {"change": raised}, by)
    return raised


def new_change(writing: Writing, requester: str, source: str | None) -> str:
    """The next change of a project, in the state requested; give its id."""
    number = 1 + (
        writing.unit.session.scalar(select(func.max(ChangeRow.sequence)).where(ChangeRow.project == writing.project))
        or 0
    )
    row = ChangeRow(
        project=writing.project, id=f"C{number}", sequence=number, status="requested", raised_by=requester,
        raised_at=writing.unit.clock(), source=source, instance=None, base_revision=0, base_sha256="", impact="",
        shift_days=0, rule="", rounds=0, decided_at=None, applied_at=None, applied_as=None, implemented_at=None,
        reverted_at=None, reverted_as=None,
    )  # fmt: skip
    writing.add(row)
    writing.unit.session.flush()
    return row.id


def change_row(unit: Unit, project_id: str, change: str) -> ChangeRow:
    """The row of a change. Raises StepRefused."""
    row = unit.session.get(ChangeRow, (project_id, change))
    if row is None:
        raise StepRefused(f"There is no change {change} in this project.")
    return row


def of_instance(unit: Unit, instance: str) -> ChangeRow:
    """The row of the change that an instance is about. Raises StepRefused."""
    row = unit.session.scalars(select(ChangeRow).where(ChangeRow.instance == instance)).first()
    if row is None:
        raise StepRefused("This instance is about no change.")
    return row


def change(unit: Unit, project_id: str, id: str) -> Change:
    """One change. Raises StepRefused."""
    row = change_row(unit, project_id, id)
    return _change(unit, row, names(unit, [row.raised_by]))


def changes(unit: Unit, project_id: str, *, open_only: bool = False) -> list[Change]:
    """The changes of a project, the first one first."""
    rows = list(
        unit.session.scalars(select(ChangeRow).where(ChangeRow.project == project_id).order_by(ChangeRow.sequence))
    )
    printed = names(unit, {row.raised_by for row in rows})
    found = [_change(unit, row, printed) for row in rows]
    return [one for one in found if one.open or not open_only]


def _change(unit: Unit, row: ChangeRow, printed: Mapping[str, str]) -> Change:
    return Change(
        id=row.id,
        status=row.status,
        raised_by=row.raised_by,
        raised_by_name=printed[row.raised_by],
        raised_at=row.raised_at,
        source=row.source,
        instance=row.instance,
        impact=row.impact,
        shift_days=row.shift_days,
        rule=row.rule,
        rounds=row.rounds,
        decided_at=row.decided_at,
        applied_at=row.applied_at,
        implemented_at=row.implemented_at,
        reverted_at=row.reverted_at,
        record=engine.current(unit, CHANGE, row.project, row.id),
    )
