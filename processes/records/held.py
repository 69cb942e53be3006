"""What a review meeting adds to its agenda and report: who got the report, who came, what was said and decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import engine
from engine import Field, Record, Section, Table, Unit, Work, names
from processes.communication import communications, mailed
from processes.people import role_of
from processes.projects import Project
from processes.quorum import Quorum
from processes.responses import responses
from processes.reviews import local_time
from processes.tables import MeetingRow, ResponseRow
from processes.vocabulary import MINUTES

PLAN_WORDS = {"no-change": "The plan stays as it is.", "by-change-request": "The plan is revised by change request."}
COURSE_WORDS = {
    "": "a meeting with a quorum",
    "reschedule": "no quorum: the meeting is repeated",
    "information": "no quorum: the meeting informed, and nothing was decided",
    "circulation": "no quorum: decisions were asked for in writing",
}
READ = {"commented": "commented", "no comment": "read, no comment", "not reviewed": "did not answer: not reviewed"}
ON_MINUTES = {
    "agree": "agrees",
    "correction": "asks for a correction",
    "silence": "did not answer: confirmed by silence, which holds for minutes only",
}
IN_WRITING = {"agree": "agrees", "disagree": "disagrees", "comment": "comments, and neither agrees nor disagrees"}


def sections(
    work: Work, about: Project, row: MeetingRow, held: Mapping[str, Any], said: Mapping[str, Any], before: Record | None
) -> list[Section]:
    """The sections after the report; the minutes themselves, comments and what is next once they are drafted."""
    unit, inputs = work.unit, responses(work.unit, row.project, "report", row.id)
    printed = names(unit, _people(row, held, inputs))
    found = [
        _distribution(unit, about, row),
        _attendance(work, row, printed),
        Section("Input of the readers", table=_inputs(about, inputs, printed)),
        *_results(row, held, printed, {one["milestone"]: one["name"] for one in (row.cut or {}).get("report", ())}),
    ]
    if said["question"]:
        found.append(Section("Asked in writing", text=said["question"]))
    if "answers" in held:
        found.append(_in_writing(about, held, printed))
    if said["text"]:
        taker = Field("Taken by", _taker(work))
        found += [Section("Minutes", [taker], text=said["text"]), *_comments(work, about, row, before)]
        next_ = [
            Field("Plan", PLAN_WORDS.get(str(said["plan_statement"] or ""))),
            Field("Next meeting", said["next_meeting"]),
        ]
        found.append(Section("Next", next_))
    if said["remark"]:
        found.append(Section("Note in confirming", text=said["remark"]))
    return found


def _taker(work: Work) -> str:
    """Who drafted the minutes: whoever does so now, or did it last."""
    if "text" in (work.answers or {}):
        return work.who
    drafted = [one for one in engine.submissions(work.unit, work.instance) if "text" in one.answers]
    taker = drafted[-1] if drafted else None
    return names(work.unit, [taker.person])[taker.person] if taker else work.who


def _people(row: MeetingRow, held: Mapping[str, Any], inputs: Collection[ResponseRow]) -> set[str]:
    return {
        *(row.attendees or ()), *(row.apologies or ()), *(row.entitled or ()), *(one.person for one in inputs),
        *(one["decided_by"] for one in held["decisions"]), *(one["owner"] for one in held["actions"]),
    }  # fmt: skip


def _distribution(unit: Unit, about: Project, row: MeetingRow) -> Section:
    """Who got the status report: when, through what, and whether it arrived."""
    mails = mailed(unit, about.id, row.instance or "", "report", row.id)
    rows = []
    for one in communications(unit, about.id, about="report", instance=row.instance):
        if one.key == row.id:
            role = role_of(unit, about.id, one.recipient) or "guest"
            rows.append([one.name, role, local_time(about, one.at), one.channel, one.result])
    named = {one.recipient: one.name for one in communications(unit, about.id, about="report", instance=row.instance)}
    for person, sent in sorted(mails.items()):
        for at, result in sent:
            when = local_time(about, datetime.fromisoformat(at))
            rows.append([named.get(person, person), role_of(unit, about.id, person) or "guest", when, "mail", result])
    table = Table(["Who", "Role", "When", "Channel", "Result"], rows)
    return Section("Distribution of the status report", _report_sent(unit, about, row), table)


def _report_sent(unit: Unit, about: Project, row: MeetingRow) -> list[Field]:
    """Which revision of this document went out as the status report, under which hash."""
    sent = [
        one
        for one in engine.revisions(unit, MINUTES, about.id, row.id)
        if row.distributed_at is not None and one.sealed_at <= row.distributed_at
    ]
    if not sent:
        return []
    return [Field("Status report: revision", sent[-1].revision), Field("Status report: SHA-256", sent[-1].sha256)]


def _attendance(work: Work, row: MeetingRow, printed: Mapping[str, str]) -> Section:
    unit = work.unit

    def listed(whom: Collection[str]) -> str:
        return "; ".join(f"{printed[one]} ({role_of(unit, row.project, one) or 'guest'})" for one in whom) or "nobody"

    entitled, came = tuple(row.entitled or ()), set(row.attendees or ())
    found = Quorum(entitled, tuple(one for one in entitled if one in came), row.needed or 1)
    return Section(
        "Attendance",
        [
            Field("Present", listed(row.attendees or ())),
            Field("Apologies", listed(row.apologies or ())),
            Field("Delegates", row.delegates or None),
            Field("Quorum met", bool(row.quorum)),
            Field("Present and entitled", found.words()),
            Field("Held as", COURSE_WORDS[row.course or ""]),
            *([Field("Why so", _why(work))] if row.course else []),
        ],
    )


def _why(work: Work) -> str | None:
    """The reason that the manager gave for going on like this without a quorum."""
    chosen = [one.answers for one in engine.submissions(work.unit, work.instance) if "course" in one.answers]
    return str(chosen[-1].get("why") or "") or None if chosen else None


def _results(
    row: MeetingRow, held: Mapping[str, Any], printed: Mapping[str, str], milestones: Mapping[str, str]
) -> list[Section]:
    """Milestones, items, decisions and actions; what there is none of is said to be none."""
    decided = [
        [number, one["text"], printed[one["decided_by"]], one["votes"], _standing(row, one),
         "yes" if one["needs_change"] else "no"]
        for number, one in enumerate(held["decisions"], start=1)
    ]  # fmt: skip
    to_do = [[one["text"], printed[one["owner"]], one["due"], one["priority"], "open"] for one in held["actions"]]
    lines = [
        [one["milestone"], milestones.get(one["milestone"], ""), one["outcome"], one["remark"]] for one in held["lines"]
    ]
    items = [[one["kind"], one["text"], one["disposition"]] for one in held["items"]]
    return [
        Section("Review of the milestones", table=Table(["Milestone", "Name", "Outcome", "Remark"], lines)),
        _listed("Blockers, constraints and risks", ["Kind", "What", "What becomes of it"], items),
        _listed("Decisions", ["No.", "Decision", "By", "Votes", "Standing", "Leads to a change"], decided),
        _listed("Actions", ["Action", "Owner", "Due", "Priority", "Status"], to_do),
    ]


def _standing(row: MeetingRow, decision: Mapping[str, Any]) -> str:
    """Whether a decision is one: in writing it is a proposal until the answers are counted."""
    if row.quorum:
        return "decided"
    if "carried" not in decision:
        return "proposed"
    return "carried in writing" if decision["carried"] else "not carried"


def _listed(heading: str, columns: list[str], rows: Sequence[Sequence[object]]) -> Section:
    return Section(heading, table=Table(columns, rows)) if rows else Section(heading, text="None.")


def _inputs(about: Project, inputs: Collection[ResponseRow], printed: Mapping[str, str]) -> Table:
    return Table(
        ["Reader", "Answer", "Comment", "When"],
        [
            [printed[one.person], READ.get(one.decision, one.decision), one.comment, local_time(about, one.at)]
            for one in inputs
        ],
    )


def _in_writing(about: Project, held: Mapping[str, Any], printed: Mapping[str, str]) -> Section:
    """The signed answers to what was circulated, and who gave none."""
    rows = [
        [printed[one["person"]], IN_WRITING[one["said"]], one["comment"],
         local_time(about, datetime.fromisoformat(one["at"]))]
        for one in held["answers"]
    ]  # fmt: skip
    rows += [[printed[person], "did not answer: this is no agreement", "", ""] for person in held["silent"]]
    return Section("Answers in writing", table=Table(["Who", "Answer", "Comment", "Signed"], rows))


def _comments(work: Work, about: Project, row: MeetingRow, before: Record | None) -> list[Section]:
    """What the attendees said to the draft before this revision; who said nothing is named as silent."""
    if before is None or not before.data.get("text"):
        return []
    said = responses(work.unit, row.project, "minutes", row.id, before.sha256)
    known = names(work.unit, {one.person for one in said})
    rows = [
        [known[one.person], ON_MINUTES.get(one.decision, one.decision), one.comment, local_time(about, one.at)]
        for one in said
    ]
    others = [one for one in said if one.decision != "silence" and one.person != work.actor.person]
    alone = "Nobody else has answered to the draft: these minutes are confirmed by who wrote them."
    heading = f"Comments on the draft (revision {before.revision})"
    found = [_listed(heading, ["Attendee", "Answer", "Comment", "When"], rows)]
    return found if others else [*found, Section("Self-confirmed", text=alone)]
