"""The Progress Tracking Log of one period: what was reported, what is missing, and the project manager's release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine import Draft, Field, Section, Table, Unit, Work, content_of, names
from processes.calendar import iso, zone_of
from processes.log import LogEntry, entries
from processes.projects import Project, project
from processes.reviews import local_time
from processes.tables import ReturnRow
from processes.updates import Update, period_of, updates
from processes.vocabulary import CAUSE_WORDS, KIND_WORDS, PROGRESS, RECORD_TITLES, STATUS_WORDS

CLAUSES = ("5.2b", "5.2c", "5.2d", "4.PM1", "4.PT1", "6b")


def progress_log(work: Work) -> Draft:
    """The log of the period that the instance is about."""
    unit, period = work.unit, period_of(work.unit, work.instance)
    about = project(unit, work.subject)
    lines = updates(unit, work.subject, period.period)
    logged = entries(unit, work.subject, period=period.period, current=True)
    comment = str((work.answers or {}).get("comment") or "").strip()
    head = [
        Field("Project", about.title),
        Field("Week", period.period),
        Field("Updates due", local_time(about, period.due_at)),
        Field("Checked by", work.who),
        Field("Remark", comment or None),
    ]
    sections = [
        Section("Period", head),
        Section("Milestones", table=_milestones(lines, names(unit, {one.by for one in lines}), about.zone)),
        *_returned(unit, work.subject, period.period, about),
        Section("Log of achievements and setbacks", table=_log(logged, names(unit, {one.by for one in logged}))),
        Section("Missing updates", text="; ".join(sorted({one.name for one in lines if one.missed})) or "None."),
    ]
    data = {
        "period": period.period,
        "due_at": period.due_at.isoformat(),
        "updates": [_plain(one) for one in lines],
        "log": [{"id": one.id, "kind": one.kind, "milestone": one.milestone, "by": one.by, "corrects": one.corrects}
                for one in logged],
    }
    title = f"{RECORD_TITLES[PROGRESS]} {period.period}: {about.title}"
    return Draft(PROGRESS, work.subject, title, content_of(sections, data), period.period, CLAUSES)


def _milestones(lines: list[Update], printed: Mapping[str, str], zone: str) -> Table:
    columns = ["Milestone", "Name", "Reported for", "By", "At", "Status", "Percent", "Forecast", "Reached", "Came"]
    rows = [
        [one.milestone, one.milestone_name, one.name, printed.get(one.by, one.by),
         f"{one.at.astimezone(zone_of(zone)):%Y-%m-%d %H:%M}", STATUS_WORDS.get(one.status, one.status), one.percent,
         one.forecast, one.actual, "not at all" if one.missed else "late" if one.late else "on time"]
        for one in lines
    ]  # fmt: skip
    return Table(columns, rows)


def _plain(one: Update) -> dict[str, Any]:
    return {
        "milestone": one.milestone,
        "person": one.person,
        "by": one.by,
        "at": iso(one.at),
        "status": one.status,
        "percent": one.percent,
        "forecast": one.forecast.isoformat() if one.forecast else None,
        "actual": one.actual.isoformat() if one.actual else None,
        "late": one.late,
        "missed": one.missed,
    }


def _returned(unit: Unit, project_id: str, period: str, about: Project) -> list[Section]:
    """Which updates were sent back for correction, by whom and why; nothing where none was."""
    query = select(ReturnRow).where(ReturnRow.project == project_id, ReturnRow.period == period).order_by(ReturnRow.id)
    rows = list(unit.session.scalars(query))
    printed = names(unit, {one for row in rows for one in (row.person, row.by)})
    lines = [[printed[row.person], printed[row.by], row.comment, local_time(about, row.at)] for row in rows]
    table = Table(["Whose update", "By", "What was to be corrected", "At"], lines)
    return [Section("Sent back for correction", table=table)] if rows else []


def _log(logged: list[LogEntry], printed: Mapping[str, str]) -> Table:
    columns = [
        "On", "Entered (UTC)", "By", "Kind", "Milestone", "What", "Cause", "Impact (days)", "For", "Corrects",
    ]  # fmt: skip
    rows = [
        [one.event_on, one.entered_at.strftime("%Y-%m-%d %H:%M"), printed.get(one.by, one.by),
         KIND_WORDS.get(one.kind, one.kind), one.milestone, one.text, CAUSE_WORDS.get(one.cause, one.cause),
         one.impact_days, one.name, "an earlier entry" if one.corrects else ""]
        for one in logged
    ]  # fmt: skip
    return Table(columns, rows)
