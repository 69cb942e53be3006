"""Who takes part in a project at present: members by role, with inactive people left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, literal, select, union_all

from engine import PersonRow, Unit
from processes.tables import DutyRow, MemberRow, ProjectRow
from processes.vocabulary import READER, ROLES, SOP, SPONSOR, STAKEHOLDER


@dataclass(frozen=True)
class Member:
    """A person with the role held in a project since an instant."""

    person: str
    name: str
    role: str
    since: datetime
    active: bool = True


_MEMBERS = (
    select(MemberRow, PersonRow.name)
    .join(PersonRow, PersonRow.id == MemberRow.person)
    .where(MemberRow.project == bindparam("project"), MemberRow.until.is_(None), PersonRow.active)
)


def members(unit: Unit, project: str, role: str | None = None) -> tuple[Member, ...]:
    """Current members by role and name; inactive people are left out, for they cannot act."""
    rows = unit.session.execute(_MEMBERS, {"project": project})
    found = [Member(row.person, name, row.role, row.since) for row, name in rows if role in (None, row.role)]
    return _in_order(found)


def teams(unit: Unit) -> dict[str, tuple[Member, ...]]:
    """The current members of every project, by role and name."""
    query = (
        select(MemberRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == MemberRow.person)
        .where(MemberRow.until.is_(None), PersonRow.active)
    )
    found: dict[str, list[Member]] = {}
    for row, name in unit.session.execute(query):
        found.setdefault(row.project, []).append(Member(row.person, name, row.role, row.since))
    return {project: _in_order(team) for project, team in found.items()}


def _in_order(team: Collection[Member]) -> tuple[Member, ...]:
    return tuple(sorted(team, key=lambda one: (ROLES.index(one.role), one.name, one.person)))


def holders(unit: Unit, project: str, role: str) -> tuple[str, ...]:
    """The people who hold a role in a project at present."""
    return tuple(one.person for one in members(unit, project, role))


def on_duty(unit: Unit, role: str) -> tuple[str, ...]:
    """The people who have this duty for the SOP at present, and can act."""
    query = (
        select(DutyRow.person)
        .join(PersonRow, PersonRow.id == DutyRow.person)
        .where(DutyRow.role == role, DutyRow.until.is_(None), PersonRow.active)
    )
    return tuple(unit.session.scalars(query.order_by(DutyRow.person)))


def role_of(unit: Unit, project: str, person: str, order: Collection[str] = ROLES) -> str | None:
    """The first role, in this order, that the person holds in the project at present; None if none of them."""
    held = {one.role for one in members(unit, project) if one.person == person}
    return next((role for role in order if role in held), None)


def everybody(unit: Unit, project: str) -> dict[str, str]:
    """Every current member once, with the first role held in the order manager, team, stakeholder, sponsor."""
    found: dict[str, str] = {}
    for one in members(unit, project):
        found.setdefault(one.person, one.role)
    return found


def readers(unit: Unit, project: str) -> dict[str, str]:
    """Who reads the status reports: stakeholders and sponsors, each once."""
    found: dict[str, str] = {}
    for one in members(unit, project):
        if one.role in (STAKEHOLDER, SPONSOR):
            found.setdefault(one.person, one.role)
    return found


def shared_projects(unit: Unit, people: Collection[str]) -> dict[str, set[str]]:
    """The open projects in which any of these people take part, by id: project -> those who do."""
    query = (
        select(MemberRow.project, MemberRow.person)
        .join(ProjectRow, ProjectRow.id == MemberRow.project)
        .where(MemberRow.person.in_(list(people)), MemberRow.until.is_(None), ProjectRow.status != "closed")
        .order_by(MemberRow.project)
    )
    found: dict[str, set[str]] = {}
    for project, person in unit.session.execute(query):
        found.setdefault(project, set()).add(person)
    return found


# Asked at each request, for whoever sent it: built once.
_HELD = union_all(
    select(MemberRow.project, MemberRow.role).where(
        MemberRow.person == bindparam("person"), MemberRow.until.is_(None)
    ),
    select(literal(SOP), DutyRow.role).where(DutyRow.person == bindparam("person"), DutyRow.until.is_(None)),
)


def roles(unit: Unit, person: str) -> dict[str, frozenset[str]]:
    """The roles that a person holds at present: project -> roles; for the SOP itself under its own name."""
    found: dict[str, set[str]] = {}
    for project, role in unit.session.execute(_HELD, {"person": person}):
        found.setdefault(project, set()).add(role)
    if found:
        found.setdefault(SOP, set()).add(READER)
    return {project: frozenset(held) for project, held in found.items()}
