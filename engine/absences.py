"""Absences: a person names beforehand who stands in, for a time, with a scope and a reason; nothing is ever deleted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, or_, select

from engine.errors import AbsenceRefused, NotAllowed, NotFound, Refused
from engine.ledger import log
from engine.people import names
from engine.tables import AbsenceEndRow, AbsenceRow, PersonRow
from engine.unit import Barred, Unit, nothing_barred
from engine.values import Actor, StandIn

LONGEST = timedelta(days=366)
"""How long one absence lasts at most: who is away for good is replaced, not stood in for."""

SAY_WHY = "Say why, in 1 to 500 characters. It stands in the log."

Roles = Callable[[Unit, str], Mapping[str, frozenset[str]]]
"""Gives the roles that a person holds at present, by subject."""


@dataclass(frozen=True)
class Absence:
    """Who is away, who stands in, and for what. The days are those of people in `zone`, both included."""

    id: str
    person: str
    name: str
    deputy: str
    deputy_name: str
    subject: str
    role: str
    first_day: date
    last_day: date
    zone: str
    begins_at: datetime
    ends_at: datetime
    """When it ends or ended: earlier than its days say if somebody ended it."""
    reason: str
    recorded_by: str
    recorded_by_name: str
    at: datetime
    ended_by_name: str = ""
    ended_because: str = ""

    @property
    def ended_early(self) -> bool:
        """Whether somebody ended it before its last day."""
        return bool(self.ended_by_name)

    def state(self, now: datetime) -> str:
        """coming, present or past."""
        if now >= self.ends_at:
            return "past"
        return "present" if now >= self.begins_at else "coming"


def record_absence(
    unit: Unit,
    absent: Actor,
    deputy: Actor,
    by: Actor,
    *,
    first_day: date,
    last_day: date,
    zone: str,
    reason: str,
    subject: str = "",
    role: str = "",
) -> Absence:
    """Write down that somebody is away and who stands in; give the absence. `absent` and `deputy` with their roles.

    It holds from the first day, but never from before this moment. People record their own; an Administrator, and for
    one project its Project Manager, records somebody else's and cannot name themselves as deputy.
    Raises NotAllowed, NotFound, and AbsenceRefused with every error by field.
    """
    _may_record(absent, by, subject)
    if unit.session.get(PersonRow, absent.person, with_for_update=True) is None:  # one at a time for one person
        raise NotFound
    now, reason = unit.clock(), " ".join(reason.split())
    errors = {
        "deputy": _deputy_fault(unit, absent, deputy, by, subject),
        "subject": "" if not subject or absent.roles.get(subject) else f"{absent.name} takes no part in this project.",
        "role": _role_fault(absent, subject, role),
        **_day_faults(first_day, last_day, now, zone),
        "reason": "" if 0 < len(reason) <= 500 else SAY_WHY,
    }
    _refuse(errors)
    row = AbsenceRow(
        id=uuid4().hex, person=absent.person, deputy=deputy.person, subject=subject, role=role,
        first_day=first_day.isoformat(), last_day=last_day.isoformat(), zone=zone,
        begins_at=max(_midnight(first_day, zone), now), ends_at=_midnight(last_day + timedelta(days=1), zone),
        reason=reason, recorded_by=by.person, at=now, salt=secrets.token_hex(16),
    )  # fmt: skip
    _refuse({"deputy": _contradiction(unit, row)})
    log(
        unit, "absence.recorded", "absence", row.id, by, subject=subject, role=role, reason=reason, row=row,
        new={"first_day": row.first_day, "last_day": row.last_day, "zone": zone},
        said={"person": absent.person, "deputy": deputy.person},
    )  # fmt: skip
    unit.session.flush()
    return absence(unit, row.id)


def end_absence(unit: Unit, absence_id: str, by: Actor, reason: str) -> None:
    """End an absence now, or take back one that is still to come. Raises NotFound, NotAllowed and Refused."""
    row = _locked(unit, absence_id)
    found = absence(unit, absence_id) if row is not None else None
    if found is None:
        raise NotFound
    _may_record(Actor(found.person, found.name), by, found.subject)
    if found.state(unit.clock()) == "past":
        raise Refused("This absence is over already.")
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= 500:
        raise Refused(SAY_WHY)
    ended = AbsenceEndRow(
        absence_id=found.id, person=by.person, reason=reason, at=unit.clock(), salt=secrets.token_hex(16)
    )
    log(
        unit, "absence.ended", "absence", found.id, by, subject=found.subject, role=found.role, reason=reason,
        said={"person": found.person, "deputy": found.deputy}, row=ended,
    )  # fmt: skip
    unit.session.flush()


def absence(unit: Unit, absence_id: str) -> Absence:
    """One absence. Raises NotFound."""
    found = _read(unit, _query().where(AbsenceRow.id == absence_id))
    if not found:
        raise NotFound
    return found[0]


def absences_of(unit: Unit, people: Collection[str] | None = None) -> list[Absence]:
    """The absences that these people take, or stand in for; everybody's without any. The latest to begin first."""
    query = _query()
    if people is not None:
        query = query.where(or_(AbsenceRow.person.in_(list(people)), AbsenceRow.deputy.in_(list(people))))
    return _read(unit, query.order_by(AbsenceRow.begins_at.desc(), AbsenceRow.id))


def absent_now(unit: Unit, people: Collection[str]) -> list[Absence]:
    """The absences of these people that hold now."""
    return _read(unit, _now(unit).where(AbsenceRow.person.in_(list(people))).order_by(AbsenceRow.at, AbsenceRow.id))


def stands_in(unit: Unit, deputy: str, roles: Roles, barred: Barred = nothing_barred) -> tuple[StandIn, ...]:
    """Whom somebody stands in for now, with the roles that those hold themselves: what they were lent is not lent on.

    Only where the deputy takes part at present, in whatever role. For who was deactivated nobody stands in.
    """
    found = _read(unit, _FOR_DEPUTY, now=unit.clock(), deputy=deputy)
    here = {about for about, held in roles(unit, deputy).items() if held} if found else set()
    return tuple(
        StandIn(one.id, one.person, one.name, held, one.role, barred(unit, one.person, held))
        for one in found
        if unit.session.get_one(PersonRow, one.person).active
        for held in (_within(roles(unit, one.person), one.subject, one.role, here),)
    )


def check(unit: Unit, behalf: StandIn, by: Actor) -> None:
    """Raises NotAllowed unless the actor stands in for this person at this moment, whatever the actor's value says.

    The absence is locked, so that nobody ends it before what is done by it is written.
    """
    found = _read(unit, _now(unit).where(AbsenceRow.id == behalf.absence)) if _locked(unit, behalf.absence) else []
    fits = found and (found[0].person, found[0].deputy) == (behalf.person, by.person)
    if not fits or not unit.session.get_one(PersonRow, behalf.person, populate_existing=True).active:
        raise NotAllowed(f"You do not stand in for {behalf.name} any more. Nothing was done in their name.")


def _locked(unit: Unit, absence_id: str) -> AbsenceRow | None:
    return unit.session.scalars(select(AbsenceRow).where(AbsenceRow.id == absence_id).with_for_update()).first()


def _within(roles: Mapping[str, frozenset[str]], subject: str, role: str, here: set[str]) -> dict[str, frozenset[str]]:
    """Roles as far as an absence goes, and `here` the deputy does; those in the organisation are nobody's to lend."""
    return {
        about: held & {role} if role else held
        for about, held in roles.items()
        if about and about in here and subject in ("", about) and (not role or role in held)
    }


def _refuse(errors: Mapping[str, str]) -> None:
    """Raises AbsenceRefused if there is any."""
    if any(errors.values()):
        raise AbsenceRefused({name: fault for name, fault in errors.items() if fault})


def _may_record(absent: Actor, by: Actor, subject: str) -> None:
    manages = bool(subject) and by.holds("Project Manager", subject)
    if not (by.person == absent.person or by.holds("Administrator", "") or manages):
        raise NotAllowed(
            "People record their own absences; a Project Manager can do it within one project, an administrator always."
        )


def _deputy_fault(unit: Unit, absent: Actor, deputy: Actor, by: Actor, subject: str) -> str:
    if deputy.person == absent.person:
        return "Nobody stands in for themselves."
    row = unit.session.get(PersonRow, deputy.person)
    if row is None or not row.active:
        return f"{deputy.name} has been deactivated."
    if deputy.person == by.person:
        return "Who records somebody else's absence cannot stand in for them."
    shared = [one for one in absent.roles if one and subject in ("", one) and deputy.roles.get(one)]
    if not shared:
        where = "this project" if subject else f"any project of {absent.name}"
        return f"{deputy.name} takes no part in {where}, and so has no access to it."
    return ""


def _role_fault(absent: Actor, subject: str, role: str) -> str:
    held = {one for about, roles in absent.roles.items() if about and subject in ("", about) for one in roles}
    return "" if not role or role in held else f"{absent.name} does not hold the role {role} there."


def _day_faults(first_day: date, last_day: date, now: datetime, zone: str) -> dict[str, str]:
    today = now.astimezone(ZoneInfo(zone)).date()
    if first_day < today:
        return {"first_day": "This day has passed. An absence is recorded before somebody stands in, never afterwards."}
    if last_day < first_day:
        return {"last_day": "The last day lies before the first one."}
    if last_day - first_day > LONGEST or last_day.year > today.year + 10:
        return {"last_day": "An absence lasts a year at most, and begins within nine."}
    return {}


def _contradiction(unit: Unit, row: AbsenceRow) -> str:
    """Another absence of the same person that names another deputy for some of the same."""
    for one in _read(unit, _query().where(AbsenceRow.person == row.person, AbsenceRow.deputy != row.deputy)):
        meets = one.begins_at < row.ends_at and row.begins_at < one.ends_at
        about = (not one.subject or not row.subject or one.subject == row.subject) and (
            not one.role or not row.role or one.role == row.role
        )
        if meets and about:
            days = f"{one.first_day.isoformat()} to {one.last_day.isoformat()}"
            return f"{one.deputy_name} stands in from {days} already. End that absence first, or choose other days."
    return ""


def _midnight(day: date, zone: str) -> datetime:
    """The instant at which a day begins for people in a zone."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _query() -> Select[tuple[AbsenceRow, AbsenceEndRow]]:
    return select(AbsenceRow, AbsenceEndRow).outerjoin(AbsenceEndRow, AbsenceEndRow.absence_id == AbsenceRow.id)


def _now(unit: Unit) -> Select[tuple[AbsenceRow, AbsenceEndRow]]:
    now = unit.clock()
    return _query().where(AbsenceRow.begins_at <= now, AbsenceRow.ends_at > now, AbsenceEndRow.absence_id.is_(None))


# Asked at each request, for whoever sent it: built once.
_FOR_DEPUTY = _query().where(AbsenceRow.begins_at <= bindparam("now"), AbsenceRow.ends_at > bindparam("now"),
                             AbsenceEndRow.absence_id.is_(None), AbsenceRow.deputy == bindparam("deputy")
                             ).order_by(AbsenceRow.at, AbsenceRow.id)  # fmt: skip


def _read(unit: Unit, query: Select[tuple[AbsenceRow, AbsenceEndRow]], **given: Any) -> list[Absence]:
    rows = unit.session.execute(query, given).all()
    people = {one for row, _end in rows for one in (row.person, row.deputy, row.recorded_by)}
    printed = names(unit, people | {end.person for _row, end in rows if end is not None})
    return [
        Absence(
            id=row.id,
            person=row.person,
            name=printed[row.person],
            deputy=row.deputy,
            deputy_name=printed[row.deputy],
            subject=row.subject,
            role=row.role,
            first_day=date.fromisoformat(row.first_day),
            last_day=date.fromisoformat(row.last_day),
            zone=row.zone,
            begins_at=row.begins_at,
            ends_at=min(row.ends_at, end.at) if end else row.ends_at,
            reason=row.reason,
            recorded_by=row.recorded_by,
            recorded_by_name=printed[row.recorded_by],
            at=row.at,
            ended_by_name=printed[end.person] if end else "",
            ended_because=end.reason if end else "",
        )
        for row, end in rows
    ]
