"""Projects under the SOP: registering one with its team, its settings, its members, and its close."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from sqlalchemy import select

import engine
from engine import Actor, Unit
from processes import deciding
from processes.calendar import day_of, due_of, zone_of
from processes.errors import NoSuchProject, NotInProject, RegistrationRefused
from processes.escalating import escalation_steps
from processes.people import holders, members
from processes.tables import MemberRow, ProjectRow
from processes.vocabulary import MANAGER, PLAN_RULES, ROLES, SOP, SPONSOR, STAKEHOLDERS
from processes.working_days import Calendar, calendar_of
from processes.writing import Writing

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True)
class Settings:
    """How a project reads the SOP where the SOP leaves a choice. Days are working days unless said otherwise."""

    weekly_due: str = "FRI 17:00"
    """When weekly updates are due, in the project's zone."""
    update_close_days: int = 2
    """For how long a late update is still taken."""
    review_step: str = "P1M"
    review_after_days: int = 14
    """Calendar days from the start to the first call for a review, so that it can be held within a month."""
    preread_days: int = 2
    """How long before a meeting its status report goes out."""
    quorum: str = "half"
    """How many stakeholders make a review: “half” of them, or a number."""
    approval_rule: str = STAKEHOLDERS
    """Who signs the baseline."""
    change_completion: str = deciding.MATRIX
    """When a change counts as approved: “matrix”, “unanimous”, “majority”, “veto”, “sponsor”, or a number."""
    change_order: str = deciding.PARALLEL
    """Whether approvers of a change are asked at the same time (“parallel”) or in turn (“sequential”)."""
    change_veto: str = SPONSOR
    """Whose objection alone stops a change where a veto holds: roles, separated by commas."""
    ratify_days: int = 5
    """Within how long an emergency change is ratified."""
    escalation_days: str = "3 5 7 9"
    """How long after it was asked for an approval that nobody gives is reminded of, brought to deputies, to the
    project manager, and to the sponsor."""
    holidays: str = ""
    """Whose public holidays are kept: an ISO 3166 country, with a subdivision or not; “” for none."""
    closed_days: str = ""
    """Further days without work, as ISO dates."""

    def faults(self) -> list[str]:
        """What is wrong with them, as sentences."""
        found = []
        try:
            due_of(self.weekly_due)
        except ValueError as error:
            found.append(str(error))
        try:
            calendar_of(self.holidays, self.closed_days)
        except ValueError as error:
            found.append(str(error))
        try:
            escalation_steps(self.escalation_days)
        except ValueError as error:
            found.append(str(error))
        if self.review_step not in ("P1M", "P28D", "P4W", "P21D", "P3W", "P14D", "P2W", "P7D", "P1W"):
            found.append("Reviews are held at least monthly: write P1M or a number of weeks up to P4W.")
        if not 0 < self.review_after_days <= 28:
            found.append("The first review is called for 1 to 28 days after the start.")
        if not 0 < self.preread_days <= 10 or not 0 < self.update_close_days <= 5:
            found.append(
                "Reports go out 1 to 10 working days before a meeting; updates close 1 to 5 after they were due."
            )
        if self.quorum != "half" and not (self.quorum.isdigit() and int(self.quorum) > 0):
            found.append("A quorum is “half” of the stakeholders or a number of them.")
        if self.approval_rule not in PLAN_RULES:
            found.append(f"The baseline is signed by one of: {', '.join(PLAN_RULES)}.")
        return found + deciding.faults(self.change_completion, self.change_order, self.change_veto, self.ratify_days)


@dataclass(frozen=True)
class Project:
    """A project; `status` is registered, planning, running or closed."""

    id: str
    title: str
    purpose: str
    zone: str
    status: str
    planned_start: date
    registered_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    settings: Settings

    def day(self, moment: datetime) -> date:
        """The date that the project's people have at this instant."""
        return day_of(moment, self.zone)

    @cached_property
    def calendar(self) -> Calendar:
        """Which days the project's people work on."""
        return calendar_of(self.settings.holidays, self.settings.closed_days)

    @property
    def began_on(self) -> date:
        """The day from which work may have been done: the earlier of the planned and the recorded start."""
        return min(self.planned_start, self.day(self.started_at)) if self.started_at else self.planned_start


def register(
    unit: Unit,
    id: str,
    title: str,
    *,
    members: Mapping[str, Collection[str]],
    start: date,
    by: Actor,
    purpose: str = "",
    zone: str = "UTC",
    settings: Settings | Mapping[str, Any] | None = None,
) -> str:
    """Register a project with its team and set it under the SOP; give its id.

    `members` maps a role to person ids; every role needs somebody. The running of the SOP begins by the message
    project.registered. Raises RegistrationRefused with every error by field (id, title, zone, settings, members).
    """
    chosen, team = _checked(unit, id, title, zone, settings, members)
    now = unit.clock()
    writing = Writing(unit, by, id)
    row = ProjectRow(
        id=id, title=title.strip(), purpose=purpose.strip(), zone=zone, status="registered", planned_start=start,
        registered_at=now, started_at=None, closed_at=None, settings=asdict(chosen),
    )  # fmt: skip
    writing.add(row)
    unit.session.flush()
    for role in ROLES:
        for person in team[role]:
            _join(writing, person, role)
    unit.session.flush()
    engine.send(unit, "project.registered", id, {"project": id}, by)
    return id


def _checked(
    unit: Unit,
    id: str,
    title: str,
    zone: str,
    settings: Settings | Mapping[str, Any] | None,
    members: Mapping[str, Collection[str]],
) -> tuple[Settings, dict[str, tuple[str, ...]]]:
    """The settings and the team, each person once in a role. Raises RegistrationRefused."""
    team = {role: tuple(dict.fromkeys(people)) for role, people in members.items()}
    known = {field.name for field in fields(Settings)}
    given = asdict(settings) if isinstance(settings, Settings) else dict(settings or {})
    chosen = Settings(**{name: value for name, value in given.items() if name in known})
    errors = {
        "id": _id_faults(unit, id),
        "title": [] if title.strip() else ["Give the project a title."],
        "zone": _zone_faults(zone),
        "settings": [*chosen.faults(), *(f"There is no setting “{name}”." for name in given if name not in known)],
        "members": _team_faults(unit, team),
    }
    if any(errors.values()):
        raise RegistrationRefused({name: tuple(lines) for name, lines in errors.items() if lines})
    return chosen, team


def _id_faults(unit: Unit, id: str) -> list[str]:
    if not _SLUG.fullmatch(id):
        return ["An id has 1 to 40 small letters, digits and hyphens, and begins and ends with a letter or digit."]
    if id == SOP:
        return ["This id stands for the SOP itself. Choose another one."]
    return ["There is a project with this id already."] if unit.session.get(ProjectRow, id) else []


def _zone_faults(zone: str) -> list[str]:
    try:
        zone_of(zone)
    except ValueError as error:
        return [str(error)]
    return []


def _team_faults(unit: Unit, team: Mapping[str, Collection[str]]) -> list[str]:
    found = [f"There is no role “{role}”." for role in team if role not in ROLES]
    found += [f"Name at least one person as {role}." for role in ROLES if not team.get(role)]
    wanted = {person for people in team.values() for person in people}
    able = {one.id for one in engine.people(unit, wanted, active=True)}
    found += [f"{person} is not an active person here." for person in sorted(wanted - able)]
    return found


def _join(writing: Writing, person: str, role: str) -> None:
    row = MemberRow(
        id=uuid4().hex, project=writing.project, person=person, role=role, since=writing.unit.clock(), until=None
    )
    writing.add(row)


def add_member(unit: Unit, project_id: str, person: str, role: str, by: Actor) -> None:
    """Give a person a role in a project. Raises NoSuchProject and RegistrationRefused."""
    row = project_row(unit, project_id)
    if row.status == "closed":
        raise RegistrationRefused({"members": ("The project is closed.",)})
    faults = [] if role in ROLES else [f"There is no role “{role}”."]
    if not engine.people(unit, [person], active=True):
        faults.append(f"{person} is not an active person here.")
    if any(one.person == person and one.role == role for one in members(unit, project_id)):
        faults.append("This person holds the role already.")
    if faults:
        raise RegistrationRefused({"members": tuple(faults)})
    _join(Writing(unit, by, project_id), person, role)


def remove_member(unit: Unit, project_id: str, person: str, role: str, by: Actor, reason: str) -> None:
    """End a person's role in a project. Raises NoSuchProject, and RegistrationRefused for the last one in a role."""
    project_row(unit, project_id)
    query = select(MemberRow).where(
        MemberRow.project == project_id, MemberRow.person == person, MemberRow.role == role, MemberRow.until.is_(None)
    )
    row = unit.session.scalars(query).first()
    if row is None:
        raise RegistrationRefused({"members": ("This person does not hold the role.",)})
    if not reason.strip():
        raise RegistrationRefused({"reason": ("Say why, so that the team's history can be read.",)})
    if not [one for one in holders(unit, project_id, role) if one != person]:
        raise RegistrationRefused({"members": (f"A project needs a {role}. Name another one first.",)})
    Writing(unit, by, project_id).change(row, reason=reason, until=unit.clock())


def close(unit: Unit, project_id: str, by: Actor, reason: str) -> list[str]:
    """Ask for the close of a project; give the instances that heard it. Raises NotInProject, engine.NobodyWaits."""
    project_row(unit, project_id)
    if not by.holds(MANAGER, project_id):
        raise NotInProject("Only a project manager of the project may close it.")
    if not reason.strip():
        raise RegistrationRefused({"reason": ("Say why the project is closed.",)})
    Writing(unit, by, project_id).event("project.close-requested", "project", project_id, reason=reason)
    return engine.send(unit, "closure.requested", project_id, {"reason": reason}, by)


def project_row(unit: Unit, project_id: str) -> ProjectRow:
    """The row of a project. Raises NoSuchProject."""
    row = unit.session.get(ProjectRow, project_id)
    if row is None:
        raise NoSuchProject
    return row


def project(unit: Unit, project_id: str) -> Project:
    """One project. Raises NoSuchProject."""
    return _project(project_row(unit, project_id))


def projects(unit: Unit, actor: Actor | None = None) -> list[Project]:
    """Projects by title: those in which the actor holds a role, or all of them when no actor is given."""
    query = select(ProjectRow).order_by(ProjectRow.title, ProjectRow.id)
    if actor is not None:
        query = query.where(ProjectRow.id.in_([subject for subject, held in actor.roles.items() if subject and held]))
    return [_project(row) for row in unit.session.scalars(query)]


def _project(row: ProjectRow) -> Project:
    return Project(
        row.id, row.title, row.purpose, row.zone, row.status, row.planned_start, row.registered_at, row.started_at,
        row.closed_at, Settings(**row.settings),
    )  # fmt: skip
