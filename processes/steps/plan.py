"""Steps of the milestone setup: the plan is drafted, checked, accepted by its owners, approved and frozen."""

from __future__ import annotations

from datetime import date
from typing import Any

import engine
from engine import Record, Work, names
from forms import AnswersRefused
from processes.approvals import require, required, resolve, silent, verify
from processes.baselines import barred_from_plan, freeze
from processes.communication import tell
from processes.errors import ApprovalMissing, StepRefused
from processes.gaps import write_gap
from processes.log import write
from processes.people import holders
from processes.plan import from_answers, has_baseline, planned
from processes.plan_check import field_faults, plan_faults
from processes.projects import project, project_row
from processes.responses import respond, responses
from processes.vocabulary import PLAN, TEAM
from processes.writing import Writing


def opened(work: Work) -> dict[str, Any]:
    """Say whether the project was already running when it was registered: then the late plan is a deviation (5.1b)."""
    about = project(work.unit, work.subject)
    late = about.planned_start <= about.day(about.registered_at)
    return {"late": late, "round": 0, "approval_rule": about.settings.approval_rule}


def deviation(work: Work) -> None:
    """Record since when the project has been running without an approved plan, and why. Raises AnswersRefused."""
    answers, about = work.answers or {}, project(work.unit, work.subject)
    since = date.fromisoformat(answers["since"])
    if since > about.day(work.unit.clock()):
        raise AnswersRefused({"since": ("This day is still to come.",)})
    began = f"Running since {since.isoformat()} without an approved plan."
    text = f"{began} Reason: {answers['reason']} Measures: {answers['measures']}"
    write(Writing.of(work), about.zone, "deviation", text, clause="5.1b", event_on=since)


def draft(work: Work) -> None:
    """Check what was handed in, field by field; the plan itself is sealed as a record. Raises AnswersRefused."""
    if has_baseline(work.unit, work.subject):
        raise StepRefused("This project has a baseline. Raise a change to move it.")
    rows = from_answers((work.answers or {}).get("milestones") or ())
    about = project(work.unit, work.subject)
    faults = field_faults(rows, owners=holders(work.unit, work.subject, TEAM), today=about.day(work.unit.clock()))
    if faults:
        raise AnswersRefused(faults)


def checked(work: Work) -> dict[str, Any]:
    """Check the sealed plan as a whole: criteria, circles, order of dates, owners."""
    found = plan_faults(planned(_plan(work)), owners=holders(work.unit, work.subject, TEAM))
    return {"plan_sound": not found, "round": int(work.call.data.get("round") or 0) + 1}


def owners(work: Work) -> dict[str, Any]:
    """Name the owners of what is still to be reached; each is asked to accept. Raises StepRefused if there is none."""
    named = {one["owner"]: TEAM for one in planned(_plan(work)) if not one["actual"]}
    if not named:
        raise StepRefused("The plan names nobody who owns a milestone that is still to be reached.")
    return {"owners": named, "owner_answers": {}}


def accept(work: Work) -> None:
    """Write down whether an owner accepts, proposes another date, or declines. Raises AnswersRefused."""
    answers = work.answers or {}
    decision, comment = str(answers.get("decision") or ""), str(answers.get("comment") or "").strip()
    proposed = date.fromisoformat(answers["proposed"]) if answers.get("proposed") else None
    faults = {}
    if decision == "other-date" and proposed is None:
        faults["proposed"] = ("Say which date you could accept.",)
    if decision != "accepted" and not comment:
        faults["comment"] = ("Say why, so that the plan can be revised.",)
    if faults:
        raise AnswersRefused(faults)
    respond(
        Writing.of(work), "ownership", _plan(work), work.key or work.whose, decision, comment=comment,
        proposed=proposed if decision == "other-date" else None,
    )  # fmt: skip


def accepted(work: Work) -> dict[str, Any]:
    """Whether every owner has accepted exactly this revision; who has not answered has not accepted."""
    record = _plan(work)
    given = {one.person: one.decision for one in responses(work.unit, work.subject, "ownership", "", record.sha256)}
    wanted = {one["owner"] for one in planned(record) if not one["actual"]}
    return {"all_accepted": bool(wanted) and all(given.get(person) == "accepted" for person in wanted)}


def remind(work: Work) -> None:
    """Remind those who have not answered yet: approvers once they are named, owners before."""
    record = _plan(work)
    waiting = silent(work.unit, record) if required(work.unit, record) else _silent_owners(work, record)
    if waiting:
        tell(Writing.of(work), "reminder", key=PLAN, record=record.id, to=waiting)


def _silent_owners(work: Work, record: Record) -> list[str]:
    given = {one.person for one in responses(work.unit, work.subject, "ownership", "", record.sha256)}
    return sorted({one["owner"] for one in planned(record) if not one["actual"]} - given)


def approvers(work: Work) -> dict[str, Any]:
    """Name who must sign the baseline, bound to this revision. Raises NobodyToApprove rather than naming fewer."""
    record = _plan(work)
    rule = str(work.call.data.get("approver_rule") or "")
    floor = project(work.unit, work.subject).settings.approval_rule
    people = resolve(work.unit, work.subject, rule, floor=floor, without=barred_from_plan(work.unit, record))
    return {"approvers": require(Writing.of(work), record, people, rule), "approvals": {}}


def unanswered(work: Work) -> None:
    """Note who has not decided on the baseline in time. No answer is never a yes."""
    record = _plan(work)
    waiting = silent(work.unit, record)
    printed = names(work.unit, waiting)
    for person in waiting:
        text = f"{printed[person]} has not decided on the milestone plan, revision {record.revision}."
        write_gap(work, "unanswered-approval", record.number, text, person=person)


def outcome(work: Work) -> dict[str, Any]:
    """Whether the ledger holds every required approval of exactly this revision."""
    record = _plan(work)
    try:
        verify(work.unit, record, without=barred_from_plan(work.unit, record))
    except ApprovalMissing:
        return {"baseline_approved": False}
    return {"baseline_approved": True}


def frozen(work: Work) -> dict[str, Any]:
    """Freeze the approved plan as baseline 0. Raises ApprovalMissing, StepRefused."""
    freeze(Writing.of(work))
    return {"baseline": 0}


def _plan(work: Work) -> Record:
    record = engine.current(work.unit, PLAN, project_row(work.unit, work.subject).id)
    if record is None:
        raise StepRefused("There is no milestone plan yet.")
    return record


STEPS = {
    "plan.open": opened,
    "plan.deviation": deviation,
    "plan.draft": draft,
    "plan.check": checked,
    "plan.owners": owners,
    "plan.accept": accept,
    "plan.accepted": accepted,
    "plan.remind": remind,
    "plan.approvers": approvers,
    "plan.unanswered": unanswered,
    "plan.outcome": outcome,
    "plan.freeze": frozen,
}
