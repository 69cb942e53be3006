"""The Progress Tracking Log of one period: what was reported, what is missing, and the project manager's release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Draft, Field, Section, Table, Work, content_of, names
from processes.calendar import iso, zone_of
from processes.log import LogEntry, entries
from processes.projects import project
from processes.reviews import local_time
from processes.updates import Update, period_of, updates
from processes.vocabulary import KIND_WORDS, PROGRESS, RECORD_TITLES, STATUS_WORDS

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
        Section("Log of achievements and setbacks", table=_log(logged)),
        Section("Missing updates", text="; ".join(sorted({one.name for one in lines if one.missed})) or "None."),
    ]
    data = {
        "period": period.period,
        "due_at": period.due_at.isoformat(),
        "updates": [_plain(one) for one in lines],
        "log": [{"id": one.id, "kind": one.kind, "milestone": one.milestone} for one in logged],
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


def _log(logged: list[LogEntry]) -> Table:
    columns = ["On", "Entered (UTC)", "Kind", "Milestone", "What", "Cause", "Impact (days)", "For"]
    rows = [
        [one.event_on, one.entered_at.strftime("%Y-%m-%d %H:%M"), KIND_WORDS.get(one.kind, one.kind), one.milestone,
         one.text, one.cause, one.impact_days, one.name]
        for one in logged
    ]  # fmt: skip
    return Table(columns, rows)
