"""Steps of the parent process: a project comes under the SOP, begins on its baseline, and is closed."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import engine
from engine import Work
from processes.baselines import approved_plan
from processes.calendar import instant, iso
from processes.closures import signed_closure
from processes.errors import StepRefused
from processes.plan import has_baseline
from processes.projects import Project, project, project_row
from processes.writing import Writing

MORNING = time(8)
"""When the week begins for people who track progress, in the project's zone."""


def opened(work: Work) -> dict[str, Any]:
    """Set the cadence: updates are called for on Mondays at 08:00, reviews some days after the start, then monthly."""
    about = project(work.unit, work.subject)
    row = project_row(work.unit, work.subject)
    if row.status == "closed":
        raise StepRefused("This project is closed.")
    Writing.of(work).change(row, status="planning")
    return {**_weekly(about), **_review(about), "zone": about.zone}


def begin(work: Work) -> dict[str, Any]:
    """Record the start of the project. Raises ApprovalMissing or StepRefused without an approved baseline (5.1b)."""
    row = project_row(work.unit, work.subject)
    if row.status == "running":
        raise StepRefused("This project has begun already.")
    if not has_baseline(work.unit, work.subject):
        raise StepRefused("A project begins only when its milestones have been set and approved (clause 5.1b).")
    approved_plan(work.unit, work.subject)
    Writing.of(work).change(row, status="running", started_at=work.unit.clock())
    about = project(work.unit, work.subject)
    return {**_weekly(about), **_review(about)}


def closed(work: Work) -> None:
    """Close the project: work of its other processes that is still open is cancelled, with the reason."""
    row = project_row(work.unit, work.subject)
    running = engine.instances(work.unit, subjects=[work.subject], status="running", limit=1000)
    for one in running:
        if one.id != work.instance:
            engine.cancel(work.unit, one.id, engine.THE_SYSTEM, "The project was closed.")
    Writing.of(work).change(row, status="closed", closed_at=work.unit.clock())


def ended(work: Work) -> None:
    """Close a project that has run. Raises StepRefused and ApprovalMissing before its closure is signed (clause 7a)."""
    signed_closure(work.unit, work.subject)
    closed(work)


def _weekly(about: Project) -> dict[str, str]:
    day = about.day(about.registered_at)
    monday = day - timedelta(days=day.weekday())
    return {"weekly_anchor": iso(instant(monday, MORNING, about.zone)), "weekly_step": "P7D"}


def _review(about: Project) -> dict[str, str]:
    """Reviews are called for ahead of the month that may lie between two of them, and on a working day at first."""
    start = about.day(about.started_at or about.registered_at)
    day = start + timedelta(days=about.settings.review_after_days)
    while not about.calendar.is_working(day):
        day -= timedelta(days=1)
    return {"review_anchor": iso(instant(day, MORNING, about.zone)), "review_step": about.settings.review_step}


STEPS = {"project.open": opened, "project.begin": begin, "project.close": closed, "project.end": ended}
