"""What forms show and begin with, by name: tables of what is known, and initial values of what is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

import engine
from engine import Record, Work, names
from processes.amendment import NEEDS
from processes.approvals import required
from processes.calendar import add_months, zone_of
from processes.log import entries
from processes.people import everybody, holders
from processes.performance import held_reviews
from processes.plan import plan, planned
from processes.plan_check import plan_faults
from processes.projects import project
from processes.records.change import TEXTS, change_lines
from processes.responses import responses
from processes.reviews import actions, to_review
from processes.tables import ChangeRow, MeetingRow, PeriodRow
from processes.updates import expected, updates
from processes.vocabulary import CHANGE, MINUTES, PLAN, TEAM

TABLES = frozenset(
    "my_milestones plan_remarks approvals updates entries missed metrics trend report actions_open minutes_remarks"
    " change_remarks change_lines".split()
)
"""Tables that a form may show."""

VALUES = frozenset(
    "today project_title period last_review review_by plan review minutes change milestones_open"
    " milestones_review".split()
)
"""Texts that a form may show, and initial values that it may begin with."""


def context(work: Work) -> dict[str, Any]:
    """The values for the task at work; those of other processes are empty."""
    about = project(work.unit, work.subject)
    found: dict[str, Any] = {name: [] for name in TABLES}
    found |= {"today": about.day(work.unit.clock()).isoformat(), "project_title": about.title}
    maker = _BY_PROCESS.get(work.process)
    return found | (maker(work) if maker else {})


def _setup(work: Work) -> dict[str, Any]:
    """The plan as it was handed in last, what was said to it, and what one owner is asked to accept."""
    record = engine.current(work.unit, PLAN, work.subject)
    if record is None:
        return {"plan": {"purpose": project(work.unit, work.subject).purpose, "tools": ""}}
    rows = planned(record)
    return {
        "plan": {"purpose": record.data["purpose"], "tools": record.data["tools"], "milestones": rows},
        "my_milestones": [row for row in rows if row["owner"] == work.key and not row["actual"]],
        "plan_remarks": _plan_remarks(work, record, rows),
        "approvals": _approvals(work, record),
    }


def _plan_remarks(work: Work, record: Record, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    found = []
    for said in plan_faults(rows, owners=holders(work.unit, work.subject, TEAM)):
        milestone, _, remark = said.partition(": ")
        found.append({"name": "Check", "milestone": milestone, "remark": remark})
    answers = responses(work.unit, work.subject, "ownership", "", record.sha256)
    printed = names(work.unit, {one.person for one in answers})
    for one in answers:
        if one.decision != "accepted":
            own = " ".join(row["id"] for row in rows if row["owner"] == one.person)
            wish = f" Could accept {one.proposed.isoformat()}." if one.proposed else ""
            found.append({"name": printed[one.person], "milestone": own, "remark": f"{one.comment}{wish}"})
    objections = [one for one in engine.signatures(work.unit, record.id) if one.meaning == "rejected"]
    return found + [{"name": one.name, "milestone": "", "remark": one.comment} for one in objections]


def _approvals(work: Work, record: Record) -> list[dict[str, str]]:
    """Who was asked to sign this revision, and what each has answered so far."""
    asked = required(work.unit, record)
    decided = {one.person: one for one in engine.signatures(work.unit, record.id) if one.person in asked and one.valid}
    printed = names(work.unit, asked)
    zone = zone_of(project(work.unit, work.subject).zone)
    return [
        {
            "name": printed[person],
            "decision": decided[person].meaning if person in decided else "no answer",
            "at": f"{decided[person].at.astimezone(zone):%Y-%m-%d %H:%M}" if person in decided else "",
        }
        for person in asked
    ]


def _update(work: Work) -> dict[str, Any]:
    """What the person reports on, with last week's values; for the manager, what came and what is missing."""
    query = select(PeriodRow).where(PeriodRow.instance == work.instance)
    period = work.unit.session.scalars(query).first()
    if period is None:
        return {}
    asked = [] if work.key is None else expected(work.unit, work.subject, period.period, work.key)
    lines = [
        {
            "milestone": row.id,
            "name": row.name,
            "status": row.status,
            "forecast": row.forecast.isoformat(),
            "actual": row.actual.isoformat() if row.actual else None,
            "percent": row.percent,
        }
        for row in asked
    ]
    return {"period": period.period, "milestones_open": lines, **_reported(work, period)}


def _reported(work: Work, period: PeriodRow) -> dict[str, Any]:
    known = updates(work.unit, work.subject, period.period)
    targets = {one.id: one.target for one in plan(work.unit, work.subject).milestones}
    came = [
        {
            "milestone": one.milestone,
            "name": one.milestone_name,
            "person": one.name,
            "status": one.status,
            "forecast": one.forecast.isoformat() if one.forecast else "",
            "change": f"{(one.forecast - targets[one.milestone]).days:+d}" if one.forecast else "",
            "late": "late" if one.late else "",
        }
        for one in known
        if not one.missed
    ]
    gone = [{"milestone": one.milestone, "name": one.milestone_name, "person": one.name} for one in known if one.missed]
    logged = [
        {"kind": one.kind, "milestone": one.milestone or "", "text": one.text, "person": one.name}
        for one in entries(work.unit, work.subject, period=period.period, current=True)
    ]
    return {"updates": came, "missed": gone, "entries": logged}


def _review(work: Work) -> dict[str, Any]:
    """When the next review must be held; the figures and the report of the data cut; what was said to it."""
    unit, about = work.unit, project(work.unit, work.subject)
    held = held_reviews(unit, work.subject)
    since = about.day(held[-1].scheduled_at) if held else about.began_on
    found: dict[str, Any] = {
        "last_review": since.isoformat() if held else f"none; the project began on {since.isoformat()}",
        "review_by": add_months(since, 1).isoformat(),
        "milestones_review": to_review(unit, work.subject),
        "review": {"invitees": list(everybody(unit, work.subject))},
        "actions_open": [
            {"id": one.id, "text": one.text, "owner": one.owner_name, "due": one.due.isoformat()}
            for one in actions(unit, work.subject, open_only=True)
        ],
    }
    query = select(MeetingRow).where(MeetingRow.instance == work.instance).order_by(MeetingRow.sequence.desc())
    row = unit.session.scalars(query.limit(1)).first()
    return found | (_meeting(work, row) if row else {})


def _meeting(work: Work, row: MeetingRow) -> dict[str, Any]:
    cut = row.cut or {}
    record = engine.current(work.unit, MINUTES, work.subject, row.id)
    held = record is not None and record.data["held"]
    said = responses(work.unit, work.subject, "minutes" if held else "report", row.id)
    printed = names(work.unit, {one.person for one in said})
    text = {name: record.data[name] for name in ("text", "plan_statement", "next_meeting")} if record and held else {}
    return {
        "review": {"place": row.place, "agenda": row.agenda, "invitees": row.invitees},
        "metrics": cut.get("metrics", []),
        "trend": cut.get("trend", []),
        "report": cut.get("report", []),
        "minutes": text,
        "minutes_remarks": [
            {"name": printed[one.person], "decision": one.decision, "comment": one.comment} for one in said
        ],
    }


def _change(work: Work) -> dict[str, Any]:
    """The change as it was described last, with what the approvers said to it."""
    query = select(ChangeRow).where(ChangeRow.instance == work.instance)
    row = work.unit.session.scalars(query).first()
    record = engine.current(work.unit, CHANGE, work.subject, row.id) if row else None
    if record is None:
        return {}
    data = record.data
    known = {name: data[name] for name in (*TEXTS, "cause", "urgency", "resources", "scope")}
    items = [
        {
            "action": one["action"],
            **{name: one[name] for name in NEEDS[one["action"]]},
        }
        for one in data["items"]
    ]
    lines = [
        {"milestone": milestone, "field": field if action != "drop" else "taken out", "old": old, "new": new}
        for action, milestone, field, old, new in change_lines(work.unit, data["items"])
    ]
    return {"change": {**known, "items": items}, "change_lines": lines, "change_remarks": _change_remarks(work, record)}


def _change_remarks(work: Work, record: Record) -> list[dict[str, str]]:
    against = {one.task: one for one in engine.signatures(work.unit, record.id) if one.meaning == "rejected"}
    said = {
        one.task: str(one.answers.get("decision"))
        for one in engine.submissions(work.unit, work.instance)
        if one.task in against
    }
    found = [
        {"name": one.name, "decision": said.get(task, one.meaning), "comment": one.comment}
        for task, one in against.items()
    ]
    now = plan(work.unit, work.subject)
    if (now.revision, now.sha256) != (record.data["base_revision"], record.data["base_sha256"]):
        sentence = f"The plan has moved on to revision {now.revision}. Adapt the change to it."
        found.append({"name": "Check", "decision": "", "comment": sentence})
    return found


_BY_PROCESS: Mapping[str, Callable[[Work], dict[str, Any]]] = {
    "milestone-setup": _setup,
    "weekly-update": _update,
    "review-cycle": _review,
    "change-approval": _change,
}
