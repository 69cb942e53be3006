"""Steps of the milestone setup: the plan is drafted, checked, accepted by its owners, approved and frozen."""

from __future__ import annotations

from datetime import date
from typing import Any

import engine
from engine import Record, Work, names
from forms import AnswersRefused
from processes.approvals import require, resolve, verify
from processes.baselines import barred_from_plan, freeze
from processes.calendar import iso
from processes.communication import tell
from processes.errors import ApprovalMissing, NobodyToApprove, StepRefused
from processes.gaps import declare_gap, write_gap
from processes.holds import working_days_on
from processes.log import write
from processes.people import holders
from processes.plan import from_answers, has_baseline, planned
from processes.plan_check import field_faults, plan_faults
from processes.projects import project, project_row
from processes.records.gap import late_words
from processes.responses import respond, responses
from processes.vocabulary import GAP, PLAN, SPONSOR, TEAM
from processes.writing import Writing

DEADLOCK = "decide-deadlock"
LOOPS = 3
"""How often a plan is sent back before the sponsor decides."""


def opened(work: Work) -> dict[str, Any]:
    """Say whether the project was already running when it was registered: then the late plan is a deviation (5.1b)."""
    about = project(work.unit, work.subject)
    late = about.planned_start <= about.day(about.registered_at)
    return {"late": late, "round": 0, "rejected": 0, "approval_rule": about.settings.approval_rule}


def deviation(work: Work) -> None:
    """Count the signed declaration that the project runs without an approved plan as a gap. Raises AnswersRefused."""
    answers, about = work.answers or {}, project(work.unit, work.subject)
    since = date.fromisoformat(answers["since"])
    if since > about.day(work.unit.clock()):
        raise AnswersRefused({"since": ("This day is still to come.",)})
    sealed = engine.in_instance(work.unit, GAP, work.instance)  # none yet when the answers are only rehearsed
    declare_gap(work, "late-start", "plan", late_words(answers), sealed.id if sealed else "", event_on=since)


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
    rejected = int(work.call.data.get("rejected") or 0)
    return {"plan_sound": not found, "round": int(work.call.data.get("round") or 0) + 1, "rejected": rejected}


def owners(work: Work) -> dict[str, Any]:
    """Name the owners of what is still to be reached; each is asked to accept. Raises StepRefused if there is none."""
    named = {one["owner"]: TEAM for one in planned(_plan(work)) if not one["actual"]}
    if not named:
        raise StepRefused("The plan names nobody who owns a milestone that is still to be reached.")
    return {"owners": named, "owner_answers": {}, **_answering(work)}


def _answering(work: Work) -> dict[str, str]:
    """When those who are asked now are reminded, when they have to have answered, and when it is taken further."""
    about = project(work.unit, work.subject)
    days = about.settings.answer_days
    later = {"remind_at": days - 2, "answer_by": days, "escalate_at": days + 2}
    return {name: iso(working_days_on(work.unit, about, count)) for name, count in later.items()}


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
    all_accepted = bool(wanted) and all(given.get(person) == "accepted" for person in wanted)
    rule = project(work.unit, work.subject).settings.approval_rule
    return {"all_accepted": all_accepted, "approval_rule": rule, **({} if all_accepted else _refused(work, record))}


def _refused(work: Work, record: Record) -> dict[str, Any]:
    """One more time that the plan was sent back; the third time it is a deadlock, on which the sponsor decides.

    Raises NobodyToApprove when there is no sponsor but the author of the plan.
    """
    times = int(work.call.data.get("rejected") or 0) + 1
    if times < LOOPS:
        return {"deadlock": False, "rejected": times}
    sponsors = [one for one in holders(work.unit, work.subject, SPONSOR) if one != record.sealed_by]
    if not sponsors:
        raise NobodyToApprove("The plan came back three times, and there is no sponsor but its author. Name one.")
    about, writing = project(work.unit, work.subject), Writing.of(work)
    text = f"The plan was sent back {LOOPS} times, last as revision {record.revision}: the sponsor decides."
    write(writing, about.zone, "escalation", text, clause="5.1a")
    deciders = require(writing, record, dict.fromkeys(sponsors, SPONSOR), "sponsor")
    return {"deadlock": True, "rejected": 0, "deciders": deciders, "verdicts": {}}


def decided(work: Work) -> dict[str, Any]:
    """What the sponsor decided on a deadlock: for the plan by signature, to stop the project, or to revise it."""
    found = outcome_of(work, _plan(work))
    said = engine.submissions(work.unit, work.instance, DEADLOCK)
    stopped = not found and bool(said) and said[-1].answers.get("next") == "stop"
    return {"baseline_approved": found, "stopped": stopped}


def remind(work: Work) -> None:
    """Remind the owners who have not answered yet."""
    record = _plan(work)
    if waiting := _silent_owners(work, record):
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
    return {"approvers": require(Writing.of(work), record, people, rule), "approvals": {}, **_answering(work)}


def unanswered(work: Work) -> None:
    """Write down which owners have not answered in time. No answer is never a yes."""
    record = _plan(work)
    late = _silent_owners(work, record)
    printed = names(work.unit, late)
    for person in late:
        text = f"{printed[person]} has not answered whether they own their milestones, revision {record.revision}."
        write_gap(work, "unanswered-ownership", record.number, text, person=person)


def outcome(work: Work) -> dict[str, Any]:
    """Whether the ledger holds every required approval of exactly this revision."""
    record = _plan(work)
    approved = outcome_of(work, record)
    return {"baseline_approved": approved, **({} if approved else _refused(work, record))}


def outcome_of(work: Work, record: Record) -> bool:
    """Whether everybody required has approved exactly this revision."""
    try:
        verify(work.unit, record, without=barred_from_plan(work.unit, record))
    except ApprovalMissing:
        return False
    return True


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
    "plan.decided": decided,
    "plan.freeze": frozen,
}
