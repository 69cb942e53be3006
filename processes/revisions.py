"""The SOP itself: its versions, who owns and approves it, and who has read it (clauses 7c, 8a)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import func, select

import engine
from engine import Actor, PersonRow, Record, Unit, names
from processes.errors import NotInProject, RegistrationRefused, StepRefused
from processes.tables import DutyRow, MemberRow, ProjectRow, RevisionRow
from processes.vocabulary import OWNER, READER, REVISION, SOP, SOP_ROLES
from processes.writing import Writing

FIRST = ("1.0", "Initial version", "[Your Name]", date(2024, 6, 18))
"""The version that the program brings, as its source says it: version, description, author, date."""


@dataclass(frozen=True)
class SopVersion:
    """A line of the revision history: what, by whom, since when, and how many of its readers have read it.

    A version that nobody has signed has no approver: it was imported, not approved.
    """

    id: str
    version: str
    description: str
    author: str
    approver: str | None
    dated: date
    effective_on: date | None
    state: str
    record: str | None
    readers: int
    read: int


@dataclass(frozen=True)
class Duty:
    """A person with a duty for the SOP."""

    person: str
    name: str
    role: str
    since: datetime


def of_instance(unit: Unit, instance: str) -> RevisionRow:
    """The row of the revision that an instance is about. Raises StepRefused."""
    row = unit.session.scalars(select(RevisionRow).where(RevisionRow.instance == instance)).first()
    if row is None:
        raise StepRefused("This instance is about no revision of the SOP.")
    return row


def next_number(unit: Unit) -> int:
    """The number of the next look at the SOP."""
    return 1 + (unit.session.scalar(select(func.max(RevisionRow.sequence))) or 0)


def document(unit: Unit, row: RevisionRow) -> Record:
    """The newest sealed text of a revision. Raises StepRefused."""
    record = engine.current(unit, REVISION, SOP, row.id)
    if record is None:
        raise StepRefused("This revision has not been drafted yet.")
    return record


def history(unit: Unit) -> list[SopVersion]:
    """The revision history of the SOP, the first version first (clause 8a)."""
    version, description, author, dated = FIRST
    found = [SopVersion("", version, description, author, None, dated, dated, "imported", None, 0, 0)]
    rows = list(unit.session.scalars(select(RevisionRow).order_by(RevisionRow.sequence)))
    printed = names(unit, {one for row in rows for one in (row.author, row.approver) if one})
    for row in rows:
        read = acknowledged(unit, row) if row.record else set()
        found.append(
            SopVersion(
                row.id, row.version, row.description, printed.get(row.author or "", ""),
                printed.get(row.approver or ""), (row.approved_at or row.opened_at).date(), row.effective_on, row.state,
                row.record, len(row.readers), len(read & set(row.readers)),
            )
        )  # fmt: skip
    return found


def in_force(unit: Unit) -> SopVersion:
    """The version that applies now: the newest that has become effective, else the one that was imported."""
    return next(one for one in reversed(history(unit)) if one.state in ("effective", "imported"))


def acknowledged(unit: Unit, row: RevisionRow) -> set[str]:
    """Who has signed to have read and understood exactly this revision."""
    return {
        one.person for one in engine.signatures(unit, row.record or "") if one.valid and one.meaning == "acknowledged"
    }


def approvals(unit: Unit, record: Record) -> set[str]:
    """Who has approved exactly this text, its author left out."""
    return {person for person in engine.approvals(unit, record.id) if person not in engine.makers(record)}


def readers(unit: Unit) -> dict[str, str]:
    """Who has to read a revision: owners and approvers of the SOP, and the active members of open projects."""
    query = (
        select(MemberRow.person)
        .join(PersonRow, PersonRow.id == MemberRow.person)
        .join(ProjectRow, ProjectRow.id == MemberRow.project)
        .where(MemberRow.until.is_(None), PersonRow.active, ProjectRow.status != "closed")
        .order_by(MemberRow.person)
        .distinct()
    )
    return dict.fromkeys([*(one.person for one in duties(unit)), *unit.session.scalars(query)], READER)


def duties(unit: Unit, role: str | None = None) -> list[Duty]:
    """Who owns and who approves the SOP at present; inactive people are left out."""
    query = (
        select(DutyRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == DutyRow.person)
        .where(DutyRow.until.is_(None), PersonRow.active)
        .order_by(DutyRow.since, DutyRow.id)
    )
    found = [Duty(row.person, name, row.role, row.since) for row, name in unit.session.execute(query)]
    return [one for one in found if role in (None, one.role)]


def give_duty(unit: Unit, person: str, role: str, by: Actor) -> None:
    """Give somebody a duty for the SOP. Raises RegistrationRefused."""
    if role not in SOP_ROLES:
        raise RegistrationRefused({"role": (f"Choose one of: {', '.join(SOP_ROLES)}.",)})
    row = unit.session.get(PersonRow, person)
    if row is None or not row.active:
        raise RegistrationRefused({"person": ("Choose somebody who is active.",)})
    if any((one.person, one.role) == (person, role) for one in duties(unit)):
        raise RegistrationRefused({"person": ("This person has that duty already.",)})
    Writing(unit, by, SOP).add(DutyRow(id=uuid4().hex, person=person, role=role, since=unit.clock(), until=None))


def end_duty(unit: Unit, person: str, role: str, by: Actor, reason: str) -> None:
    """End somebody's duty for the SOP, with a reason. Raises RegistrationRefused."""
    query = select(DutyRow).where(DutyRow.person == person, DutyRow.role == role, DutyRow.until.is_(None))
    row = unit.session.scalars(query).first()
    if row is None:
        raise RegistrationRefused({"person": ("This person does not have that duty.",)})
    if not reason.strip():
        raise RegistrationRefused({"reason": ("Say why, so that the history can be read.",)})
    Writing(unit, by, SOP).change(row, reason=reason, until=unit.clock())


def duties_of(unit: Unit, person: str) -> Collection[str]:
    """The duties that a person has for the SOP at present."""
    query = select(DutyRow.role).where(DutyRow.person == person, DutyRow.until.is_(None))
    return set(unit.session.scalars(query))


def ask_for_review(unit: Unit, by: Actor) -> None:
    """Begin a review of the SOP, as its owner. Raises NotInProject, engine.NobodyWaits."""
    if not by.holds(OWNER, SOP):
        raise NotInProject("Only the owner of the SOP begins its review.")
    Writing(unit, by, SOP).event("sop.review-asked", "sop", SOP)
    engine.send(unit, "sop.review-due", SOP, {"asked_at": unit.clock().isoformat()}, by)
