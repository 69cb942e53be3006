"""Many projects at one glance: how many of the milestones that were due came on time, and what is late now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row, select

from engine import Actor, Unit
from processes.metrics import OnTime
from processes.projects import Project, project
from processes.tables import BaselineRow, MilestoneRow, ProjectRow
from processes.vocabulary import CLAIMED, MANAGER


@dataclass(frozen=True)
class Headline:
    """A project in a line: the headline ratio against its first baseline, and how many forecasts have passed."""

    on_time: OnTime
    stale: int


_STANDING = (
    select(
        MilestoneRow.project, BaselineRow.date, BaselineRow.frozen_on, MilestoneRow.tolerance, MilestoneRow.forecast,
        MilestoneRow.actual, MilestoneRow.status,
    )
    .outerjoin(
        BaselineRow,
        (BaselineRow.project == MilestoneRow.project)
        & (BaselineRow.milestone == MilestoneRow.id)
        & (BaselineRow.number == 0),
    )
    .where(MilestoneRow.dropped_on.is_(None))
)  # fmt: skip


def headlines(unit: Unit, projects: Collection[Project]) -> dict[str, Headline]:
    """The headlines of projects with milestones, today or on the day of their close; one question for all of them."""
    days = {one.id: one.day(one.closed_at or unit.clock()) for one in projects}
    counted: dict[str, list[tuple[bool, bool, bool]]] = {}
    for row in unit.session.execute(_STANDING):
        if row.project in days:
            counted.setdefault(row.project, []).append(_counts(row, days[row.project]))
    return {
        project: Headline(
            OnTime(sum(in_time for due, in_time, _ in some if due), sum(due for due, _, _ in some)),
            sum(stale for _, _, stale in some),
        )
        for project, some in counted.items()
    }


def _counts(row: Row[tuple[str, date, date, int, date, date | None, str]], today: date) -> tuple[bool, bool, bool]:
    """Whether a milestone counts as due, as on time, and as stale. What was past when the plan was frozen, and what was
    added since, is not due by it; what is claimed has been spoken of."""
    stale = row.actual is None and row.forecast < today and row.status != CLAIMED
    promised = row.date is not None and not (row.actual is not None and row.actual < row.frozen_on)
    if not promised or row.date > today:
        return False, False, stale
    limit = row.date + timedelta(days=row.tolerance)
    if row.actual is None:
        return limit < today, False, stale
    return True, row.actual <= limit, stale


@dataclass(frozen=True)
class StaleForecast:
    """A milestone that was expected on a day that has passed, and of which nothing has been said since."""

    project: str
    title: str
    milestone: str
    name: str
    forecast: date
    days: int


def stale_forecasts(unit: Unit, actor: Actor) -> list[StaleForecast]:
    """The stale forecasts that concern a person, longest first: of milestones they own, or in projects they manage.

    Days are days in the zone of the project, which has to run.
    """
    query = (
        select(MilestoneRow.project, MilestoneRow.id, MilestoneRow.name, MilestoneRow.owner, MilestoneRow.forecast)
        .join(ProjectRow, ProjectRow.id == MilestoneRow.project)
        .where(
            ProjectRow.status == "running",
            MilestoneRow.actual.is_(None),
            MilestoneRow.dropped_on.is_(None),
            MilestoneRow.status != CLAIMED,
            MilestoneRow.forecast <= unit.clock().date(),
        )
    )
    found = []
    for project_id, milestone, name, owner, forecast in unit.session.execute(query):
        if owner != actor.person and not actor.holds(MANAGER, project_id):
            continue
        about = project(unit, project_id)
        days = (about.day(unit.clock()) - forecast).days
        if days > 0:
            found.append(StaleForecast(project_id, about.title, milestone, name, forecast, days))
    return sorted(found, key=lambda one: (-one.days, one.project, one.milestone))
