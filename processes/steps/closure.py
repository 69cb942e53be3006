"""Steps of the closure: what is open, feedback, evaluation, signatures, and the proposals that it leaves (clause 7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from engine import Work, makers, names
from forms import AnswersRefused
from processes.approvals import require, resolve, verify
from processes.calendar import iso
from processes.claims import claims
from processes.closures import document, effectiveness, feedback, gaps, next_number, of_instance, respondents
from processes.errors import ApprovalMissing, StepRefused
from processes.gaps import write_gap
from processes.holds import working_days_on
from processes.log import write
from processes.projects import project
from processes.tables import ClosureRow, ProposalRow
from processes.vocabulary import SOP, STAKEHOLDERS_AND_SPONSOR
from processes.writing import Writing

FEEDBACK_DAYS, SHORT_DAYS = 10, 3
"""Working days in which feedback is given; the fewer ones when a project is cancelled."""


def opened(work: Work) -> dict[str, Any]:
    """List what is still open, freeze the figures, and name who is asked for feedback; again after each look.

    In short form, for a project that was cancelled, what is open has been settled by that, and feedback is quicker.
    """
    unit, writing, about = work.unit, Writing.of(work), project(work.unit, work.subject)
    found, message = gaps(unit, work.subject), work.call.data.get("message") or {}
    short, reason = bool(message.get("short")), str(message.get("reason") or "")
    asked = respondents(unit, work.subject)
    if not asked:
        raise StepRefused("This project has no active team or stakeholders who could give feedback.")
    known: dict[str, Any] = {
        "cut": {"gaps": found, "effectiveness": effectiveness(unit, work.subject)},
        "respondents": list(asked),
        "feedback_until": working_days_on(unit, about, SHORT_DAYS if short else FEEDBACK_DAYS),
    }
    row = unit.session.scalars(select(ClosureRow).where(ClosureRow.instance == work.instance)).first()
    if row is None:
        number = next_number(unit, work.subject)
        row = ClosureRow(
            project=work.subject, id=f"K{number}", sequence=number, instance=work.instance, state="open", reason=reason,
            why_open=reason if short else "", opened_at=unit.clock(), ended_at=None, **known,
        )  # fmt: skip
        writing.add(row)
    else:
        writing.change(row, **known)
    return {
        "any_open": bool(found) and not short,
        "respondents": asked,
        "feedback": {},
        "feedback_until": iso(known["feedback_until"]),
        "next_proposal": "",
    }


def settle(work: Work) -> None:
    """Keep why the project is closed although something is open: a deviation that everybody can read."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    if answers.get("next") != "close":
        return
    if said := _open_claims(work):
        raise AnswersRefused({"next": (said,)})
    reason, about = str(answers.get("reason") or "").strip(), project(work.unit, work.subject)
    Writing.of(work).change(row, why_open=reason)
    left = ", ".join(f"{one['kind'].lower()} {one['id']}" for one in row.cut["gaps"])
    write(Writing.of(work), about.zone, "deviation", f"Closed with {left} still open. Reason: {reason}", clause="7a")


def _open_claims(work: Work) -> str | None:
    """Why nothing is closed before it is decided whether a milestone is complete; None if no claim is open."""
    found = [f"{one.id} ({one.milestone_name})" for one in claims(work.unit, work.subject, open_only=True)]
    return f"A claim is still open: {', '.join(found)}. Let it be decided, or taken back, first." if found else None


def withdraw(work: Work) -> None:
    """Take the closure back: the project goes on."""
    Writing.of(work).change(of_instance(work.unit, work.instance), state="withdrawn", ended_at=work.unit.clock())


def kept(work: Work) -> None:
    """What is said is kept with its task, and the record is made from there."""
    of_instance(work.unit, work.instance)


def unheard(work: Work) -> None:
    """Write down who was asked for feedback and did not answer in time (clause 7b)."""
    row = of_instance(work.unit, work.instance)
    said = dict(zip(row.respondents, feedback(work.unit, row), strict=True))
    missing = [person for person, one in said.items() if one["change"] == "no answer"]
    printed = names(work.unit, missing)
    for person in missing:
        text = f"{printed[person]} was asked for feedback and did not answer."
        write_gap(work, "no-feedback", row.id, text, person=person)


def lessons(work: Work) -> None:
    """Check that proposals are made, or that none is needed. Raises AnswersRefused."""
    answers = work.answers or {}
    if bool(answers.get("proposals")) == bool(answers.get("no_proposal")):
        raise AnswersRefused({"no_proposal": ("Make a proposal, or tick that no change of the SOP is needed.",)})
    if said := _open_claims(work):
        raise AnswersRefused({"no_proposal": (said,)})
    row = of_instance(work.unit, work.instance)
    if row.state in ("signed", "withdrawn"):
        raise StepRefused(f"This closure is {row.state} already.")
    Writing.of(work).change(row, state="signing")


def signers(work: Work) -> dict[str, Any]:
    """Name who must sign this evaluation: stakeholders and sponsors. Raises NobodyToApprove."""
    record = document(work.unit, of_instance(work.unit, work.instance))
    people = resolve(
        work.unit, work.subject, STAKEHOLDERS_AND_SPONSOR, floor=STAKEHOLDERS_AND_SPONSOR, without=makers(record)
    )
    asked = require(Writing.of(work), record, people, STAKEHOLDERS_AND_SPONSOR)
    return {"signers": asked, "decisions": {}}


def outcome(work: Work) -> dict[str, Any]:
    """Whether the ledger holds the approval of exactly this evaluation by everybody named."""
    try:
        verify(work.unit, document(work.unit, of_instance(work.unit, work.instance)), without=())
    except ApprovalMissing:
        return {"closure_agreed": False}
    return {"closure_agreed": True}


def conclude(work: Work) -> dict[str, Any]:
    """Number the proposals of the signed evaluation. Raises ApprovalMissing when it is not signed."""
    unit, row, writing = work.unit, of_instance(work.unit, work.instance), Writing.of(work)
    record = document(unit, row)
    verify(unit, record, without=())
    if said := _open_claims(work):
        raise StepRefused(said)
    writing.change(row, state="signed", ended_at=unit.clock())
    unit.reach(SOP)  # proposals are numbered across projects
    number = unit.session.scalar(select(func.max(ProposalRow.sequence))) or 0
    made = []
    for said in record.data["proposals"]:
        number += 1
        proposal = ProposalRow(
            id=f"P{number}", sequence=number, project=work.subject, closure=row.id, clause=said["clause"],
            text=said["text"], reason=said["reason"], proposed_by=record.sealed_by, proposed_at=unit.clock(),
            status="proposed", judged_by=None, judged_at=None, why="",
        )  # fmt: skip
        writing.add(proposal)
        made.append(proposal.id)
    return _next(made)


def next_proposal(work: Work) -> dict[str, Any]:
    """The next proposal that is to be handed on; none at the end."""
    return _next(str(work.call.data.get("pending_proposals") or "").split())


def _next(left: list[str]) -> dict[str, Any]:
    return {"next_proposal": left[0] if left else "", "pending_proposals": " ".join(left[1:])}


STEPS = {
    "closure.open": opened,
    "closure.settle": settle,
    "closure.withdraw": withdraw,
    "closure.feedback": kept,
    "closure.silent": unheard,
    "closure.evaluate": kept,
    "closure.lessons": lessons,
    "closure.signers": signers,
    "closure.outcome": outcome,
    "closure.conclude": conclude,
    "closure.next_proposal": next_proposal,
}
