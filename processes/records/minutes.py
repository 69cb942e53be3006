"""The Meeting Agenda and Minutes: first agenda and status report, then, after the review, the minutes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import engine
from engine import Draft, Field, Section, Table, Unit, Work, content_of, names
from processes.errors import StepRefused
from processes.people import role_of
from processes.projects import Project, project
from processes.responses import responses
from processes.reviews import local_time, of_instance
from processes.tables import MeetingRow, ResponseRow
from processes.vocabulary import MINUTES, RECORD_TITLES, REVIEW
from processes.writing import digest

CLAUSES = ("5.3a", "5.3b", "5.3c", "5.3d", "5.4a", "5.4b", "5.4c", "5.4d", "4.PM2", "6c")


def minutes(work: Work) -> Draft:
    """The record of the meeting that the instance is about, as far as it is. Raises StepRefused without a data cut."""
    unit, answers = work.unit, work.answers or {}
    row = of_instance(unit, work.instance)
    if row.cut is None:
        raise StepRefused("The data for this review have not been cut yet.")
    about = project(unit, work.subject)
    sections = [_meeting(unit, about, row), Section("Agenda", text=row.agenda), *_report(row.cut)]
    data: dict[str, Any] = {
        "meeting": row.id, "scheduled_at": row.scheduled_at.isoformat(), "cut_sha256": digest(row.cut),
        "report": row.cut["report"], "held": False,
    }  # fmt: skip
    if row.held is None:
        note = str(answers.get("note") or "").strip()
        sections.append(Section("Note to the readers", text=note or "None."))
    else:
        held = _held(unit, row, row.held, answers)
        sections += held
        data |= {
            "held": True, "attendees": row.attendees, "apologies": row.apologies, "lines": row.held["lines"],
            "decisions": row.held["decisions"], "actions": row.held["actions"],
            "text": str(answers.get("text") or ""),
            "plan_statement": answers.get("plan_statement"), "next_meeting": answers.get("next_meeting") or None,
        }  # fmt: skip
    title = f"{RECORD_TITLES[MINUTES]} {row.id}: {about.title}"
    return Draft(MINUTES, work.subject, title, content_of(sections, data), row.id, CLAUSES)


def _meeting(unit: Unit, about: Project, row: MeetingRow) -> Section:
    printed = names(unit, {row.called_by, *row.invitees})
    review = engine.current(unit, REVIEW, about.id, row.id)
    return Section(
        "Meeting",
        [
            Field("Project", about.title),
            Field("Meeting", row.id),
            Field("When", local_time(about, row.scheduled_at)),
            Field("Where", row.place),
            Field("Called by", printed[row.called_by]),
            Field("Invited", _people(unit, about.id, row.invitees, printed)),
            Field("Quorum", "half of the stakeholders" if about.settings.quorum == "half" else about.settings.quorum),
            Field("Data as of", row.cut["as_of"] if row.cut else None),
            Field("Performance review (SHA-256)", review.sha256 if review else None),
        ],
    )


def _people(unit: Unit, project_id: str, people: Collection[str], printed: Mapping[str, str]) -> str:
    return "; ".join(f"{printed[one]} ({role_of(unit, project_id, one) or 'guest'})" for one in people) or "nobody"


STATUS = {
    "milestone": "Milestone", "name": "Name", "owner": "Owner", "baseline": "Baseline", "target": "Target",
    "previous": "Forecast before", "forecast": "Forecast", "change": "Days", "status": "Status", "rating": "Rating",
    "why": "Why",
}  # fmt: skip
ENTRIES = {"on": "On", "kind": "Kind", "milestone": "Milestone", "text": "What", "by": "By"}
ACTIONS = {"id": "Action", "text": "What", "owner": "Owner", "due": "Due", "status": "State"}
CHANGES = {"id": "Change", "status": "State", "raised_by": "Raised by", "reason": "Reason"}


def _report(cut: Mapping[str, Any]) -> list[Section]:
    """The status report, from the data cut alone."""
    troubles = [one for one in cut["log"] if one["kind"] in ("blocker", "help", "setback")]
    return [
        Section("Status of the milestones", table=_table(STATUS, cut["report"])),
        Section("Blockers, setbacks and help asked for since the last report", table=_table(ENTRIES, troubles)),
        Section("Open actions", table=_table(ACTIONS, cut["actions"])),
        Section("Open changes", table=_table(CHANGES, cut["changes"])),
    ]


def _table(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
    return Table(list(columns.values()), [[row.get(name, "") for name in columns] for row in rows])


def _held(unit: Unit, row: MeetingRow, held: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Section]:
    """What the meeting itself adds to agenda and report."""
    inputs = responses(unit, row.project, "report", row.id)
    people = {*(row.attendees or ()), *(row.apologies or ()), *(one["decided_by"] for one in held["decisions"]),
              *(one["owner"] for one in held["actions"]), *(one.person for one in inputs)}  # fmt: skip
    printed = names(unit, people)
    statement = {"no-change": "The plan stays as it is.", "by-change-request": "The plan is revised by change request."}
    return [
        Section(
            "Attendance",
            [
                Field("Present", _people(unit, row.project, row.attendees or (), printed)),
                Field("Apologies", _people(unit, row.project, row.apologies or (), printed)),
                Field("Delegates", row.delegates or None),
                Field("Quorum met", bool(row.quorum)),
            ],
        ),
        Section("Input of the readers", table=_inputs(inputs, printed)),
        *_results(held, printed),
        Section("Minutes", text=str(answers.get("text") or "")),
        Section(
            "Next",
            [
                Field("Plan", statement.get(str(answers.get("plan_statement") or ""))),
                Field("Next meeting", answers.get("next_meeting") or None),
            ],
        ),
    ]


def _results(held: Mapping[str, Any], printed: Mapping[str, str]) -> list[Section]:
    """Milestones, items, decisions and actions; what there is none of is said to be none."""
    decided = [
        [one["text"], printed[one["decided_by"]], one["votes"], "yes" if one["needs_change"] else "no"]
        for one in held["decisions"]
    ]
    to_do = [[one["text"], printed[one["owner"]], one["due"], one["priority"]] for one in held["actions"]]
    lines = [[one["milestone"], one["outcome"], one["remark"]] for one in held["lines"]]
    items = [[one["kind"], one["text"], one["disposition"]] for one in held["items"]]
    return [
        Section("Review of the milestones", table=Table(["Milestone", "Outcome", "Remark"], lines)),
        _listed("Blockers, constraints and risks", ["Kind", "What", "What becomes of it"], items),
        _listed("Decisions", ["Decision", "Decided by", "Votes", "Leads to a change"], decided),
        _listed("Actions", ["Action", "Owner", "Due", "Priority"], to_do),
    ]


def _listed(heading: str, columns: list[str], rows: list[list[str]]) -> Section:
    return Section(heading, table=Table(columns, rows)) if rows else Section(heading, text="None.")


def _inputs(inputs: list[ResponseRow], printed: Mapping[str, str]) -> Table:
    said = {"commented": "commented", "no comment": "read, no comment", "not reviewed": "did not answer: not reviewed"}
    return Table(
        ["Reader", "Answer", "Comment"],
        [[printed[one.person], said.get(one.decision, one.decision), one.comment] for one in inputs],
    )
