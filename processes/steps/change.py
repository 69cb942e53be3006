"""Steps of the change approval: a change is described, classified, decided by the people it needs, and applied."""

from __future__ import annotations

from typing import Any

import engine
from engine import Record, Work, names
from forms import AnswersRefused
from processes.amendment import affected_owners, impact, item_faults, least_rule
from processes.applying import apply, approved_change
from processes.approvals import require, resolve, silent
from processes.changes import ENDED, change_row, of_instance
from processes.communication import tell
from processes.errors import ApprovalMissing, PlanMoved, StepRefused
from processes.log import write
from processes.people import holders
from processes.plan import plan
from processes.projects import project
from processes.tables import ChangeRow
from processes.vocabulary import CHANGE, TEAM
from processes.writing import Writing


def opened(work: Work) -> dict[str, Any]:
    """Find the change that the message names and its requester. Raises StepRefused when it is not newly requested."""
    row = change_row(work.unit, work.subject, str(work.call.data["message"]["change"]))
    if row.instance is not None or row.status != "requested":
        raise StepRefused(f"The change {row.id} is being handled already.")
    Writing.of(work).change(row, instance=work.instance, **_base(work))
    return {"change": row.id, "requester": row.raised_by}


def _base(work: Work) -> dict[str, Any]:
    """The plan on which the requester writes from now on."""
    now = plan(work.unit, work.subject)
    return {"base_revision": now.revision, "base_sha256": now.sha256}


def describe(work: Work) -> None:
    """Check what the requester asks for, field by field; the request is sealed as a record. Raises AnswersRefused."""
    unit, answers, row = work.unit, work.answers or {}, of_instance(work.unit, work.instance)
    if row.status in ENDED or row.status == "approved":
        raise StepRefused(f"The change {row.id} is {row.status} already.")
    if work.whose != row.raised_by:
        raise StepRefused("Only the person who raised a change may describe it.")
    items = [dict(item) for item in answers.get("items") or ()]
    today = project(unit, work.subject).day(unit.clock())
    faults = item_faults(items, plan(unit, work.subject), owners=holders(unit, work.subject, TEAM), today=today)
    if faults:
        raise AnswersRefused(faults)
    Writing.of(work).change(row, status="described", rounds=row.rounds + 1, decided_at=None)


def classify(work: Work) -> dict[str, Any]:
    """Say how far the change reaches, by its sealed record, and whether the plan it was written on has moved."""
    row, record = of_instance(work.unit, work.instance), _request(work)
    now = plan(work.unit, work.subject)
    stale = (now.revision, now.sha256) != (record.data["base_revision"], record.data["base_sha256"])
    kind = record.data["impact"] if stale else _impact(record, now)
    known = {"impact": kind, "shift_days": record.data["shift_days"]}
    Writing.of(work).change(row, **known, **(_base(work) if stale else {}))
    return {"impact": kind, "shift_days": record.data["shift_days"], "stale": stale}


def _impact(record: Record, now: Any) -> str:
    data = record.data
    return impact(data["items"], now, resources=data["resources"], scope=data["scope"])


def approvers(work: Work) -> dict[str, Any]:
    """Name who must decide on this revision, never the requester. Raises NobodyToApprove rather than naming fewer."""
    unit, row, record = work.unit, of_instance(work.unit, work.instance), _request(work)
    rule = str(work.call.data.get("approver_rule") or "")
    now = plan(unit, work.subject)
    people = resolve(
        unit, work.subject, rule, floor=least_rule(_impact(record, now)),
        without={row.raised_by} | engine.makers(record), owners=affected_owners(record.data["items"], now),
    )  # fmt: skip
    writing = Writing.of(work)
    writing.change(row, status="deciding", rule=rule)
    return {"approvers": require(writing, record, people, rule), "decisions": {}}


def remind(work: Work) -> None:
    """Remind those who have not decided yet."""
    record = _request(work)
    waiting = silent(work.unit, record)
    if waiting:
        tell(Writing.of(work), "reminder", key=record.key, record=record.id, to=waiting)


def unanswered(work: Work) -> None:
    """Note who has not decided in time. No answer is never a yes."""
    record, about = _request(work), project(work.unit, work.subject)
    waiting = silent(work.unit, record)
    printed = names(work.unit, waiting)
    for person in waiting:
        text = f"{printed[person]} has not decided on the change {record.key}, revision {record.revision}."
        write(Writing.of(work), about.zone, "unanswered", text, clause="5.5d", person=person)


def outcome(work: Work) -> dict[str, Any]:
    """What was decided: approved only if the ledger holds every required approval of exactly this revision.

    Returned if the one who objected asked for rework, or if the plan has moved meanwhile, so that the change must be
    written on the new one; else rejected: nothing that is unclear moves the plan. Raises ApproversAltered.
    """
    row, record = of_instance(work.unit, work.instance), _request(work)
    try:
        approved_change(work.unit, work.subject, row.id)
        decided = "approved"
    except PlanMoved:
        decided = "returned"
    except ApprovalMissing:
        decided = "returned" if _returned(work, record) else "rejected"
    base = {} if decided == "approved" else _base(work)
    Writing.of(work).change(row, status=decided, decided_at=work.unit.clock(), **base)
    return {"outcome": decided}


def _returned(work: Work, record: Record) -> bool:
    """Whether an objection to this revision asks for rework; any that does not is a rejection."""
    against = {one.task for one in engine.signatures(work.unit, record.id) if one.valid and one.meaning == "rejected"}
    said = [one.answers.get("decision") for one in engine.submissions(work.unit, work.instance) if one.task in against]
    return bool(said) and all(decision == "returned" for decision in said)


def applied(work: Work) -> dict[str, Any]:
    """Move the plan by the approved change. Raises ApprovalMissing, PlanMoved, StepRefused."""
    result = apply(Writing.of(work), of_instance(work.unit, work.instance).id, definition=work.definition)
    return {"plan_revision": result.record.revision, "baseline": result.baseline}


def implemented(work: Work) -> None:
    """Record that the change has arrived where the work is done. Raises AnswersRefused."""
    if not (work.answers or {}).get("done"):
        raise AnswersRefused({"done": ("Confirm only when the change has been made.",)})
    row = _in_state(work, "applied")
    reason = str((work.answers or {}).get("note") or "").strip()
    Writing.of(work).change(row, reason=reason, status="implemented", implemented_at=work.unit.clock())


def reject(work: Work) -> None:
    """Record the rejection and tell the requester; the plan stays as it is."""
    row, record = _in_state(work, "rejected"), _request(work)
    tell(Writing.of(work), "rejection", key=row.id, record=record.id, to=[row.raised_by])


def withdraw(work: Work) -> None:
    """Record that the requester does not pursue a rejected change."""
    Writing.of(work).change(_in_state(work, "rejected"), status="withdrawn")


def _in_state(work: Work, state: str) -> ChangeRow:
    row = of_instance(work.unit, work.instance)
    if row.status != state:
        raise StepRefused(f"The change {row.id} is {row.status}, not {state}.")
    return row


def _request(work: Work) -> Record:
    key = of_instance(work.unit, work.instance).id
    record = engine.current(work.unit, CHANGE, work.subject, key)
    if record is None:
        raise StepRefused(f"The change {key} has not been described yet.")
    return record


STEPS = {
    "change.open": opened,
    "change.describe": describe,
    "change.classify": classify,
    "change.approvers": approvers,
    "change.remind": remind,
    "change.unanswered": unanswered,
    "change.outcome": outcome,
    "change.apply": applied,
    "change.implemented": implemented,
    "change.reject": reject,
    "change.withdraw": withdraw,
}
