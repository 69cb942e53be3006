"""The Milestone Claim and Acceptance: what was claimed on what evidence, and what the verification of it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import Draft, Field, Section, Table, Work, content_of, names
from processes.acceptance import milestone_of, parties
from processes.claims import ClaimWord, claim_words, of_instance
from processes.projects import project
from processes.reviews import local_time
from processes.tables import ClaimRow, MilestoneRow
from processes.vocabulary import ACCEPTANCE, RECORD_TITLES

CLAUSES = ("5.1a", "5.2c", "5.3c")
WORDS = {
    "reported": "Reported complete",
    "claimed": "Claimed complete",
    "verified": "Verified",
    "sent-back": "Sent back",
    "accepted": "Accepted",
    "withdrawn": "Taken back",
}
"""How people read what was said about a claim."""


def milestone_acceptance(work: Work) -> Draft:
    """The claim that the instance judges, as its verifier finds it now."""
    unit, answers = work.unit, work.answers or {}
    row = of_instance(unit, work.instance)
    milestone, about = milestone_of(unit, row), project(unit, work.subject)
    approved = answers.get("decision") == "approved"
    findings = str(answers.get("findings") or "").strip()
    points = [
        {"text": str(one.get("text") or "").strip(), "owner": str(one.get("owner") or ""), "due": str(one.get("due")),
         "priority": str(one.get("priority") or "normal")}
        for one in (answers.get("points") or () if approved else ())
    ]  # fmt: skip
    own = bool(parties(unit, row) & {work.actor.person, work.whose})
    printed = names(unit, {row.claimed_by, milestone.owner, *(one["owner"] for one in points)})
    data = {
        "claim": row.id,
        "milestone": row.milestone,
        "round": row.loops + 1,
        "type": milestone.type,
        "owner": milestone.owner,
        "criterion": milestone.criterion,
        "met_on": row.met_on.isoformat() if row.met_on else None,
        "claimed_by": row.claimed_by,
        "claimed_at": row.claimed_at.isoformat(),
        "evidence": row.evidence,
        "link": row.link,
        "decision": "approved" if approved else "rejected",
        "findings": findings,
        "verified_by": work.actor.person,
        "points": points,
    }
    result = "The criterion is met" + (", with points still to be done" if points else "")
    sections = [
        _milestone(about.title, milestone, printed),
        Section(
            "The claim",
            [
                Field("Claim", row.id),
                Field("Claimed by", printed[row.claimed_by]),
                Field("Claimed at", local_time(about, row.claimed_at)),
                Field("Criterion met on", row.met_on),
                Field("Evidence", row.evidence),
                Field("Where it can be seen", row.link or None),
            ],
        ),
        Section(
            "The verification",
            [
                Field("Round", row.loops + 1),
                Field("Result", result if approved else "The criterion is not met: back to the owner"),
                Field("Findings", findings or None),
                Field("Verified by", work.who),
                Field("Verified by whoever claimed it", True if own else None),
            ],
        ),
        *_points(points, printed),
        *_before(about, row, claim_words(unit, work.subject, row.id)),
    ]
    title = f"{RECORD_TITLES[ACCEPTANCE]} {row.id}: {milestone.name}, {about.title}"
    return Draft(ACCEPTANCE, work.subject, title, content_of(sections, data), row.id, CLAUSES)


def _milestone(title: str, row: MilestoneRow, printed: Mapping[str, str]) -> Section:
    return Section(
        "The milestone",
        [
            Field("Project", title),
            Field("Milestone", f"{row.id} {row.name}"),
            Field("Deliverable", row.deliverable),
            Field("Accepted when", row.criterion),
            Field("Owner", printed[row.owner]),
            Field("Type", row.type.capitalize()),
            Field("Baseline", row.baseline),
            Field("Target", row.target),
        ],
    )


def _points(points: Sequence[Mapping[str, str]], printed: Mapping[str, str]) -> list[Section]:
    rows = [[one["text"], printed[one["owner"]], one["due"], one["priority"].capitalize()] for one in points]
    return [Section("Still to be done", table=Table(["What", "Who", "Due", "Priority"], rows))] if rows else []


def _before(about: Any, row: ClaimRow, said: Sequence[ClaimWord]) -> list[Section]:
    """What was said in earlier rounds, for whoever was not there."""
    rows = [
        [one.round, local_time(about, one.at), one.name, WORDS[one.status], one.text]
        for one in said
        if one.round <= row.loops
    ]
    return [Section("Earlier rounds", table=Table(["Round", "At", "Who", "What", "Said"], rows))] if rows else []
