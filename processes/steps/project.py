"""Steps of the parent process: a project comes under the SOP, begins on its baseline, is held, and is closed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

import engine
from engine import Instance, Unit, Work
from processes.baselines import approved_plan
from processes.calendar import instant, iso
from processes.closures import signed_closure
from processes.communication import tell
from processes.errors import StepRefused
from processes.gaps import write_gap
from processes.holds import HELD, holds
from processes.plan import has_baseline
from processes.projects import Project, project, project_row
from processes.revisions import in_force
from processes.tables import HoldRow, MeetingRow
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
    return {**_weekly(about), **_review(work.unit, about), "zone": about.zone}


def begin(work: Work) -> dict[str, Any]:
    """Record the start of the project. Raises ApprovalMissing or StepRefused without an approved baseline (5.1b)."""
    row = project_row(work.unit, work.subject)
    if row.status == "running":
        raise StepRefused("This project has begun already.")
    if not has_baseline(work.unit, work.subject):
        raise StepRefused("A project begins only when its milestones have been set and approved (clause 5.1b).")
    approved_plan(work.unit, work.subject)
    before = project(work.unit, work.subject)
    if before.settings.sop_approval == "required" and in_force(work.unit).approver is None:
        raise StepRefused("Nobody has approved the SOP, and this project asks for that. Have it approved, then retry.")
    Writing.of(work).change(row, status="running", started_at=work.unit.clock())
    about = project(work.unit, work.subject)
    _late_start(work, about)
    return {**_weekly(about), **_review(work.unit, about)}


def _late_start(work: Work, about: Project) -> None:
    """A gap where the planned start counts and has passed; a project that was entered late has declared it itself."""
    today = about.day(work.unit.clock())
    entered_late = about.planned_start <= about.day(about.registered_at)
    if about.settings.initiation == "planned start" and today > about.planned_start and not entered_late:
        text = f"The baseline was approved on {today}, after the planned start {about.planned_start}."
        write_gap(work, "late-start", "plan", text)


def cadence(work: Work) -> dict[str, Any]:
    """Set the cadence anew, by the settings as they are now; after a hold reviews are called for as after a start."""
    about = project(work.unit, work.subject)
    return {**_weekly(about), **_review(work.unit, about)}


def held(work: Work) -> dict[str, Any]:
    """Put the project on hold: updates and reviews that are under way end, everything else is due later.

    An update that ends like this was not missed, and a review that was not held yet is called for anew afterwards.
    """
    said, unit, writing = work.call.data["message"], work.unit, Writing.of(work)
    row = project_row(unit, work.subject)
    until, before = datetime.fromisoformat(said["until"]), datetime.fromisoformat(said["before"])
    hold = holds(unit, work.subject)[-1]
    for one in _others(work):
        if row.status != HELD and _stops(work, one):
            engine.cancel(unit, one.id, engine.THE_SYSTEM, f"The project is on hold: {hold.reason}")
        else:
            engine.defer(unit, one.id, until - before, engine.THE_SYSTEM, f"The project is on hold: {hold.reason}")
    writing.change(row, status=HELD)
    tell(writing, "on-hold", key=project(unit, work.subject).day(until).isoformat())
    return {"hold_until": said["until"]}


def _stops(work: Work, one: Instance) -> bool:
    """Whether an instance ends when its project is put on hold: it is about a time that will be over by then."""
    if one.process == "weekly-update":
        return True
    if one.process != "review-cycle":
        return False
    query = select(MeetingRow).where(MeetingRow.instance == one.id).order_by(MeetingRow.sequence.desc()).limit(1)
    meeting = work.unit.session.scalars(query).first()
    if meeting is None or meeting.held:
        return meeting is None
    Writing.of(work).change(meeting, state="cancelled")
    return True


def resumed(work: Work) -> None:
    """Let the project go on: what was due later by the whole hold comes sooner if the hold ended sooner."""
    unit, writing = work.unit, Writing.of(work)
    row = unit.session.get_one(HoldRow, (work.subject, holds(unit, work.subject)[-1].id))
    if row.ended_at is None:
        writing.change(row, ended_at=unit.clock(), ended_by=writing.by.person, remark="Its time was over.")
    if (sooner := min(row.ended_at or row.until, row.until) - row.until) < timedelta(0):
        for one in _others(work):
            engine.defer(unit, one.id, sooner, engine.THE_SYSTEM, "The project goes on before its hold was over.")
    writing.change(project_row(unit, work.subject), status="running")
    unit.session.flush()
    tell(writing, "resumed", key=row.id)


def _others(work: Work) -> list[Instance]:
    """The running instances of the project besides the one at work."""
    found = engine.instances(work.unit, subjects=[work.subject], status="running", limit=1000)
    return [one for one in found if one.id != work.instance]


def closed(work: Work) -> None:
    """Close the project: work of its other processes that is still open is cancelled, with the reason."""
    row = project_row(work.unit, work.subject)
    for one in _others(work):
        engine.cancel(work.unit, one.id, engine.THE_SYSTEM, "The project was closed.")
    Writing.of(work).change(row, status="closed", closed_at=work.unit.clock())


def ended(work: Work) -> None:
    """Close a project that has run. Raises StepRefused and ApprovalMissing before its closure is signed (clause 7a)."""
    signed_closure(work.unit, work.subject)
    closed(work)


def _weekly(about: Project) -> dict[str, str]:
    day = about.day(about.registered_at)
    monday = day - timedelta(days=day.weekday())
    step = f"P{7 * about.settings.update_weeks}D"
    return {"weekly_anchor": iso(instant(monday, MORNING, about.zone)), "weekly_step": step}


def _review(unit: Unit, about: Project) -> dict[str, str]:
    """Reviews are called for ahead of the month that may lie between two of them, and on a working day at first."""
    ended = [one.ended_at for one in holds(unit, about.id) if one.ended_at is not None]
    start = about.day(max([about.started_at or about.registered_at, *ended]))
    day = start + timedelta(days=about.settings.review_after_days)
    while not about.calendar.is_working(day):
        day -= timedelta(days=1)
    return {"review_anchor": iso(instant(day, MORNING, about.zone)), "review_step": about.settings.review_step}


STEPS = {
    "project.open": opened,
    "project.begin": begin,
    "project.cadence": cadence,
    "project.hold": held,
    "project.resume": resumed,
    "project.close": closed,
    "project.end": ended,
}
