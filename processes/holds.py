"""Projects on hold: since when, until when, why; while one lasts nothing falls due, and what was due comes later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from engine import Actor, Unit, names
from processes.asking import ask
from processes.calendar import instant, iso
from processes.errors import NotInProject, RegistrationRefused
from processes.projects import Project, project, project_row
from processes.tables import HoldRow
from processes.vocabulary import MANAGER
from processes.writing import Writing

HELD = "on-hold"
MORNING = time(8)
"""When a hold ends on its last day, in the project's zone."""


@dataclass(frozen=True)
class Hold:
    """A hold: H1, H2, ... `until` is when it ends by itself; `ended_at` when it did, earlier if somebody resumed."""

    id: str
    held_at: datetime
    until: datetime
    reason: str
    name: str
    ended_at: datetime | None
    ended_by_name: str
    remark: str


def hold(unit: Unit, project_id: str, until: date, by: Actor, reason: str) -> None:
    """Put a running project on hold until a day, or prolong a hold to a later one; it ends that morning by itself.

    Raises NoSuchProject, NotInProject, RegistrationRefused by field (until, reason), engine.NobodyWaits.
    """
    about = project(unit, project_id)
    _manages(by, project_id)
    now, end = unit.clock(), instant(until, MORNING, about.zone)
    longest = about.settings.hold_longest
    open_one = present(unit, project_id)
    errors: dict[str, tuple[str, ...]] = {}
    if about.status not in ("running", HELD):
        errors["until"] = ("Only a project that runs can be put on hold.",)
    elif end <= now:
        errors["until"] = ("A hold ends on a day that is still to come.",)
    elif (until - about.day(now)).days > longest:
        errors["until"] = (f"A hold lasts {longest} days at most. It can be prolonged, with a reason each time.",)
    elif open_one is not None and end <= open_one.until:
        errors["until"] = ("The project is on hold until then already. Resume it to end the hold earlier.",)
    if not reason.strip():
        errors["reason"] = ("Say why the project is put on hold.",)
    if errors:
        raise RegistrationRefused(errors)
    number = 1 + (unit.session.scalar(select(func.max(HoldRow.sequence)).where(HoldRow.project == project_id)) or 0)
    writing = Writing(unit, by, project_id)
    if open_one is not None:
        writing.change(open_one, reason=reason.strip(), ended_at=now, ended_by=by.person, remark="Prolonged.")
    row = HoldRow(
        project=project_id, id=f"H{number}", sequence=number, held_at=now, until=end, comment=reason.strip(),
        by=by.person, ended_at=None, ended_by=None, remark="",
    )  # fmt: skip
    writing.add(row, reason=reason.strip())
    unit.session.flush()
    said = {"hold": row.id, "until": iso(end), "before": iso(open_one.until if open_one else now)}
    ask(unit, "project.on-hold", project_id, said, by)


def resume(unit: Unit, project_id: str, by: Actor, reason: str) -> None:
    """End a hold before its day. Raises NotInProject, RegistrationRefused, engine.NobodyWaits."""
    _manages(by, project_id)
    row = present(unit, project_id)
    if row is None:
        raise RegistrationRefused({"reason": ("This project is not on hold.",)})
    if not reason.strip():
        raise RegistrationRefused({"reason": ("Say why the project goes on.",)})
    writing = Writing(unit, by, project_id)
    writing.change(row, reason=reason.strip(), ended_at=unit.clock(), ended_by=by.person, remark=reason.strip())
    unit.session.flush()
    ask(unit, "project.resumed", project_id, {}, by)


def _manages(by: Actor, project_id: str) -> None:
    if not by.holds(MANAGER, project_id):
        raise NotInProject("Only a project manager of the project may do this.")


def present(unit: Unit, project_id: str) -> HoldRow | None:
    """The row of the hold that has not ended."""
    project_row(unit, project_id)
    query = select(HoldRow).where(HoldRow.project == project_id, HoldRow.ended_at.is_(None))
    return unit.session.scalars(query.order_by(HoldRow.sequence.desc()).limit(1)).first()


def holds(unit: Unit, project_id: str) -> list[Hold]:
    """The holds of a project, the first one first."""
    rows = list(
        unit.session.scalars(select(HoldRow).where(HoldRow.project == project_id).order_by(HoldRow.sequence))
    )
    printed = names(unit, {one for row in rows for one in (row.by, row.ended_by) if one})
    return [
        Hold(row.id, row.held_at, row.until, row.comment, printed[row.by], row.ended_at,
             printed.get(row.ended_by or "", ""), row.remark)
        for row in rows
    ]  # fmt: skip


def was_held(unit: Unit, project_id: str, moment: datetime) -> bool:
    """Whether the project was on hold at an instant."""
    return any(one.held_at <= moment < (one.ended_at or one.until) for one in holds(unit, project_id))


def held_for(unit: Unit, project_id: str, first: datetime, last: datetime) -> timedelta:
    """For how much of the time between two instants the project was on hold."""
    return held_between(holds(unit, project_id), first, last)


def held_between(found: Iterable[Hold], first: datetime, last: datetime) -> timedelta:
    """For how much of the time between two instants any of these holds lasted; they never overlap."""
    spans = [(max(one.held_at, first), min(one.ended_at or one.until, last)) for one in found]
    return sum((end - begin for begin, end in spans if end > begin), timedelta(0))


def working_days_on(unit: Unit, about: Project, count: int) -> datetime:
    """The instant so many working days from now on the project's calendar, at this time of day in its zone.

    While the project is on hold they are counted from its end on.
    """
    row = present(unit, about.id)
    begin = max(unit.clock(), row.until) if row else unit.clock()
    return about.calendar.later(begin, count, about.zone)
