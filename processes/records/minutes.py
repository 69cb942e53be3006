"""The Meeting Agenda and Minutes: first agenda and status report, then, after the review, the minutes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

import engine
from engine import Draft, Field, Record, Section, Table, Unit, Work, content_of, names
from processes.errors import StepRefused
from processes.people import role_of
from processes.projects import Project, project
from processes.quorum import rule_words
from processes.records import held as said_there
from processes.reviews import local_time, of_instance
from processes.tables import MeetingMoveRow, MeetingRow
from processes.vocabulary import MINUTES, RECORD_TITLES, REVIEW
from processes.writing import digest

CLAUSES = ("5.3a", "5.3b", "5.3c", "5.3d", "5.4a", "5.4b", "5.4c", "5.4d", "4.PM2", "6c")

ALONE = (
    "Nobody took part in this review but the one who wrote these minutes. Whoever confirms them confirms their own."
)
"""Flagged where one person holds all roles: allowed, and to be seen."""


def minutes(work: Work) -> Draft:
    """The record of the meeting that the instance is about, as far as it is. Raises StepRefused without a data cut.

    It is composed four times: as status report, as what is put to the stakeholders in writing (if that is done), as
    draft of the minutes, and as the minutes that the manager confirms, with what the attendees said to the draft.
    """
    unit, answers = work.unit, work.answers or {}
    row = of_instance(unit, work.instance)
    if row.cut is None:
        raise StepRefused("The data for this review have not been cut yet.")
    about, before = project(unit, work.subject), engine.current(unit, MINUTES, work.subject, row.id)
    said = _said(answers, before)
    sections = [
        _meeting(unit, about, row), *_way(unit, about, row), _agenda(row), *_report(row.cut),
        Section("Note to the readers", text=said["note"] or "None."),
    ]  # fmt: skip
    data: dict[str, Any] = {
        "meeting": row.id, "scheduled_at": row.scheduled_at.isoformat(), "cut_sha256": digest(row.cut),
        "report": row.cut["report"], "held": False, "note": said["note"],
    }  # fmt: skip
    if row.held is not None:
        sections += said_there.sections(work, about, row, row.held, said, before)
        data |= {
            "attendees": row.attendees, "apologies": row.apologies, "lines": row.held["lines"], "quorum": row.quorum,
            "course": row.course, "decisions": row.held["decisions"], "actions": row.held["actions"], **said,
            "held": bool(said["text"]),
        }  # fmt: skip
        if said["text"] and set(row.attendees or ()) <= {work.whose}:
            sections.append(Section("Self-confirmed", text=ALONE))
            data["self_confirmed"] = True
    title = f"{RECORD_TITLES[MINUTES]} {row.id}: {about.title}"
    return Draft(MINUTES, work.subject, title, content_of(sections, data), row.id, CLAUSES)


def _said(answers: Mapping[str, Any], before: Record | None) -> dict[str, Any]:
    """What the manager wrote, now or in the revision before: with report, question and draft, and in confirming."""
    known: Mapping[str, Any] = before.data if before else {}
    asking, drafting, drafted = "until" in answers, "text" in answers, bool(known.get("text"))
    given = answers if drafting else known
    told = str(answers.get("note") or "").strip()
    return {
        "note": str(known.get("note") or "") if asking or drafting or drafted else told,
        "question": told if asking else str(known.get("question") or ""),
        "text": str(given.get("text") or ""),
        "plan_statement": given.get("plan_statement"),
        "next_meeting": given.get("next_meeting") or None,
        "remark": told if drafted and not (asking or drafting) else "",
    }


def _meeting(unit: Unit, about: Project, row: MeetingRow) -> Section:
    printed = names(unit, {row.called_by, *row.invitees})
    review = engine.current(unit, REVIEW, about.id, row.id)
    sent = local_time(about, row.distributed_at) if row.distributed_at else None
    return Section(
        "Meeting",
        [
            Field("Project", about.title),
            Field("Meeting", row.id),
            Field("When", local_time(about, row.scheduled_at)),
            Field("Where", row.place),
            Field("Called by", printed[row.called_by]),
            Field("Invited", people(unit, about.id, row.invitees, printed)),
            Field("Quorum", rule_words(about)),
            Field("Data as of", row.cut["as_of"] if row.cut else None),
            Field("Status report sent", sent),
            Field("Performance review (SHA-256)", review.sha256 if review else None),
        ],
    )


def people(unit: Unit, project_id: str, whom: Collection[str], printed: Mapping[str, str]) -> str:
    """People by name with their roles, in one line."""
    return "; ".join(f"{printed[one]} ({role_of(unit, project_id, one) or 'guest'})" for one in whom) or "nobody"


REPORTS = {
    "kept": "stays the one to read, with its data as they were",
    "anew": "is made anew",
    "none": "had not gone out",
}


def _way(unit: Unit, about: Project, row: MeetingRow) -> list[Section]:
    """How the review came to this date: what was moved, repeated or called off before; nothing where nothing was."""
    earlier = list(
        unit.session.scalars(
            select(MeetingRow).where(MeetingRow.instance == row.instance, MeetingRow.sequence <= row.sequence)
        )
    )
    query = select(MeetingMoveRow).where(
        MeetingMoveRow.project == row.project, MeetingMoveRow.meeting.in_([one.id for one in earlier])
    )
    moves = list(unit.session.scalars(query.order_by(MeetingMoveRow.id)))
    printed = names(unit, {one.by for one in moves})
    rows = [
        [one.meeting, local_time(about, one.from_at), local_time(about, one.to_at) if one.to_at else "called off",
         one.text, REPORTS[one.report], f"{printed[one.by]}, {local_time(about, one.at)}"]
        for one in moves
    ]  # fmt: skip
    failed = [f"{one.id}: {local_time(about, one.scheduled_at)}, no quorum" for one in earlier if one.id != row.id
              and one.quorum is False]  # fmt: skip
    found = [Section("Meetings before this one that failed", text="\n".join(failed))] if failed else []
    if rows:
        columns = ["Meeting", "From", "To", "Why", "The status report", "By"]
        found.append(Section("Moved or called off", table=Table(columns, rows)))
    return found


def _agenda(row: MeetingRow) -> Section:
    """The agenda as it was sent out, with what is carried over from earlier reviews."""
    cut = row.cut or {}
    over = [
        ("Open action items", [one["id"] for one in cut["actions"]]),
        ("Open changes", [one["id"] for one in cut["changes"]]),
        ("Changes decided since the last review", [one["id"] for one in cut.get("decided", ())]),
    ]
    lines = [f"Carried over. {title}: {', '.join(found)}" for title, found in over if found]
    return Section("Agenda", text="\n".join([row.agenda, *lines]))


STATUS = {
    "milestone": "Milestone", "name": "Name", "owner": "Owner", "baseline": "Baseline", "target": "Target",
    "previous": "Forecast before", "forecast": "Forecast", "change": "Days", "status": "Status", "rating": "Rating",
    "why": "Why",
}  # fmt: skip
ACCEPTED = {"milestone": "Milestone", "name": "Name", "met_on": "Criterion met on", "claim": "Claim",
            "evidence": "Evidence", "link": "Where it can be seen"}  # fmt: skip
ENTRIES = {"on": "On", "kind": "Kind", "milestone": "Milestone", "text": "What", "by": "By"}
ACTIONS = {"id": "Action", "text": "What", "owner": "Owner", "due": "Due", "status": "State"}
CHANGES = {"id": "Change", "status": "State", "raised_by": "Raised by", "reason": "Reason"}
DECIDED = {"id": "Change", "status": "State", "source": "Comes from", "reason": "Reason"}


def _report(cut: Mapping[str, Any]) -> list[Section]:
    """The status report, from the data cut alone."""
    troubles = [one for one in cut["log"] if one["kind"] in ("blocker", "help", "setback")]
    return [
        Section("Status of the milestones", table=_table(STATUS, cut["report"])),
        _or_none("Accepted as complete since the last report", ACCEPTED, cut.get("accepted", ())),
        _or_none("Blockers, setbacks and help asked for since the last report", ENTRIES, troubles),
        _or_none("Open actions", ACTIONS, cut["actions"]),
        _or_none("Open changes", CHANGES, cut["changes"]),
        _or_none("Changes decided since the last review", DECIDED, cut.get("decided", ())),
    ]


def _or_none(heading: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Section:
    return Section(heading, table=_table(columns, rows)) if rows else Section(heading, text="None.")


def _table(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
    return Table(list(columns.values()), [[row.get(name, "") for name in columns] for row in rows])
