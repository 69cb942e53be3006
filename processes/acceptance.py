"""Claiming a milestone complete, and accepting it: the only way in which a milestone of the baseline is achieved.

What is reported complete is claimed. It is achieved when the ledger holds the signature of whoever verified exactly
this claim and, for a contractual milestone, those of all stakeholders; as of the day on which its criterion was met.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import func, select

import engine
from engine import Actor, NobodyWaits, Record, Signed, Task, Unit
from processes.actions import give
from processes.approvals import verify
from processes.baselines import record_forecast
from processes.claims import ACCEPTED, BEGUN, REPORTED, RETURNED, SENT_BACK, STATED, WITHDRAWN, open_claims, refusal
from processes.errors import ApprovalMissing, NobodyToApprove, StepRefused
from processes.metrics.history import ACTUAL
from processes.people import holders
from processes.projects import project
from processes.tables import ClaimRow, ClaimStepRow, MilestoneRow
from processes.vocabulary import ACCEPTANCE, CLAIMED, MANAGER, SPONSOR
from processes.writing import Writing

PROCESS, STARTS, TURNS = "milestone-acceptance", "milestone.claimed", "verifier.changed"
"""The process that judges claims, the message that starts it, and the one by which it becomes another's turn."""

LOOPS = 3
"""After so many times sent back, the sponsor judges in the manager's place."""

CONTRACTUAL = "contractual"
"""The type of milestones that the stakeholders accept, too."""


def claim_milestone(unit: Unit, project_id: str, milestone: str, by: Actor) -> str:
    """Claim a milestone complete by hand; give the claim's id. Its owner is asked for the evidence next.

    A claim that an update began and nobody judges yet begins to be judged now. Raises NoSuchProject, and StepRefused
    with why it cannot be claimed.
    """
    if said := refusal(unit, project_id, milestone, by.person):
        raise StepRefused(said)
    writing = Writing(unit, by, project_id)
    row = unit.session.get_one(MilestoneRow, (project_id, milestone))
    claim = open_claims(unit, project_id).get(milestone) or _begin(writing, row, "by hand", None)
    unit.session.flush()
    try:
        engine.send(unit, STARTS, project_id, {"claim": claim.id}, by)
    except NobodyWaits as nobody:
        raise StepRefused("The SOP in force has no milestone acceptance: report it in the weekly update.") from nobody
    return claim.id


def is_judged(unit: Unit) -> bool:
    """Whether the SOP in force has milestones accepted; before it had, what was reported complete was achieved."""
    return bool(engine.definitions(unit, PROCESS))


def report_complete(
    writing: Writing, row: MilestoneRow, claim: ClaimRow | None, met_on: date, source: str
) -> None:
    """Take an owner's report that a milestone is complete: it is claimed from now on, until that is judged.

    `claim` is the open one, if there is one already.
    """
    if claim is None:
        claim = _begin(writing, row, source, met_on)
    else:
        writing.change(claim, met_on=met_on)
    say(writing, claim, REPORTED, f"Reported complete in the {source}.")
    writing.change(row, status=CLAIMED)


def report_open(writing: Writing, claim: ClaimRow | None) -> None:
    """Take an owner's report that a milestone is not complete after all: a claim that nobody judges yet is over."""
    if claim is not None and claim.instance is None:
        say(writing, claim, WITHDRAWN, "The update was corrected.")
        end(writing, claim, WITHDRAWN)


def _begin(writing: Writing, row: MilestoneRow, source: str, met_on: date | None) -> ClaimRow:
    last = select(func.max(ClaimRow.sequence)).where(ClaimRow.project == writing.project)
    number = 1 + (writing.unit.session.scalar(last) or 0)
    claim = ClaimRow(
        project=writing.project, id=f"Q{number}", sequence=number, milestone=row.id, source=source, state=BEGUN,
        claimed_by=row.owner, claimed_at=writing.unit.clock(), met_on=met_on, evidence="", link="",
        before=row.status, loops=0, instance=None, ended_at=None,
    )  # fmt: skip
    writing.add(claim)
    return claim


def milestone_of(unit: Unit, claim: ClaimRow) -> MilestoneRow:
    """The milestone that a claim is about."""
    return unit.session.get_one(MilestoneRow, (claim.project, claim.milestone))


def say(writing: Writing, claim: ClaimRow, status: str, text: str, *, person: str = "") -> None:
    """Write down what is said about a claim; no earlier word is touched."""
    word = ClaimStepRow(
        project=claim.project, claim=claim.id, milestone=claim.milestone, round=claim.loops + 1, status=status,
        person=person or writing.by.person, text=text, link=claim.link if status == STATED else "",
        met_on=claim.met_on, at=writing.unit.clock(), instance=writing.instance or "",
    )  # fmt: skip
    writing.add(word, ident=f"{claim.project}/{claim.id}")


def state(writing: Writing, claim: ClaimRow, whose: str, met_on: date, evidence: str, link: str) -> None:
    """Take the claim of whoever owns the milestone, with its evidence: the milestone is claimed from now on."""
    row = milestone_of(writing.unit, claim)
    before = claim.before if row.status == CLAIMED else row.status
    writing.change(
        claim, state=STATED, met_on=met_on, evidence=evidence, link=link, claimed_by=whose,
        claimed_at=writing.unit.clock(), before=before,
    )  # fmt: skip
    say(writing, claim, STATED, evidence)
    writing.change(row, status=CLAIMED)


def take_back(writing: Writing, claim: ClaimRow, reason: str) -> None:
    """End a claim without a result: the milestone stands as it did before."""
    say(writing, claim, WITHDRAWN, reason)
    _restore(writing, claim)
    end(writing, claim, WITHDRAWN)


def send_back(writing: Writing, claim: ClaimRow, findings: Mapping[str, str]) -> None:
    """Return a claim to the owner with what was found, by person: the milestone stands as it did before."""
    for person, text in findings.items():
        say(writing, claim, SENT_BACK, text, person=person)
    _restore(writing, claim)
    writing.change(claim, state=RETURNED, loops=claim.loops + 1)


def _restore(writing: Writing, claim: ClaimRow) -> None:
    row = milestone_of(writing.unit, claim)
    if row.status == CLAIMED:
        writing.change(row, status=claim.before)


def end(writing: Writing, claim: ClaimRow, state: str) -> None:
    """End a claim; another one can be made of its milestone unless this one was accepted."""
    writing.change(claim, state=state, ended_at=writing.unit.clock())
    writing.unit.session.flush()


def verifier_role(unit: Unit, claim: ClaimRow) -> str:
    """Whose turn it is to verify a claim: a manager's, or the sponsor's in the manager's place.

    That is so where only parties to the claim manage the project, and when the claim was sent back three times. Where
    nobody else is left, they verify it themselves, and it is said so. Raises NobodyToApprove.
    """
    managing, sponsoring = (holders(unit, claim.project, role) for role in (MANAGER, SPONSOR))
    own = parties(unit, claim)
    managers, sponsors = set(managing) - own, set(sponsoring) - own
    if sponsors and (claim.loops >= LOOPS or not managers):
        return SPONSOR
    if managers or managing:
        return MANAGER
    if sponsoring:
        return SPONSOR
    raise NobodyToApprove("Nobody is left in this project who could verify a milestone: name a project manager.")


def verifiers(unit: Unit, claim: ClaimRow) -> tuple[str, list[str]]:
    """Whose turn it is to verify a claim, and who of that role has no part in it. Raises NobodyToApprove."""
    role = verifier_role(unit, claim)
    own = parties(unit, claim)
    return role, [one for one in holders(unit, claim.project, role) if one not in own]


def turn_again(unit: Unit, by: Actor, project_id: str = "") -> None:
    """Have it said anew who verifies the claims that wait for somebody who must not, or who has left; those of one
    project, or of all.

    A claim that is judged on a version of the SOP which knows no such turn waits until a manager without a part in it
    is named.
    """
    unit.session.flush()
    query = select(ClaimRow).where(ClaimRow.state == STATED, ClaimRow.ended_at.is_(None))
    if project_id:
        query = query.where(ClaimRow.project == project_id)
    for claim in unit.session.scalars(query.order_by(ClaimRow.project, ClaimRow.sequence)).all():
        with suppress(NobodyToApprove, NobodyWaits):
            role, able = verifiers(unit, claim)
            task = next(iter(_waiting(unit, claim)), None)
            holder = task and (task.claimed_by or task.assignee)
            if task and (task.role != role or (holder and able and holder not in able)):
                engine.send(unit, TURNS, f"{claim.project}:{claim.id}", {"claim": claim.id}, by)


def _waiting(unit: Unit, claim: ClaimRow) -> list[Task]:
    """The task by which a stated claim is verified; nothing before its judging has begun."""
    return engine.tasks(unit, instance=claim.instance, status="open") if claim.instance else []


def stands_alone(unit: Unit, claim: ClaimRow) -> bool:
    """Whether nobody but its parties is there to verify a claim: a small team, which is said in the log."""
    people = {*holders(unit, claim.project, MANAGER), *holders(unit, claim.project, SPONSOR)}
    return not people - parties(unit, claim)


def parties(unit: Unit, claim: ClaimRow) -> set[str]:
    """Who does not verify a claim: whoever made it, and whoever owns its milestone now and would be judged by it."""
    return claimants(unit, claim) | {milestone_of(unit, claim).owner}


def claimants(unit: Unit, claim: ClaimRow) -> set[str]:
    """Who claims: whoever owned the milestone then, and whoever reported or stated it in the owner's name, in whatever
    round. They do not judge their own claim."""
    query = select(ClaimStepRow.person).where(
        ClaimStepRow.project == claim.project, ClaimStepRow.claim == claim.id,
        ClaimStepRow.status.in_((REPORTED, STATED)),
    )  # fmt: skip
    return {claim.claimed_by, *unit.session.scalars(query)}


def document(unit: Unit, claim: ClaimRow) -> Record:
    """The newest sealed verification of a claim. Raises ApprovalMissing."""
    record = engine.current(unit, ACCEPTANCE, claim.project, claim.id)
    if record is None:
        raise ApprovalMissing(f"The claim {claim.id} has not been verified yet.")
    return record


def verification(unit: Unit, claim: ClaimRow) -> tuple[Record, Signed]:
    """The sealed verification of exactly this claim, with the signature of whoever verified it.

    Raises ApprovalMissing when it says no, is of an earlier round, or is not signed by a manager or sponsor other than
    the claimants and who owned the milestone at that time.
    """
    record = document(unit, claim)
    said = (record.data["round"], record.data["met_on"], record.data["decision"])
    if claim.met_on is None or said != (claim.loops + 1, claim.met_on.isoformat(), "approved"):
        raise ApprovalMissing(f"The claim {claim.id} as it stands now has not been verified.")
    own, alone = claimants(unit, claim) | {str(record.data.get("owner"))}, stands_alone(unit, claim)
    for one in engine.approvals(unit, record.id).values():
        if one.role in (MANAGER, SPONSOR) and (alone or not own & {one.person, one.counts_for}):
            return record, one
    raise ApprovalMissing(f"No project manager has signed that the claim {claim.id} holds.")


def accepted(unit: Unit, claim: ClaimRow) -> Record:
    """The verification of a claim, if everything that it needs is signed. Raises ApprovalMissing, ApproversAltered."""
    record, _ = verification(unit, claim)
    if milestone_of(unit, claim).type == CONTRACTUAL:
        verify(unit, record, without=claimants(unit, claim))
    return record


def achieve(writing: Writing, claim: ClaimRow) -> list[str]:
    """Make a milestone achieved by its accepted claim; give the ids of the actions that its points became.

    The day is the one on which the criterion was met; that it was accepted today is kept beside it. Raises
    ApprovalMissing and ApproversAltered, and StepRefused for a milestone that has left the plan or is achieved.
    """
    unit, row = writing.unit, milestone_of(writing.unit, claim)
    record = accepted(unit, claim)
    if claim.ended_at is not None or row.actual is not None or row.dropped_on is not None or claim.met_on is None:
        raise StepRefused(f"{row.id} is no longer open, so its claim {claim.id} has nothing to achieve.")
    today = project(unit, writing.project).day(unit.clock())
    source = f"claim {claim.id}"
    record_forecast(writing, row.id, claim.met_on, ACTUAL, today=today, source=source)
    writing.change(row, reason=source, actual=claim.met_on, forecast=claim.met_on, status="achieved", percent=100)
    say(writing, claim, ACCEPTED, "Accepted as complete.")
    end(writing, claim, ACCEPTED)
    points: list[Any] = record.data["points"]
    return give(writing, claim.id, points)
