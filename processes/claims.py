"""Claims that a milestone is complete: how each stands, what was said about it, and why none can be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select

from engine import Unit, names
from processes.calendar import in_words
from processes.errors import StepRefused
from processes.metrics import Told
from processes.plan import has_baseline, milestone_rows
from processes.projects import Project, project
from processes.tables import ClaimRow, ClaimStepRow, ClosureRow, MilestoneRow

BEGUN, STATED, VERIFIED, RETURNED, ACCEPTED, WITHDRAWN = (
    "begun",
    "claimed",
    "verified",
    "returned",
    "accepted",
    "withdrawn",
)
"""How a claim stands: its owner gives evidence, the manager verifies, stakeholders accept, it came back, it ended."""

IN_JUDGEMENT = (STATED, VERIFIED)
"""The owner has said it all: others have to act now."""

REPORTED, SENT_BACK = "reported", "sent-back"
"""What is said about a claim beside its states: by an update, and by those who did not accept it."""


@dataclass(frozen=True)
class Claim:
    """A claim of a milestone; `met_on` is the day on which its criterion was met, `claimed_at` when that was said."""

    id: str
    milestone: str
    milestone_name: str
    source: str
    state: str
    claimed_by: str
    claimed_by_name: str
    claimed_at: datetime
    met_on: date | None
    evidence: str
    link: str
    loops: int
    instance: str | None
    ended_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it has neither been accepted nor taken back."""
        return self.ended_at is None


@dataclass(frozen=True)
class ClaimWord:
    """What somebody said about a claim, in which round."""

    round: int
    status: str
    name: str
    text: str
    link: str
    met_on: date | None
    at: datetime


def claims(unit: Unit, project_id: str, *, open_only: bool = False) -> list[Claim]:
    """The claims of a project, Q1 first."""
    query = select(ClaimRow, MilestoneRow.name).join(
        MilestoneRow, (MilestoneRow.project == ClaimRow.project) & (MilestoneRow.id == ClaimRow.milestone)
    )
    if open_only:
        query = query.where(ClaimRow.ended_at.is_(None))
    rows = unit.session.execute(query.where(ClaimRow.project == project_id).order_by(ClaimRow.sequence)).all()
    printed = names(unit, {row.claimed_by for row, _ in rows})
    return [
        Claim(row.id, row.milestone, name, row.source, row.state, row.claimed_by, printed[row.claimed_by],
              row.claimed_at, row.met_on, row.evidence, row.link, row.loops, row.instance, row.ended_at)
        for row, name in rows
    ]  # fmt: skip


def claim_words(unit: Unit, project_id: str, claim: str) -> list[ClaimWord]:
    """What was said about a claim, the first word first."""
    query = select(ClaimStepRow).where(ClaimStepRow.project == project_id, ClaimStepRow.claim == claim)
    rows = list(unit.session.scalars(query.order_by(ClaimStepRow.id)))
    printed = names(unit, {row.person for row in rows})
    return [
        ClaimWord(row.round, row.status, printed[row.person], row.text, row.link, row.met_on, row.at) for row in rows
    ]


def of_instance(unit: Unit, instance: str) -> ClaimRow:
    """The row of the claim that an instance judges. Raises StepRefused."""
    row = unit.session.scalars(select(ClaimRow).where(ClaimRow.instance == instance)).first()
    if row is None:
        raise StepRefused("This instance judges no claim.")
    return row


def open_claims(unit: Unit, project_id: str) -> dict[str, ClaimRow]:
    """The open claims of a project by milestone; of each there is one at most."""
    return {row.milestone: row for row in unit.session.scalars(_OPEN, {"project": project_id})}


def in_judgement(unit: Unit, project_id: str) -> set[str]:
    """The milestones whose owners have said all there is to say: others verify or accept them now."""
    return set(unit.session.scalars(_JUDGED, {"project": project_id}))


_STILL_OPEN = (ClaimRow.project == bindparam("project"), ClaimRow.ended_at.is_(None))
_OPEN = select(ClaimRow).where(*_STILL_OPEN)
_JUDGED = select(ClaimRow.milestone).where(*_STILL_OPEN, ClaimRow.state.in_(IN_JUDGEMENT))
# Every update asks for them, several times: a statement that is built once costs a third.


def told(unit: Unit, about: Project) -> tuple[Told, ...]:
    """Since when, and until when, each milestone was claimed without having been accepted; days of the project."""
    query = select(ClaimStepRow).where(ClaimStepRow.project == about.id).order_by(ClaimStepRow.id)
    began: dict[str, ClaimStepRow] = {}
    found = []
    for row in unit.session.scalars(query):
        if row.status in (REPORTED, STATED):
            began.setdefault(row.claim, row)
        elif row.status in (SENT_BACK, WITHDRAWN, ACCEPTED) and (first := began.pop(row.claim, None)):
            found.append(Told(first.milestone, about.day(first.at), about.day(row.at)))
    found += [Told(one.milestone, about.day(one.at), None) for one in began.values()]
    return tuple(found)


def refusal(unit: Unit, project_id: str, milestone: str, person: str) -> str | None:
    """Why a person cannot claim a milestone complete now, as a sentence; None if nothing is in the way.

    Raises NoSuchProject.
    """
    if said := _untimely(unit, project_id):
        return said
    row = unit.session.get(MilestoneRow, (project_id, milestone))
    if row is None:
        return f"There is no milestone “{milestone}” in this project."
    if row.dropped_on is not None:
        return f"{row.id} {row.name} was taken out of the plan on {in_words(row.dropped_on)}."
    if row.actual is not None:
        return f"{row.id} {row.name} is achieved already, since {in_words(row.actual)}."
    if row.owner != person:
        return f"Only its owner, {names(unit, [row.owner])[row.owner]}, can claim {row.id} {row.name} complete."
    claim = open_claims(unit, project_id).get(milestone)
    if claim is not None and claim.instance is not None:
        return f"{row.id} {row.name} is claimed already: the claim {claim.id} is open."
    return None


def _untimely(unit: Unit, project_id: str) -> str | None:
    """Why nothing at all can be claimed in a project now; None if nothing is in the way."""
    about = project(unit, project_id)
    if not has_baseline(unit, project_id):
        return "There is no approved baseline yet, so there is nothing that could be complete."
    if about.status != "running":
        return f"A milestone is claimed complete while its project runs. This one is {about.status}."
    if closing(unit, project_id):
        return "The closing of this project is being signed. Nothing new is claimed in it."
    return None


def claimable(unit: Unit, project_id: str, person: str) -> list[str]:
    """The milestones that a person can claim complete now. Raises NoSuchProject."""
    mine = [row for row in milestone_rows(unit, project_id) if row.owner == person]
    if not mine or _untimely(unit, project_id):
        return []
    judged = {one for one, row in open_claims(unit, project_id).items() if row.instance is not None}
    return [row.id for row in mine if row.actual is None and row.dropped_on is None and row.id not in judged]


def closing(unit: Unit, project_id: str) -> bool:
    """Whether the closing of a project waits for signatures, or has them."""
    query = select(ClosureRow.id).where(ClosureRow.project == project_id, ClosureRow.state.in_(("signing", "signed")))
    return unit.session.scalars(query.limit(1)).first() is not None
