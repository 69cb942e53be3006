"""Steps of a change that is in force: applied, an emergency, on conditions, taken back, confirmed."""

from __future__ import annotations

from typing import Any

from engine import Work
from forms import AnswersRefused
from processes import deciding
from processes.applying import apply, approved_change, barred
from processes.approvals import require
from processes.calendar import in_words, iso
from processes.changes import new_change, of_instance
from processes.communication import tell
from processes.conditions import MET, UNMET, conditions, next_look, standing
from processes.decided import keep_decision
from processes.errors import PlanMoved
from processes.gaps import write_gap
from processes.people import holders
from processes.reverting import revert
from processes.steps.change import in_state, request
from processes.verdicts import settled
from processes.vocabulary import EMERGENCY, MANAGER, SPONSOR
from processes.writing import Writing


def emergency(work: Work) -> None:
    """Name the sponsors, one of whom may let an emergency come into force at once; never the requester."""
    row, record = in_state(work, "described"), request(work)
    sponsors = [one for one in holders(work.unit, work.subject, SPONSOR) if one not in barred(row.raised_by, record)]
    writing = Writing.of(work)
    require(writing, record, dict.fromkeys(sponsors, SPONSOR), EMERGENCY, completion=deciding.AT_ONCE)
    writing.change(row, status="deciding", rule=EMERGENCY)


def agreed(work: Work) -> dict[str, Any]:
    """Whether a sponsor has signed, by the ledger, that the emergency comes into force at once, on this very plan."""
    row, record = in_state(work, "deciding"), request(work)
    at_once = settled(work.unit, record) == deciding.APPROVED
    try:
        if at_once:
            approved_change(work.unit, work.subject, row.id)
    except PlanMoved:
        at_once = False
    Writing.of(work).change(row, status="approved" if at_once else "described")
    return {"agreed": at_once}


def applied(work: Work) -> dict[str, Any]:
    """Move the plan by the approved change. Raises ApprovalMissing, PlanMoved, StepRefused."""
    row = of_instance(work.unit, work.instance)
    result = apply(Writing.of(work), row.id, definition=work.definition)
    keep_decision(Writing.of(work), row.id, definition=work.definition)
    known = {"plan_revision": result.record.revision, "baseline": result.baseline}
    if result.status != "conditional":
        return {**known, "conditional": False}
    look = iso(next_look(work.unit, work.subject, row.id))
    return {**known, "conditional": True, "next_look": look, "next_action": result.actions[0],
            "pending_actions": " ".join(result.actions[1:])}  # fmt: skip


def looked(work: Work) -> dict[str, Any]:
    """How the conditions stand: met, waiting or unmet. A change whose conditions are met holds like any other."""
    row = in_state(work, "conditional")
    found = standing(work.unit, work.subject, row.id)
    if found == MET:
        Writing.of(work).change(row, status="applied")
        keep_decision(Writing.of(work), row.id, definition=work.definition, note="Its conditions are met.")
    return {"conditions": found, "next_look": iso(next_look(work.unit, work.subject, row.id))}


def lapsed(work: Work) -> dict[str, Any]:
    """Take the change back: its conditions were not met. Raises StepRefused while that is not so."""
    row = in_state(work, "conditional")
    unmet = [one for one in conditions(work.unit, work.subject, row.id) if one.state == UNMET]
    result = revert(Writing.of(work), row.id, definition=work.definition)
    for one in unmet:
        text = f"A condition of {row.id} was not met by {in_words(one.due)}: {one.text}. The change holds no more."
        write_gap(work, "condition-lapsed", row.id, text, person=one.owner, cause=f"{row.id}:{one.number}")
    keep_decision(Writing.of(work), row.id, definition=work.definition)
    return {"plan_revision": result.record.revision, "baseline": result.baseline}


def take_back(work: Work) -> dict[str, Any]:
    """Raise a change that takes a refused emergency back, in a manager's name; it is approved like any other."""
    row, record = in_state(work, "refused"), request(work)
    managers = holders(work.unit, work.subject, MANAGER)
    writing = Writing.of(work)
    back = new_change(writing, managers[0] if managers else row.raised_by, row.id)
    tell(writing, "change-refused", key=row.id, record=record.id)
    return {"next_change": back}


def implemented(work: Work) -> None:
    """Record that the change has arrived where the work is done. Raises AnswersRefused."""
    if not (work.answers or {}).get("done"):
        raise AnswersRefused({"done": ("Confirm only when the change has been made.",)})
    row = in_state(work, "applied")
    reason = str((work.answers or {}).get("note") or "").strip()
    Writing.of(work).change(row, reason=reason, status="implemented", implemented_at=work.unit.clock())
    note = f"{work.who} confirms that it has arrived where the work is done." + (f" {reason}" if reason else "")
    keep_decision(Writing.of(work), row.id, definition=work.definition, note=note)


STEPS = {
    "change.emergency": emergency,
    "change.agreed": agreed,
    "change.apply": applied,
    "change.conditions": looked,
    "change.lapse": lapsed,
    "change.reverse": take_back,
    "change.implemented": implemented,
}
