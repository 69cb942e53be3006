"""Projects under the SOP: registering one with its team, and its members."""

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
from processes.calendar import day_of, zone_of
from processes.communication import tell
from processes.errors import NoSuchProject, RegistrationRefused
from processes.people import holders, members
from processes.plan import plan
from processes.readings import OPTIONS
from processes.settings import PEOPLE, RARE_STEPS, Settings
from processes.tables import MemberRow, ProjectRow
from processes.vocabulary import ROLES, SOP, STAKEHOLDER
from processes.working_days import Calendar, calendar_of
from processes.writing import Writing

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True)
class Project:
    """A project; `status` is registered, planning, running, on-hold or closed."""

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
        "settings": [
            *(f"{OPTIONS[name].label}: {said}" for name, said in chosen.faults().items()),
            *(f"There is no setting “{name}”." for name in given if name not in known),
            *(f"{OPTIONS[name].label}: choose people of the project." for name in strangers(chosen, team)),
            *(f"{OPTIONS[name].label}: {said}" for name, said in _unasked(chosen, team).items()),
        ],
        "members": _team_faults(unit, team),
    }
    if any(errors.values()):
        raise RegistrationRefused({name: tuple(lines) for name, lines in errors.items() if lines})
    return chosen, team


def _unasked(chosen: Settings, team: Mapping[str, Collection[str]]) -> dict[str, str]:
    """What a project cannot begin with: fewer approvals than the matrix asks for, and what others must agree to."""
    found = {}
    if said := deciding.too_few(chosen.change_completion, len(team.get(STAKEHOLDER, ()))):
        found["change_completion"] = said
    if chosen.review_step in RARE_STEPS:
        found["review_step"] = "Begin with P1M at least. Once the project is registered, propose a longer time."
    return found


def strangers(chosen: Settings, team: Mapping[str, Collection[str]]) -> list[str]:
    """The settings that name people who take no part; `team` maps roles to people."""
    known = {person for people in team.values() for person in people}
    return [name for name in PEOPLE if not set(str(getattr(chosen, name)).split()) <= known]


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
    """Give a person a role in a project; whoever joins is told the plan as it stands, unless a setting says otherwise.

    Raises NoSuchProject and RegistrationRefused.
    """
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
    writing = Writing(unit, by, project_id)
    _join(writing, person, role)
    stands = plan(unit, project_id)
    if stands.record and Settings(**row.settings).newcomers == "told":
        tell(writing, "current-plan", record=stands.record, to=[person])


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
