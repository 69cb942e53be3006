"""How a project performs: the metrics over its own rows, and the snapshot of them that a review looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import bindparam, func, select

from engine import Unit
from processes.calendar import day_of, instant
from processes.claims import told
from processes.metrics import (
    Earned,
    Fact,
    History,
    OnTime,
    Outlook,
    Promise,
    Reforecast,
    Slips,
    Stale,
    added,
    dropped,
    earned,
    from_csv,
    on_time_completed,
    on_time_due,
    outlook,
    reforecasts,
    slips,
    stale,
    stood_stale,
    told_late,
)
from processes.plan import milestone_rows
from processes.projects import Project, project
from processes.tables import BaselineRow, ForecastRow, MeetingRow, MilestoneRow, ProjectRow, UpdateRow

HISTORIES = Path(__file__).parent / "history"
"""Where the histories lie that come with the program."""


_FACTS = (
    select(ForecastRow.milestone, ForecastRow.recorded_on, ForecastRow.date, ForecastRow.kind)
    .where(ForecastRow.project == bindparam("project"))
    .order_by(ForecastRow.id)
)
_PROMISES = (
    select(BaselineRow.number, BaselineRow.milestone, BaselineRow.date, BaselineRow.weight)
    .where(BaselineRow.project == bindparam("project"))
    .order_by(BaselineRow.number, BaselineRow.date, BaselineRow.milestone)
)
# A long history has thousands of them: columns are read many times faster than rows with an identity.


@dataclass(frozen=True)
class Metrics:
    """The figures of a history as of a day, against one baseline; each holds its own n. Days are calendar days."""

    as_of: date
    baseline: int
    slips: Slips
    on_time_due: OnTime
    on_time_completed: OnTime
    reforecasts: tuple[Reforecast, ...]
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    stale: tuple[Stale, ...]
    """Forecasts of open milestones whose date has passed."""
    stood_stale: tuple[Stale, ...]
    """Forecasts that stood so until something was said, and those that still do."""
    told: tuple[Reforecast, ...]
    """Slips as they were told, with their warning."""
    earned: Earned
    tolerance: tuple[int, int] = (0, 0)
    """The fewest and the most days after its baseline in which a milestone is still on time."""
    updates: OnTime | None = None
    """Weekly updates that came on time, of all that were due; None for a history without updates."""
    longest_review_gap: int | None = None
    """Days between two held reviews at most, the start and the day itself counted as ends."""

    @property
    def grace(self) -> str:
        """The tolerance in words."""
        least, most = self.tolerance
        return f"{least} to {most} days" if least < most else f"{most} day{'' if most == 1 else 's'}"


def metrics(unit: Unit, project_id: str, as_of: date | None = None, *, baseline: int | None = 0) -> Metrics | None:
    """The metrics of a project as of a day in its zone, against a baseline (the first; None: the newest).

    The day is today, or that of the close: a closed project does not grow any later. None as long as the project has
    no such baseline. Raises NoSuchProject.
    """
    about = project(unit, project_id)
    found = histories(unit, project_id)
    number = max(found, default=0) if baseline is None else baseline
    return of_project(unit, about, found[number], day_for(unit, about, as_of), number) if number in found else None


def day_for(unit: Unit, about: Project, as_of: date | None = None) -> date:
    """The day as of which a project is measured: the given one, else today, or that of its close."""
    return as_of or about.day(about.closed_at or unit.clock())


def of_project(unit: Unit, about: Project, found: History, as_of: date, baseline: int) -> Metrics:
    """The metrics of a project's history, with how updates and reviews were kept."""
    return replace(
        of_history(found, as_of, baseline=baseline),
        updates=update_compliance(unit, about, as_of),
        longest_review_gap=_gap(unit, about, as_of),
    )


def of_history(found: History, as_of: date, *, baseline: int = 0, tolerance: int | None = None) -> Metrics:
    """The metrics of any history as of a day; `tolerance` in days, or each milestone's own."""
    grace = [one.tolerance if tolerance is None else tolerance for one in found.promised(as_of)] or [0]
    return Metrics(
        as_of=as_of,
        baseline=baseline,
        slips=slips(found, as_of),
        on_time_due=on_time_due(found, as_of, tolerance),
        on_time_completed=on_time_completed(found, as_of, tolerance),
        reforecasts=reforecasts(found, as_of),
        dropped=dropped(found, as_of),
        added=added(found, as_of),
        stale=stale(found, as_of),
        stood_stale=stood_stale(found, as_of),
        told=told_late(found, as_of),
        earned=earned(found, as_of),
        tolerance=(min(grace), max(grace)),
    )


def histories(unit: Unit, project_id: str) -> dict[int, History]:
    """The history that a project's rows hold, against each of its baselines by number; none without a baseline."""
    tolerances = {row.id: row.tolerance for row in milestone_rows(unit, project_id)}
    about = project(unit, project_id)
    promised: dict[int, list[Promise]] = {}
    for number, name, day, weight in unit.session.execute(_PROMISES, {"project": project_id}):
        promised.setdefault(number, []).append(Promise(name, day, weight, tolerances.get(name, 0)))
    if not promised:
        return {}
    facts = tuple(Fact(*row) for row in unit.session.execute(_FACTS, {"project": project_id}))
    claimed = told(unit, about)
    return {number: History(about.began_on, tuple(one), facts, claimed) for number, one in promised.items()}


def history(unit: Unit, project_id: str, *, baseline: int | None = 0) -> History | None:
    """The history that a project's rows hold, with the promises of one baseline (None: the newest); None without it."""
    found = histories(unit, project_id)
    return found.get(max(found, default=0) if baseline is None else baseline)


def recorded_history(name: str = "python-3.13") -> History:
    """A history that comes with the program, by the name of its file."""
    return from_csv((HISTORIES / f"{name}.csv").read_text(encoding="utf-8"))


def update_compliance(unit: Unit, about: Project, as_of: date) -> OnTime:
    """Updates that came on time, of those due: one for each person and period. What is missed is counted."""
    before = instant(as_of + timedelta(days=1), time(0), about.zone)
    first = (
        select(func.min(UpdateRow.id))
        .where(UpdateRow.project == about.id, UpdateRow.at < before)
        .group_by(UpdateRow.period, UpdateRow.person)
    )
    rows = unit.session.execute(select(UpdateRow.late, UpdateRow.missed).where(UpdateRow.id.in_(first))).all()
    return OnTime(sum(not late and not missed for late, missed in rows), len(rows))


def held_reviews(unit: Unit, project_id: str, until: datetime | None = None) -> Sequence[MeetingRow]:
    """The reviews that were held, the first one first. Those without a quorum are not among them."""
    query = select(MeetingRow).where(MeetingRow.project == project_id, MeetingRow.state == "held")
    if until is not None:
        query = query.where(MeetingRow.scheduled_at <= until)
    return list(unit.session.scalars(query.order_by(MeetingRow.scheduled_at)))


def _gap(unit: Unit, about: Project, as_of: date) -> int | None:
    if about.started_at is None:
        return None
    ends = [about.day(about.started_at), *(about.day(row.scheduled_at) for row in held_reviews(unit, about.id)), as_of]
    ordered = sorted(day for day in ends if day <= as_of)
    return max((b - a).days for a, b in pairwise(ordered)) if len(ordered) > 1 else 0


def outlook_of(unit: Unit, project_id: str, found: History, as_of: date) -> Outlook:
    """When the rest of a project will be reached, by its own slips and those of closed projects."""
    return outlook(found, as_of, reference(unit, project_id, as_of))


def reference(unit: Unit, project_id: str, as_of: date) -> list[int]:
    """The slips, in calendar days, of what other projects had reached, and closed with, by a day: the reference class.

    Against their first baselines; what was reached before such a baseline was frozen promised nothing.
    """
    query = (
        select(MilestoneRow.actual, BaselineRow.date, ProjectRow.closed_at, ProjectRow.zone)
        .join(ProjectRow, ProjectRow.id == MilestoneRow.project)
        .join(
            BaselineRow,
            (BaselineRow.project == MilestoneRow.project)
            & (BaselineRow.milestone == MilestoneRow.id)
            & (BaselineRow.number == 0),
        )
        .where(
            ProjectRow.status == "closed",
            ProjectRow.closed_at.is_not(None),
            MilestoneRow.project != project_id,
            MilestoneRow.dropped_on.is_(None),
            MilestoneRow.actual.is_not(None),
            MilestoneRow.actual >= BaselineRow.frozen_on,
            MilestoneRow.actual <= as_of,
        )
    )
    return [
        (actual - promised).days
        for actual, promised, closed_at, zone in unit.session.execute(query)
        if day_of(closed_at, zone) <= as_of
    ]
