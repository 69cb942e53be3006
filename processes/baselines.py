"""Freezing the first baseline: the one act, besides an approved change, that gives the plan its dates."""

from __future__ import annotations

from datetime import date
from typing import Any

import engine
from engine import Record, Unit
from processes.approvals import verify
from processes.errors import ApprovalMissing, StepRefused
from processes.metrics.history import ACTUAL, EXPECTED
from processes.plan import has_baseline, planned
from processes.projects import project, project_row
from processes.settings import Settings
from processes.tables import BaselineRow, ForecastRow, MilestoneRow
from processes.vocabulary import MANAGER_ONLY, PLAN
from processes.writing import Writing


def barred_from_plan(unit: Unit, record: Record) -> set[str]:
    """Who may not approve this plan: its author, unless the project's setting leaves the plan to its manager alone."""
    settings = Settings(**project_row(unit, record.subject).settings)
    return set() if settings.approval_rule == MANAGER_ONLY else engine.makers(record)


def approved_plan(unit: Unit, project_id: str) -> Record:
    """The newest plan, if everybody required has approved exactly it. Raises ApprovalMissing."""
    record = engine.current(unit, PLAN, project_id)
    if record is None:
        raise ApprovalMissing("There is no milestone plan yet.")
    verify(unit, record, without=barred_from_plan(unit, record))
    return record


def freeze(writing: Writing) -> Record:
    """Make the approved plan the baseline with the number 0: milestones, baseline dates and first forecasts.

    Milestones that had been reached before are recorded as reached. Raises ApprovalMissing, and StepRefused when the
    project has a baseline already: from then on only an approved change moves it.
    """
    unit = writing.unit
    if has_baseline(unit, writing.project):
        raise StepRefused("This project has a baseline. Raise a change to move it.")
    record = approved_plan(unit, writing.project)
    today = project(unit, writing.project).day(unit.clock())
    for sequence, item in enumerate(planned(record), start=1):
        add_milestone(writing, item, sequence=sequence, today=today, source="plan", added_on=None)
        freeze_date(writing, 0, item["id"], date.fromisoformat(item["target"]), item["weight"], record, today)
    return record


def add_milestone(
    writing: Writing, item: dict[str, Any], *, sequence: int, today: date, source: str, added_on: date | None
) -> None:
    """A new milestone with its first forecast. `today` is the day in the project's zone."""
    target = date.fromisoformat(item["target"])
    actual = date.fromisoformat(item["actual"]) if item.get("actual") else None
    row = MilestoneRow(
        project=writing.project,
        id=item["id"],
        sequence=sequence,
        name=item["name"],
        deliverable=item["deliverable"],
        criterion=item["criterion"],
        owner=item["owner"],
        type=item["type"],
        tolerance=item["tolerance"],
        weight=item["weight"],
        after=item["after"],
        target=target,
        baseline=target,
        forecast=actual or target,
        actual=actual,
        status="achieved" if actual else "not-started",
        percent=100 if actual else 0,
        added_on=added_on,
        dropped_on=None,
    )
    writing.add(row)
    record_forecast(writing, item["id"], actual or target, ACTUAL if actual else EXPECTED, today=today, source=source)


def record_forecast(writing: Writing, milestone: str, day: date | None, kind: str, *, today: date, source: str) -> None:
    """Write down what is said about a milestone today; no earlier statement is touched."""
    row = ForecastRow(
        project=writing.project,
        milestone=milestone,
        recorded_on=today,
        date=day,
        kind=kind,
        by=writing.by.person,
        source=source,
        instance=writing.instance or "",
    )
    writing.add(row, ident=f"{writing.project}/{milestone}")


def freeze_date(
    writing: Writing, number: int, milestone: str, day: date, weight: float, record: Record, today: date
) -> None:
    """One milestone's date in one baseline."""
    row = BaselineRow(
        project=writing.project,
        number=number,
        milestone=milestone,
        date=day,
        weight=weight,
        record=record.id,
        frozen_on=today,
    )
    writing.add(row)
