"""What was said to a document that somebody revises: by its checks, by those it was put to, by its signers."""

from __future__ import annotations

from typing import Any

import engine
from engine import Record, Work, names
from processes.approvals import required
from processes.calendar import zone_of
from processes.people import holders
from processes.plan import plan
from processes.plan_check import plan_faults
from processes.projects import project
from processes.responses import responses
from processes.vocabulary import TEAM


def plan_remarks(work: Work, record: Record, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What the checks, the owners and the signers say against this revision of the plan."""
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
    return found + [{"name": one.printed, "milestone": "", "remark": one.comment} for one in objections]


def approval_lines(work: Work, record: Record) -> list[dict[str, str]]:
    """Who was asked to sign this revision, and what each has answered so far."""
    asked = required(work.unit, record)
    given = [one for one in engine.signatures(work.unit, record.id) if one.valid]
    decided = {one.counts_for: one for one in given if one.counts_for in asked}
    printed = names(work.unit, asked)
    zone = zone_of(project(work.unit, work.subject).zone)
    return [
        {
            "name": printed[person],
            "decision": _decision(decided.get(person)),
            "at": f"{decided[person].at.astimezone(zone):%Y-%m-%d %H:%M}" if person in decided else "",
        }
        for person in asked
    ]


def _decision(given: engine.Signed | None) -> str:
    """What somebody has answered, and who answered it for them."""
    if given is None:
        return "no answer"
    return f"{given.meaning}, by {given.name}" if given.behalf else given.meaning


def change_remarks(work: Work, record: Record) -> list[dict[str, str]]:
    """What the approvers and the checks say against this revision of a change."""
    against = {one.task: one for one in engine.signatures(work.unit, record.id) if one.meaning == "rejected"}
    said = {
        one.task: str(one.answers.get("decision"))
        for one in engine.submissions(work.unit, work.instance)
        if one.task in against
    }
    found = [
        {"name": one.printed, "decision": said.get(task, one.meaning), "comment": one.comment}
        for task, one in against.items()
    ]
    now = plan(work.unit, work.subject)
    if (now.revision, now.sha256) != (record.data["base_revision"], record.data["base_sha256"]):
        sentence = f"The plan has moved on to revision {now.revision}. Adapt the change to it."
        found.append({"name": "Check", "decision": "", "comment": sentence})
    return found
