"""Steps of the change approval that put a change to those who decide, and judge what they have signed."""

from __future__ import annotations

from datetime import date
from typing import Any

import engine
from engine import Record, Unit, Work, names
from forms import AnswersRefused
from processes import deciding
from processes.amendment import affected_owners, least_rule
from processes.applying import approved_change, barred
from processes.approvals import naming, require, resolve
from processes.calendar import iso
from processes.changes import IN_FORCE, change_row, new_change, of_instance
from processes.communication import tell
from processes.decided import keep_decision
from processes.errors import ApprovalMissing, NobodyToApprove, PlanMoved, StepRefused
from processes.escalating import escalation_steps
from processes.gaps import write_gap
from processes.holds import working_days_on
from processes.people import everybody, holders
from processes.plan import plan
from processes.projects import project
from processes.records.change import part_of
from processes.steps.change import base_of, impact_on, in_state, moved_on, request
from processes.tables import ChangeRow
from processes.verdicts import common_part, settled, turn
from processes.vocabulary import CHANGE, MANAGER, SPONSOR
from processes.writing import Writing

ANSWER_DAYS = 5
"""Working days after which the silence of an approver is a gap."""


def approvers(work: Work) -> dict[str, Any]:
    """Name who must decide on this revision, never the requester. Raises NobodyToApprove rather than naming fewer."""
    unit, row, record = work.unit, of_instance(work.unit, work.instance), request(work)
    rule, about = str(work.call.data.get("approver_rule") or ""), project(unit, work.subject)
    now = plan(unit, work.subject)
    kind = record.data["impact"] if row.status == "provisional" else impact_on(record, now)
    without = barred(row.raised_by, record) | _signed_for_others(unit, record)
    people = resolve(
        unit, work.subject, rule, floor=least_rule(kind), without=without,
        owners=affected_owners(record.data["items"], now),
    )  # fmt: skip
    said, chosen = _said(work, kind), about.settings.change_completion
    strong = deciding.roles_of(about.settings.change_veto) if chosen == deciding.VETO else ()
    completion = deciding.firmest(said, chosen, len(people))
    people = _with_vetoes(work, people, strong, without)
    if completion.isdigit() and int(completion) > len(people):
        raise NobodyToApprove(f"{completion} approvals are asked for, and only {len(people)} may decide on this.")
    order = list(people) if about.settings.change_order == deciding.SEQUENTIAL else []
    writing = Writing.of(work)
    require(writing, record, people, rule, completion=completion, veto=strong, order=order)
    if row.status != "provisional":
        writing.change(row, status="deciding", rule=rule)
    unit.session.flush()
    return {"approvers": turn(unit, record), "decisions": {}, **_times(work, row)}


def _signed_for_others(unit: Unit, record: Record) -> set[str]:
    """Who has let an emergency come into force in the place of an absent sponsor: nobody signs one document twice."""
    return {one.person for one in engine.signatures(unit, record.id) if one.valid and one.behalf}


def _said(work: Work, kind: str) -> str:
    """The completion rule of the decision table, which cannot ask for less than a majority, nor for less than unanimity
    where scope, budget or a contractual milestone is touched. Raises NobodyToApprove."""
    said = str(work.call.data.get("completion_rule") or deciding.UNANIMOUS)
    if said != deciding.UNANIMOUS and (said != deciding.MAJORITY or kind in ("scope", "budget", "contractual")):
        raise NobodyToApprove(f"The rule “{said}” asks for fewer approvals than a change of this kind needs.")
    return said


def _with_vetoes(work: Work, people: dict[str, str], strong: tuple[str, ...], without: set[str]) -> dict[str, str]:
    """The people named, and whoever holds a veto. Raises NobodyToApprove when nobody does."""
    for role in strong:
        found = [person for person in holders(work.unit, work.subject, role) if person not in without]
        if not found:
            raise NobodyToApprove(f"Nobody but the requester is an active {role} here. Name one, then retry.")
        people = {**{one: held for one, held in people.items() if one not in found}, **dict.fromkeys(found, role)}
    return people


def _times(work: Work, row: ChangeRow) -> dict[str, str]:
    """When approvers are reminded, and until when they should have answered."""
    unit, about = work.unit, project(work.unit, work.subject)
    days = about.settings.ratify_days if row.status == "provisional" else ANSWER_DAYS
    reminder = escalation_steps(about.settings.escalation_days)[0]
    return {
        "remind_at": iso(working_days_on(unit, about, min(reminder, days))),
        "answer_by": iso(working_days_on(unit, about, days)),
    }


def decide(work: Work) -> None:
    """Check what an approver answers, field by field. Raises AnswersRefused."""
    unit, answers = work.unit, work.answers or {}
    row, record = of_instance(unit, work.instance), request(work)
    said, faults = str(answers.get("decision")), {}
    if row.status == "provisional" and said not in ("approved", "rejected", "abstained"):
        faults["decision"] = ("The change is in force already. Ratify it, or refuse to.",)
    if said == "conditional":
        faults |= _condition_faults(work, list(answers.get("conditions") or ()))
    if said == "partly":
        chosen = {int(at) for at in answers.get("items") or ()}
        if not chosen or len(chosen) >= len(record.data["items"]):
            faults["items"] = ("Tick what you approve: something, and not everything.",)
    if faults:
        raise AnswersRefused(faults)


def _condition_faults(work: Work, rows: list[Any]) -> dict[str, tuple[str, ...]]:
    if not rows:
        return {"conditions": ("Say on which conditions you approve.",)}
    about, members = project(work.unit, work.subject), everybody(work.unit, work.subject)
    found: dict[str, tuple[str, ...]] = {}
    for at, one in enumerate(rows):
        if not str(one.get("text") or "").strip():
            found[f"conditions.{at}.text"] = ("Say what has to be done.",)
        if one.get("owner") not in members:
            found[f"conditions.{at}.owner"] = ("Name an active member of the project.",)
        if not one.get("due") or date.fromisoformat(str(one["due"])) <= about.day(work.unit.clock()):
            found[f"conditions.{at}.due"] = ("A condition is met by a day to come.",)
    return found


def unanswered(work: Work) -> None:
    """Note who has not decided in time. No answer is never a yes; an emergency that nobody ratifies is escalated."""
    unit, row, record = work.unit, of_instance(work.unit, work.instance), request(work)
    waiting = turn(unit, record)
    printed = names(unit, waiting)
    if row.status == "provisional" and waiting:
        text = f"The emergency change {row.id} was not ratified in time. Not answered: {', '.join(printed.values())}."
        write_gap(work, "not-ratified", row.id, text, cause=record.number)
        above = [*holders(unit, work.subject, SPONSOR), *holders(unit, work.subject, MANAGER), *waiting]
        tell(Writing.of(work), "change-unratified", key=row.id, record=record.id, to=dict.fromkeys(above))
        return
    for person in waiting:
        text = f"{printed[person]} has not decided on the change {record.key}, revision {record.revision}."
        write_gap(work, "unanswered-approval", record.number, text, person=person)


def settled_now(unit: Unit, project_id: str, change: str) -> bool:
    """Whether nobody has to be asked any more about a change: it is decided, or the plan has moved on meanwhile."""
    row = change_row(unit, project_id, change)
    record = engine.current(unit, CHANGE, project_id, change)
    if record is None:
        return False
    stale = row.status not in IN_FORCE and moved_on(record, plan(unit, project_id))
    return stale or settled(unit, record) != deciding.OPEN


def outcome(work: Work) -> dict[str, Any]:
    """What was decided, by the signatures in the ledger: open, approved, rejected, returned or partly.

    Returned, too, if the plan has moved meanwhile: nothing comes into force on a plan it was not approved for. Of a
    change that is in force already: ratified or refused. Raises ApproversAltered.
    """
    unit, row, record = work.unit, of_instance(work.unit, work.instance), request(work)
    decided, stale = settled(unit, record), moved_on(record, plan(unit, work.subject))
    if row.status == "provisional":
        return _ratified(work, row, record, decided)
    if decided == deciding.OPEN and not stale:
        return {"outcome": decided, "stale": False, "approvers": turn(unit, record)}
    if decided == deciding.PARTLY and not common_part(unit, record):
        decided = deciding.RETURNED
    if decided in (deciding.OPEN, deciding.PARTLY) and stale:
        decided = deciding.RETURNED
    if decided == deciding.APPROVED:
        decided = _applicable(work, row)
    base = {} if decided == deciding.APPROVED else base_of(work)
    Writing.of(work).change(row, status="described" if decided == deciding.PARTLY else decided,
                            decided_at=unit.clock(), **base)  # fmt: skip
    if decided == deciding.RETURNED:
        note = "The plan has moved since it was written." if stale else ""
        keep_decision(Writing.of(work), row.id, definition=work.definition, note=note)
    return {"outcome": decided, "stale": stale}


def _applicable(work: Work, row: ChangeRow) -> str:
    try:
        approved_change(work.unit, work.subject, row.id)
    except PlanMoved:
        return deciding.RETURNED
    except ApprovalMissing:
        return deciding.REJECTED
    return deciding.APPROVED


def _ratified(work: Work, row: ChangeRow, record: Record, decided: str) -> dict[str, Any]:
    if decided == deciding.OPEN:
        return {"outcome": decided, "stale": False, "approvers": turn(work.unit, record)}
    ratified = decided == deciding.APPROVED
    writing = Writing.of(work)
    writing.change(row, status="applied" if ratified else "refused", decided_at=work.unit.clock())
    keep_decision(writing, row.id, definition=work.definition, outcome="ratified" if ratified else "")
    return {"outcome": "ratified" if ratified else "refused", "stale": False}


def split(work: Work) -> dict[str, Any]:
    """Keep the part that everybody approves, as the next revision to be signed; the rest goes back as a new change."""
    unit, row, record = work.unit, of_instance(work.unit, work.instance), request(work)
    if settled(unit, record) != deciding.PARTLY:
        raise StepRefused(f"Nobody has approved a part of the change {row.id}.")
    keep = common_part(unit, record)
    if not keep:
        raise StepRefused(f"There is no part of {row.id} that everybody approves.")
    writing = Writing.of(work)
    rest = new_change(writing, row.raised_by, row.id)
    note = f"The part that everybody approves is signed anew as the next revision; the rest went back as {rest}."
    keep_decision(writing, row.id, definition=work.definition, outcome=deciding.PARTLY, note=note)
    engine.seal(unit, part_of(unit, record, keep, rest), by=engine.THE_SYSTEM, definition=work.definition,
                instance=work.instance, element=writing.element)  # fmt: skip
    return {"next_change": rest}


def reject(work: Work) -> None:
    """Record the rejection and tell the requester, the managers and those who decided; the plan stays as it is."""
    row, record = in_state(work, "rejected"), request(work)
    asked = naming(work.unit, record).people
    told = dict.fromkeys([row.raised_by, *holders(work.unit, work.subject, MANAGER), *asked])
    keep_decision(Writing.of(work), row.id, definition=work.definition)
    tell(Writing.of(work), "rejection", key=row.id, record=record.id, to=told)


def raise_anew(work: Work) -> dict[str, Any]:
    """Raise a rejected change again, as a new one that names where it comes from."""
    row = in_state(work, "rejected")
    return {"next_change": new_change(Writing.of(work), row.raised_by, row.id)}


STEPS = {
    "change.approvers": approvers,
    "change.decide": decide,
    "change.unanswered": unanswered,
    "change.outcome": outcome,
    "change.split": split,
    "change.reject": reject,
    "change.raise": raise_anew,
}
