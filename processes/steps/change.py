"""Steps of the change approval until somebody has to decide: opened, described, classified, forecasts recorded."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import engine
from engine import Record, Work
from forms import AnswersRefused
from processes.amendment import impact, item_faults
from processes.applying import barred, expect
from processes.approvals import naming
from processes.changes import ENDED, IN_FORCE, change_row, of_instance
from processes.decided import keep_decision
from processes.errors import StepRefused
from processes.people import holders
from processes.plan import Plan, plan
from processes.projects import project
from processes.tables import ChangeRow, MilestoneRow
from processes.vocabulary import CHANGE, EMERGENCY, MANAGER, SPONSOR, TEAM
from processes.writing import Writing


def opened(work: Work) -> dict[str, Any]:
    """Find the change that the message names and its requester. Raises StepRefused when it is not newly requested."""
    row = change_row(work.unit, work.subject, str(work.call.data["message"]["change"]))
    if row.instance is not None or row.status != "requested":
        raise StepRefused(f"The change {row.id} is being handled already.")
    Writing.of(work).change(row, instance=work.instance, **base_of(work))
    return {"change": row.id, "requester": row.raised_by}


def base_of(work: Work) -> dict[str, Any]:
    """The plan on which the requester writes from now on."""
    now = plan(work.unit, work.subject)
    return {"base_revision": now.revision, "base_sha256": now.sha256}


def describe(work: Work) -> None:
    """Check what the requester asks for, field by field; the request is sealed as a record. Raises AnswersRefused."""
    unit, answers, row = work.unit, work.answers or {}, of_instance(work.unit, work.instance)
    if row.status in (*ENDED, *IN_FORCE, "approved"):
        raise StepRefused(f"The change {row.id} is {row.status} already.")
    if work.whose != row.raised_by:
        raise StepRefused("Only the person who raised a change may describe it.")
    items, now = [dict(item) for item in answers.get("items") or ()], plan(unit, work.subject)
    today = project(unit, work.subject).day(unit.clock())
    faults = item_faults(items, now, owners=holders(unit, work.subject, TEAM), today=today)
    if faults := faults or _forecast_faults(work, items, now):
        raise AnswersRefused(faults)
    Writing.of(work).change(row, status="described", rounds=row.rounds + 1, decided_at=None)
    reason = shorten(str(answers.get("reason") or ""), 120, placeholder=" …")
    engine.entitle(unit, work.instance, f"Change {row.id}: {reason}")


def _forecast_faults(work: Work, items: list[dict[str, Any]], now: Plan) -> dict[str, tuple[str, ...]]:
    """A forecast is what those say who know: the owner of the milestone, or a manager."""
    if work.actor.holds(MANAGER, work.subject):
        return {}
    found = {}
    for at, item in enumerate(items):
        one = now.milestone(str(item.get("milestone")))
        if item.get("action") == "forecast" and one is not None and one.owner != work.whose:
            found[f"items.{at}.milestone"] = ("Only its owner or a project manager says when it is expected.",)
    return found


def classify(work: Work) -> dict[str, Any]:
    """Say how far the change reaches, by its sealed record, and whether the plan it was written on has moved."""
    unit, row, record = work.unit, of_instance(work.unit, work.instance), request(work)
    now = plan(unit, work.subject)
    stale = moved_on(record, now)
    kind = record.data["impact"] if stale else impact_on(record, now)
    known = {"impact": kind, "shift_days": record.data["shift_days"]}
    Writing.of(work).change(row, **known, **(base_of(work) if stale else {}))
    asked_before = naming(unit, record).rule == EMERGENCY
    urgent = record.data["urgency"] == EMERGENCY and kind != "forecast" and not asked_before
    sponsors = set(holders(unit, work.subject, SPONSOR)) - barred(row.raised_by, record)
    return {**known, "stale": stale, "emergency": urgent and bool(sponsors)}


def moved_on(record: Record, now: Plan) -> bool:
    """Whether the plan is another than the one a change was written on."""
    return (now.revision, now.sha256) != (record.data["base_revision"], record.data["base_sha256"])


def impact_on(record: Record, now: Plan) -> str:
    """How far a change reaches, judged on a plan."""
    data = record.data
    return impact(
        data["items"], now, resources=data["resources"], scope=data["scope"], budget=bool(data.get("budget"))
    )


def forecast(work: Work) -> None:
    """Take over what is only expected. Raises StepRefused for a change that moves anything that was agreed."""
    unit, row, record = work.unit, of_instance(work.unit, work.instance), request(work)
    now = plan(unit, work.subject)
    if row.status != "described" or moved_on(record, now) or impact_on(record, now) != "forecast":
        raise StepRefused("Only a forecast needs nobody's approval. This change has to be approved.")
    writing, today = Writing.of(work), project(unit, work.subject).day(unit.clock())
    for item in record.data["items"]:
        milestone = unit.session.get(MilestoneRow, (work.subject, item["milestone"]))
        if milestone is not None:
            expect(writing, milestone, item, row.id, today)
    writing.change(row, status="recorded", decided_at=unit.clock())
    keep_decision(writing, row.id, definition=work.definition)


def in_state(work: Work, *states: str) -> ChangeRow:
    """The change at work, if it is in one of these states. Raises StepRefused."""
    row = of_instance(work.unit, work.instance)
    if row.status not in states:
        raise StepRefused(f"The change {row.id} is {row.status}, not {' or '.join(states)}.")
    return row


def request(work: Work) -> Record:
    """The newest sealed description of the change at work. Raises StepRefused before there is one."""
    key = of_instance(work.unit, work.instance).id
    record = engine.current(work.unit, CHANGE, work.subject, key)
    if record is None:
        raise StepRefused(f"The change {key} has not been described yet.")
    return record


STEPS = {
    "change.open": opened,
    "change.describe": describe,
    "change.classify": classify,
    "change.forecast": forecast,
}
