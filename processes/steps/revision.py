"""Steps of the revision of the SOP: judged, drafted, approved, read, in force."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from textwrap import shorten
from typing import Any

from sqlalchemy import select

import engine
from engine import Work
from forms import AnswersRefused
from processes.calendar import iso
from processes.errors import ApprovalMissing, StepRefused
from processes.escalating import escalation_steps
from processes.revisions import approvals, document, in_force, next_number, of_instance, readers
from processes.settings import Settings
from processes.tables import ProposalRow, RevisionRow
from processes.vocabulary import SOP
from processes.working_days import Calendar
from processes.writing import Writing

REVISE, NO_CHANGE, REJECT = "revise", "no-change", "reject"
REVIEW_EVERY = "P12M"
"""How long after it became effective, or was found to need no change, the SOP is reviewed again (A13)."""


def opened(work: Work) -> dict[str, Any]:
    """Begin a look at the SOP: because of a proposal, or because a review is due."""
    if work.subject != SOP:
        raise StepRefused("The SOP is revised in a procedure of its own, about no project.")
    message, number = work.call.data.get("message") or {}, next_number(work.unit)
    row = RevisionRow(
        id=f"R{number}", sequence=number, instance=work.instance, proposal=message.get("proposal"), state="open",
        version=in_force(work.unit).version, description="", author=None, approver=None, record=None, effective_on=None,
        readers=[], opened_at=work.unit.clock(), approved_at=None, ended_at=None,
    )  # fmt: skip
    Writing.of(work).add(row)
    if proposal := work.unit.session.get(ProposalRow, row.proposal) if row.proposal else None:
        title = f"Proposal {proposal.id}: {shorten(proposal.text, 120, placeholder=' …')}"
        engine.entitle(work.unit, work.instance, title)
    return {"revision": row.id}


def triage(work: Work) -> None:
    """Judge the proposal, or what a review found. Raises AnswersRefused."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    decision, why = str(answers.get("decision") or ""), str(answers.get("why") or "").strip()
    if decision == REJECT and row.proposal is None:
        raise AnswersRefused({"decision": ("There is no proposal to reject here. Say that nothing changes.",)})
    proposal = work.unit.session.get(ProposalRow, row.proposal) if row.proposal else None
    if proposal is not None:
        judged = "accepted" if decision == REVISE else "rejected"
        Writing.of(work).change(
            proposal, status=judged, judged_by=work.actor.person, judged_at=work.unit.clock(), why=why
        )
    Writing.of(work).change(row, state="drafting" if decision == REVISE else "unchanged", description=why)


def drafted(work: Work) -> None:
    """Check version and date of a revision. Raises AnswersRefused."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    version, day = str(answers.get("version") or "").strip(), date.fromisoformat(str(answers["effective_on"]))
    faults: dict[str, tuple[str, ...]] = {}
    taken = set(work.unit.session.scalars(select(RevisionRow.version).where(RevisionRow.approved_at.is_not(None))))
    if version in taken or version == in_force(work.unit).version:
        faults["version"] = ("This version exists already. Give the revision the next one.",)
    if day <= work.unit.clock().date():
        faults["effective_on"] = ("A revision becomes effective on a later day, so that it can be read before.",)
    if faults:
        raise AnswersRefused(faults)
    Writing.of(work).change(
        row, state="approving", version=version, description=str(answers["description"]).strip(),
        author=work.actor.person, effective_on=day,
    )  # fmt: skip


def published(work: Work) -> dict[str, Any]:
    """Name who has to read the approved revision, until it becomes effective. Raises ApprovalMissing."""
    row, record = of_instance(work.unit, work.instance), document(work.unit, of_instance(work.unit, work.instance))
    given = sorted(approvals(work.unit, record))
    if not given or row.effective_on is None:
        raise ApprovalMissing("Nobody but its author has approved exactly this revision.")
    people = readers(work.unit)
    Writing.of(work).change(
        row, state="approved", approver=given[0], record=record.id, approved_at=work.unit.clock(), readers=list(people)
    )
    now = work.unit.clock()
    begins = max(datetime.combine(row.effective_on, time(0), UTC), now)
    return {
        "readers": people, "acknowledgements": {}, "effective_at": iso(begins),
        "remind_at": iso(_reminder(now, begins)),
    }  # fmt: skip


def _reminder(now: datetime, begins: datetime) -> datetime:
    """When readers are reminded: some working days before a revision becomes effective, but not before halfway."""
    before = Calendar().later(begins, -escalation_steps(Settings().escalation_days)[0], "UTC")
    return max(before, now + (begins - now) / 2)


def effective(work: Work) -> dict[str, Any]:
    """The revision applies from now on; the one before it is superseded. Running projects keep their version."""
    row = of_instance(work.unit, work.instance)
    if row.state != "approved":
        raise StepRefused(f"The revision {row.id} is {row.state}, not approved.")
    writing = Writing.of(work)
    for other in work.unit.session.scalars(select(RevisionRow).where(RevisionRow.state == "effective")):
        writing.change(other, state="superseded", ended_at=work.unit.clock())
    writing.change(row, state="effective")
    return {}


def unchanged(work: Work) -> None:
    """Keep that the SOP was looked at and stays as it is: a result like any other, signed by its owner."""
    row = of_instance(work.unit, work.instance)
    record = document(work.unit, row)
    Writing.of(work).change(row, record=record.id, author=record.sealed_by, ended_at=work.unit.clock())


def review_wanted(work: Work) -> dict[str, Any]:
    """Whether a year after this look at the SOP nobody has looked at it since."""
    row = of_instance(work.unit, work.instance)
    return {"review_wanted": row.sequence == next_number(work.unit) - 1}


STEPS = {
    "sop.open": opened,
    "sop.triage": triage,
    "sop.draft": drafted,
    "sop.publish": published,
    "sop.effective": effective,
    "sop.unchanged": unchanged,
    "sop.review_wanted": review_wanted,
}
