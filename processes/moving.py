"""Moving a review meeting, and calling it off: until it begins, by the project manager, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select

import engine
from engine import Actor, Unit
from processes.calendar import instant
from processes.communication import tell
from processes.errors import MeetingRefused, NotInProject
from processes.projects import Project, project
from processes.reviews import still_fresh
from processes.tables import MeetingMoveRow, MeetingRow
from processes.vocabulary import MANAGER
from processes.writing import Writing

CHANGED = "meeting.changed"
"""The message that a review instance waits for until its meeting begins; it is about one meeting."""


@dataclass(frozen=True)
class Appointment:
    """A day and time in the project's zone, and a place; an empty place is the one that it was."""

    day: date
    at: time
    place: str = ""

    def instant(self, about: Project) -> datetime:
        """The instant, in UTC."""
        return instant(self.day, self.at, about.zone)


def move_meeting(unit: Unit, project_id: str, meeting: str, to: Appointment, why: str, by: Actor) -> None:
    """Move a meeting that has not begun; the invited are told, and what is due before it moves along.

    A status report that has gone out stays the one to read if its data are still fresh enough; else the data are cut
    anew before the new date. Raises NotInProject, and MeetingRefused with every error by field (date, why).
    """
    about, row = project(unit, project_id), _upcoming(unit, project_id, meeting, by)
    moment, place = to.instant(about), to.place.strip() or row.place
    faults = _faults(unit, moment, why)
    if not faults and (moment, place) == (row.scheduled_at, row.place):
        faults["date"] = ("The meeting is there already.",)
    if faults:
        raise MeetingRefused(faults)
    writing, before, prepared = Writing(unit, by, project_id, row.instance), row.scheduled_at, row.frozen_at is not None
    writing.change(row, reason=why.strip(), scheduled_at=moment, place=place)
    fresh, sent = still_fresh(about, row), row.distributed_at is not None
    keep_move(writing, row, before, moment, why, ("kept" if fresh else "anew") if sent else "none")
    tell(writing, "meeting-moved", key=row.id, to=row.invitees)
    if prepared and fresh and not sent:
        return  # The report is being written, and is right for the new date as well.
    _wake(unit, row, by)


def call_off(
    unit: Unit, project_id: str, meeting: str, why: str, by: Actor, instead: Appointment | None = None
) -> str | None:
    """Call a meeting off that has not begun, and schedule another one instead of it, if there is one; give its id.

    Without another date this is written as a gap. Raises NotInProject, and MeetingRefused by field (date, why).
    """
    about, row = project(unit, project_id), _upcoming(unit, project_id, meeting, by)
    faults = _faults(unit, instead.instant(about) if instead else None, why)
    if faults:
        raise MeetingRefused(faults)
    writing = Writing(unit, by, project_id, row.instance)
    take_off(writing, row, why)
    replaced = None
    if instead:
        place = instead.place.strip() or row.place
        replaced = schedule_meeting(writing, row.instance, instead.instant(about), place, row.agenda, row.invitees)
    _wake(unit, row, by)
    return replaced


def take_off(writing: Writing, row: MeetingRow, why: str) -> None:
    """Say that a meeting does not take place, and tell the invited: it leaves their calendars."""
    writing.change(row, reason=why.strip(), state="called-off")
    keep_move(writing, row, row.scheduled_at, None, why)
    tell(writing, "meeting-called-off", key=row.id, to=row.invitees)


def schedule_meeting(
    writing: Writing, instance: str | None, at: datetime, place: str, agenda: str, invitees: list[str]
) -> str:
    """The next meeting of the project, in the state scheduled; give its id."""
    query = select(func.max(MeetingRow.sequence)).where(MeetingRow.project == writing.project)
    number = (writing.unit.session.scalar(query) or 0) + 1
    row = MeetingRow(
        project=writing.project, id=f"R{number}", sequence=number, instance=instance, state="scheduled",
        scheduled_at=at, place=place, agenda=agenda, invitees=sorted(invitees), called_by=writing.by.person,
        freeze_at=None, frozen_at=None, cut=None, distributed_at=None, attendees=None, apologies=None, delegates="",
        quorum=None, held=None, held_at=None, entitled=None, needed=None, course=None, answer_by=None, circulated=None,
    )  # fmt: skip
    writing.add(row)
    writing.unit.session.flush()
    return row.id


def _upcoming(unit: Unit, project_id: str, meeting: str, by: Actor) -> MeetingRow:
    """The row of a meeting that can still be moved, by somebody who may."""
    if not by.holds(MANAGER, project_id):
        raise NotInProject("Only a project manager of the project moves its meetings or calls them off.")
    row = unit.session.get(MeetingRow, (project_id, meeting))
    if row is None or row.state != "scheduled" or row.scheduled_at <= unit.clock() or row.freeze_at is None:
        raise MeetingRefused({"": ("Only a meeting that is still to come can be moved or called off.",)})
    return row


def _faults(unit: Unit, moment: datetime | None, why: str) -> dict[str, tuple[str, ...]]:
    faults = {}
    if moment is not None and moment <= unit.clock():
        faults["date"] = ("A review is scheduled for the future.",)
    if not why.strip():
        faults["why"] = ("Say why: the invited read it, and it stands in the minutes.",)
    return faults


def keep_move(
    writing: Writing, row: MeetingRow, before: datetime, to: datetime | None, why: str, report: str = "none"
) -> None:
    """Write down that a meeting was moved, repeated on another day, or called off (`to` is None)."""
    move = MeetingMoveRow(
        project=row.project, meeting=row.id, from_at=before, to_at=to, report=report, text=why.strip(),
        by=writing.by.person, at=writing.unit.clock(),
    )  # fmt: skip
    writing.add(move, ident=f"{row.project}/{row.id}")
    writing.unit.session.flush()


def _wake(unit: Unit, row: MeetingRow, by: Actor) -> None:
    """Tell the instance; it takes up the new date."""
    engine.send(unit, CHANGED, f"{row.project}:{row.id}", {"meeting": row.id}, by)
