"""What was said to a document that somebody revises: by its checks, by those it was put to, by its signers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import engine
from engine import Record, Work, names
from processes.approvals import required
from processes.calendar import in_words, zone_of
from processes.people import holders
from processes.plan import plan, planned
from processes.plan_check import plan_faults
from processes.projects import project
from processes.responses import responses
from processes.verdicts import verdicts
from processes.vocabulary import ANSWER_WORDS, TEAM


def plan_remarks(work: Work, record: Record, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What the checks say against this revision of the plan, and people against it and every one before it."""
    found = []
    for said in plan_faults(rows, owners=holders(work.unit, work.subject, TEAM)):
        milestone, _, remark = said.partition(": ")
        found.append({"revision": str(record.revision), "name": "Check", "milestone": milestone, "remark": remark})
    for one in reversed(engine.revisions(work.unit, record.type, record.subject, record.key)):
        found += [{"revision": str(one.revision), **said} for said in _objections(work, one, planned(one))]
    return found


def _objections(work: Work, record: Record, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What owners and signers say against one revision."""
    found = []
    answers = responses(work.unit, work.subject, "ownership", "", record.sha256)
    printed = names(work.unit, {one.person for one in answers})
    for one in answers:
        if one.decision != "accepted":
            own = " ".join(row["id"] for row in rows if row["owner"] == one.person)
            wish = f" Could accept {in_words(one.proposed)}." if one.proposed else ""
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
    """What the approvers and the checks say to this revision of a change; plain approvals need no answer."""
    found = [
        {"name": one.name, "decision": ANSWER_WORDS[one.answer], "comment": one.comment}
        for one in verdicts(work.unit, record).values()
        if one.answer != "approved"
    ]
    now = plan(work.unit, work.subject)
    if (now.revision, now.sha256) != (record.data["base_revision"], record.data["base_sha256"]):
        sentence = f"The plan has moved on to revision {now.revision}. Adapt the change to it."
        found.append({"name": "Check", "decision": "", "comment": sentence})
    return found


def origin_remarks(work: Work, split: Mapping[str, Any], origin: Record) -> list[dict[str, str]]:
    """Why a part of a change came back: what was said to the whole, as far as it was not an approval of all of it."""
    whole = next(
        (one for one in engine.revisions(work.unit, origin.type, origin.subject, origin.key)
         if one.sha256 == split["sha256"]),
        None,
    )  # fmt: skip
    signed = engine.signatures(work.unit, whole.id) if whole else []
    return [
        {"name": one.printed, "decision": ANSWER_WORDS["partly"], "comment": one.comment}
        for one in signed
        if one.meaning == "rejected"
    ]
