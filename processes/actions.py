"""Action items of reviews and accepted milestones: whose they are, when due, what was said about them (5.4c)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from engine import Unit, names
from processes.calendar import instant
from processes.errors import StepRefused
from processes.projects import Project
from processes.tables import ActionRow, ActionStepRow
from processes.writing import Writing

CLOSED = "closed"
"""The status of an action that is off the agenda; others are open, done (not verified yet) and reopened."""

REMIND, ESCALATE = -2, 3
"""Working days before and after the date: the reminder to the owner, the word to the sponsor."""

MORNING, EVENING = time(8), time(23, 59)


@dataclass(frozen=True)
class Action:
    """An action item of a held review, or of a claim that was accepted with points: `meeting` is the id of either.

    `due` is a day of the project's zone, `instance` follows it.
    """

    id: str
    meeting: str
    text: str
    owner: str
    owner_name: str
    due: date
    priority: str
    status: str
    instance: str | None

    @property
    def open(self) -> bool:
        """Whether it has not been closed yet."""
        return self.status != CLOSED


@dataclass(frozen=True)
class ActionReport:
    """What somebody said about an action: done, not-done, closed or reopened; `due` is the date given with the last."""

    status: str
    person: str
    name: str
    text: str
    evidence: str
    due: date | None
    at: datetime


@dataclass(frozen=True)
class Times:
    """Instants of an action, in UTC: when its owner is reminded, when it is late, when the sponsor is told."""

    remind_at: datetime
    due_at: datetime
    escalate_at: datetime


def actions(unit: Unit, project_id: str, *, open_only: bool = False) -> list[Action]:
    """The action items of a project's reviews, A1 first."""
    query = select(ActionRow).where(ActionRow.project == project_id).order_by(ActionRow.sequence)
    rows = [row for row in unit.session.scalars(query) if row.status != CLOSED or not open_only]
    printed = names(unit, {row.owner for row in rows})
    return [
        Action(row.id, row.meeting, row.text, row.owner, printed[row.owner], row.due, row.priority, row.status,
               row.instance)
        for row in rows
    ]  # fmt: skip


def action_reports(unit: Unit, project_id: str, action: str) -> list[ActionReport]:
    """What was said about an action, the first word first."""
    query = select(ActionStepRow).where(ActionStepRow.project == project_id, ActionStepRow.action == action)
    rows = list(unit.session.scalars(query.order_by(ActionStepRow.id)))
    printed = names(unit, {row.person for row in rows})
    return [
        ActionReport(row.status, row.person, printed[row.person], row.text, row.evidence, row.due, row.at)
        for row in rows
    ]


def of_instance(unit: Unit, instance: str) -> ActionRow:
    """The row of the action that an instance follows. Raises StepRefused."""
    row = unit.session.scalars(select(ActionRow).where(ActionRow.instance == instance)).first()
    if row is None:
        raise StepRefused("This instance follows no action.")
    return row


def times(about: Project, due: date, now: datetime) -> Times:
    """The instants of an action that is due at the end of a day.

    Whoever is handed an action late still has until the end of the next working day before it counts as overdue.
    """
    until = max(due, about.calendar.add(about.day(now), 1))
    late = instant(until, EVENING, about.zone)
    reminder = instant(about.calendar.add(until, REMIND), MORNING, about.zone)
    soonest = about.calendar.later(now, 1, about.zone)
    return Times(
        remind_at=min(max(reminder, soonest), late),
        due_at=late,
        escalate_at=instant(about.calendar.add(until, ESCALATE), MORNING, about.zone),
    )


def give(writing: Writing, source: str, said: Sequence[Mapping[str, Any]]) -> list[str]:
    """File action items that a review or a claim gave out; give their ids."""
    last = select(func.max(ActionRow.sequence)).where(ActionRow.project == writing.project)
    given = []
    for number, one in enumerate(said, start=1 + (writing.unit.session.scalar(last) or 0)):
        action = ActionRow(
            project=writing.project, id=f"A{number}", sequence=number, meeting=source, text=one["text"],
            owner=one["owner"], due=date.fromisoformat(one["due"]), priority=one["priority"], status="open",
            instance=None,
        )  # fmt: skip
        writing.add(action)
        given.append(action.id)
    return given
