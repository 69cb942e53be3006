"""Closures: what is still open in a project, how the procedure worked in it, and who said what about that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

import engine
from engine import Event, Record, Unit, names
from processes import performance
from processes.actions import actions
from processes.approvals import verify
from processes.changes import changes
from processes.claims import claims
from processes.errors import StepRefused
from processes.figures import figures
from processes.people import holders
from processes.plan import milestones
from processes.tables import ClosureRow, ProposalRow
from processes.vocabulary import CLAIM_WORDS, CLOSURE, STAKEHOLDER, TEAM

FEEDBACK, EVALUATION = "give-feedback", "evaluate-procedure"
"""The tasks whose answers a closure is evaluated from."""


@dataclass(frozen=True)
class Proposal:
    """A proposal to change the SOP, with what became of it."""

    id: str
    project: str | None
    clause: str
    text: str
    reason: str
    proposed_by_name: str
    proposed_at: datetime
    status: str
    why: str


def of_instance(unit: Unit, instance: str) -> ClosureRow:
    """The row of the closure that an instance is about. Raises StepRefused."""
    row = unit.session.scalars(select(ClosureRow).where(ClosureRow.instance == instance)).first()
    if row is None:
        raise StepRefused("This instance closes no project.")
    return row


ASKED, CANCELLED = "project.close-requested", "project.cancel-requested"
"""The kinds of the events that say who asked for the end of a project, and why."""


def end_asked(unit: Unit, project_id: str) -> Event | None:
    """The event by which somebody asked last for the end of a project; None where nobody has."""
    found = [one for kind in (ASKED, CANCELLED) for one in engine.events(unit, kind=kind, subject=project_id)]
    return max(found, key=lambda one: one.seq, default=None)


def next_number(unit: Unit, project_id: str) -> int:
    """The number of the next closure of a project."""
    query = select(func.max(ClosureRow.sequence)).where(ClosureRow.project == project_id)
    return 1 + (unit.session.scalar(query) or 0)


def gaps(unit: Unit, project_id: str) -> list[dict[str, str]]:
    """Claims, milestones, actions and changes that are still open: kind, id, text, and whose they are."""
    found = [
        {"kind": "Claim", "id": one.id, "text": f"{one.milestone_name}: {CLAIM_WORDS[one.state]}",
         "owner": one.claimed_by_name}
        for one in claims(unit, project_id, open_only=True)
    ]  # fmt: skip
    found += [
        {"kind": "Milestone", "id": one.id, "text": one.name, "owner": one.owner_name}
        for one in milestones(unit, project_id)
        if one.open
    ]
    found += [
        {"kind": "Action", "id": one.id, "text": one.text, "owner": one.owner_name}
        for one in actions(unit, project_id, open_only=True)
    ]
    return found + [
        {"kind": "Change", "id": one.id, "text": str(one.data.get("reason") or one.status), "owner": one.raised_by_name}
        for one in changes(unit, project_id, open_only=True)
        if one.status != "applied"
    ]


def respondents(unit: Unit, project_id: str) -> dict[str, str]:
    """Who is asked for feedback: team and stakeholders, each once (clause 7b)."""
    found = dict.fromkeys(holders(unit, project_id, TEAM), TEAM)
    return {**found, **{one: STAKEHOLDER for one in holders(unit, project_id, STAKEHOLDER) if one not in found}}


def effectiveness(unit: Unit, project_id: str) -> list[dict[str, str]]:
    """How tracking, reviews and changes worked in the whole project, as lines with how each is counted (clause 7a)."""
    found = performance.metrics(unit, project_id)
    lines = figures(found) if found else []
    held = performance.held_reviews(unit, project_id)
    decided = [one for one in changes(unit, project_id) if one.decided_at and one.status != "recorded"]
    at_once = sum(one.rounds <= 1 and one.status in ("applied", "implemented") for one in decided)
    return [
        *lines,
        {"name": "Reviews held", "value": str(len(held)), "note": "those without a quorum do not count"},
        {
            "name": "Changes approved at the first attempt",
            "value": f"{at_once} of {len(decided)}",
            "note": "of all that were decided",
        },
    ]


def feedback(unit: Unit, row: ClosureRow) -> list[dict[str, str]]:
    """What everybody who was asked has answered; who has not, stands there without an answer."""
    said = {one.whose: one.answers for one in engine.submissions(unit, row.instance, FEEDBACK)}
    printed = names(unit, row.respondents)
    return [
        {
            "name": printed[person],
            **{
                name: str((said.get(person) or {}).get(name) or ("" if person in said else "no answer"))
                for name in ("tracking", "reviews", "changes", "keep", "change")
            },
        }
        for person in row.respondents
    ]


def evaluation(unit: Unit, row: ClosureRow) -> dict[str, Any]:
    """What the project manager found when evaluating the procedure. Raises StepRefused before that."""
    found = engine.submissions(unit, row.instance, EVALUATION)
    if not found:
        raise StepRefused("The procedure has not been evaluated yet.")
    return dict(found[-1].answers)


def document(unit: Unit, row: ClosureRow) -> Record:
    """The newest sealed evaluation of a closure. Raises StepRefused."""
    record = engine.current(unit, CLOSURE, row.project, row.id)
    if record is None:
        raise StepRefused("The closure has not been evaluated yet.")
    return record


def signed_closure(unit: Unit, project_id: str) -> ClosureRow:
    """The closure whose evaluation everybody named has signed. Raises StepRefused and ApprovalMissing."""
    query = select(ClosureRow).where(ClosureRow.project == project_id).order_by(ClosureRow.sequence.desc()).limit(1)
    row = unit.session.scalars(query).first()
    if row is None:
        raise StepRefused("Nobody has signed that this project is closed.")
    verify(unit, document(unit, row), without=())
    return row


def proposals(unit: Unit, project_id: str | None = None) -> list[Proposal]:
    """Proposals to change the SOP, the first one first: of one project, or all of them."""
    query = select(ProposalRow).order_by(ProposalRow.sequence)
    if project_id is not None:
        query = query.where(ProposalRow.project == project_id)
    rows = list(unit.session.scalars(query))
    printed = names(unit, {row.proposed_by for row in rows})
    return [
        Proposal(row.id, row.project, row.clause, row.text, row.reason, printed[row.proposed_by], row.proposed_at,
                 row.status, row.why)
        for row in rows
    ]  # fmt: skip
