"""Review meetings: how they are read, when their report is due, who makes a quorum, what the data cut holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from engine import Unit, names
from processes.calendar import instant, more_than_a_month, zone_of
from processes.errors import StepRefused
from processes.people import holders
from processes.performance import held_reviews
from processes.plan import milestone_rows
from processes.projects import Project, project
from processes.tables import DecisionRow, ItemRow, LineRow, MeetingRow
from processes.vocabulary import STAKEHOLDER

MORNING = time(8)
"""When a data cut is made, in the project's zone."""


@dataclass(frozen=True)
class Meeting:
    """A review meeting; `state` is scheduled, held or not-held. Times are instants in UTC."""

    id: str
    instance: str
    state: str
    scheduled_at: datetime
    place: str
    agenda: str
    invitees: tuple[str, ...]
    attendees: tuple[str, ...]
    apologies: tuple[str, ...]
    quorum: bool | None
    distributed_at: datetime | None
    held_at: datetime | None
    lines: tuple[tuple[str, str, str], ...]
    items: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Decision:
    """A decision of a held review, with the change it led to."""

    id: str
    meeting: str
    text: str
    decided_by: str
    votes: str
    change: str | None


def of_instance(unit: Unit, instance: str) -> MeetingRow:
    """The meeting that a review instance is about: the newest it has scheduled. Raises StepRefused."""
    query = select(MeetingRow).where(MeetingRow.instance == instance).order_by(MeetingRow.sequence.desc()).limit(1)
    row = unit.session.scalars(query).first()
    if row is None:
        raise StepRefused("No meeting has been scheduled here yet.")
    return row


def meetings(unit: Unit, project_id: str) -> list[Meeting]:
    """The meetings of a project, the first one first; people by name."""
    rows = list(
        unit.session.scalars(select(MeetingRow).where(MeetingRow.project == project_id).order_by(MeetingRow.sequence))
    )
    lines = list(unit.session.scalars(select(LineRow).where(LineRow.project == project_id)))
    items = list(unit.session.scalars(select(ItemRow).where(ItemRow.project == project_id).order_by(ItemRow.id)))
    people = {one for row in rows for group in (row.invitees, row.attendees, row.apologies) for one in group or ()}
    printed = names(unit, people)
    return [
        Meeting(
            id=row.id,
            instance=row.instance,
            state=row.state,
            scheduled_at=row.scheduled_at,
            place=row.place,
            agenda=row.agenda,
            invitees=tuple(printed[one] for one in row.invitees),
            attendees=tuple(printed[one] for one in row.attendees or ()),
            apologies=tuple(printed[one] for one in row.apologies or ()),
            quorum=row.quorum,
            distributed_at=row.distributed_at,
            held_at=row.held_at,
            lines=tuple((one.milestone, one.outcome, one.remark) for one in lines if one.meeting == row.id),
            items=tuple((one.kind, one.text, one.disposition) for one in items if one.meeting == row.id),
        )
        for row in rows
    ]


def decisions(unit: Unit, project_id: str) -> list[Decision]:
    """The decisions of a project's reviews, D1 first."""
    query = select(DecisionRow).where(DecisionRow.project == project_id).order_by(DecisionRow.sequence)
    rows = list(unit.session.scalars(query))
    printed = names(unit, {row.decided_by for row in rows})
    return [Decision(row.id, row.meeting, row.text, printed[row.decided_by], row.votes, row.change) for row in rows]


def decision_text(unit: Unit, project_id: str, source: str | None) -> str | None:
    """What a change comes from: a decision with its text, or whatever else was named; None for nothing."""
    row = unit.session.get(DecisionRow, (project_id, source)) if source else None
    return f"{row.id} of {row.meeting}: {row.text}" if row else source


def freeze_at(about: Project, meeting_at: datetime, now: datetime) -> datetime:
    """When the data are cut: the pre-read time and one working day before the meeting, in the morning, or now."""
    day = about.calendar.add(about.day(meeting_at), -(about.settings.preread_days + 1))
    return max(instant(day, MORNING, about.zone), now)


def overdue_review(unit: Unit, about: Project, meeting_at: datetime) -> date | None:
    """The last held review, or the start, if it lies more than a calendar month before the meeting; else None.

    A meeting without a quorum was not held and does not count.
    """
    held = held_reviews(unit, about.id, until=meeting_at)
    since = held[-1].scheduled_at if held else about.started_at or about.registered_at
    last = about.day(since)
    return last if more_than_a_month(last, about.day(meeting_at)) else None


def has_quorum(unit: Unit, about: Project, attendees: Sequence[str]) -> bool:
    """Whether enough of the present stakeholders attend: half of them, or the number that the project sets."""
    stakeholders = holders(unit, about.id, STAKEHOLDER)
    present = len([one for one in stakeholders if one in attendees])
    wanted = (len(stakeholders) + 1) // 2 if about.settings.quorum == "half" else int(about.settings.quorum)
    return present >= max(1, wanted)


def to_review(unit: Unit, project_id: str) -> list[dict[str, str]]:
    """The milestones that a review speaks of: open ones, and those reached or dropped since the last held review."""
    about = project(unit, project_id)
    held = held_reviews(unit, project_id)
    since = about.day(held[-1].scheduled_at) if held else about.began_on
    today = about.day(unit.clock())
    found = []
    for row in milestone_rows(unit, project_id):
        ended = row.dropped_on or row.actual
        if ended is not None and ended < since:
            continue
        late = row.actual is None and max(row.forecast, today) > row.target
        outcome = "dropped" if row.dropped_on else "completed" if row.actual else "delayed" if late else "pending"
        found.append({"milestone": row.id, "name": row.name, "outcome": outcome, "remark": ""})
    return found


def held_faults(answers: Mapping[str, Any], wanted: Sequence[str], *, day: date) -> dict[str, tuple[str, ...]]:
    """What must be mended in what a held review wrote down: every milestone, items or none, actions after the day."""
    found: dict[str, tuple[str, ...]] = {}
    told = [str(row.get("milestone") or "") for row in answers.get("lines") or ()]
    if sorted(told) != sorted(wanted):
        found["lines"] = ("Say once of every milestone listed how it stands.",)
    for at, row in enumerate(answers.get("lines") or ()):
        if row.get("outcome") not in ("completed", "pending", "delayed", "dropped"):
            found[f"lines.{at}.outcome"] = ("Choose how it stands.",)
    items, none = answers.get("items") or (), bool(answers.get("no_items"))
    if bool(items) == none:
        found["no_items"] = (
            "List the blockers, constraints and risks discussed, or tick that there were none: one of the two.",
        )
    for at, row in enumerate(answers.get("actions") or ()):
        if row.get("due") and date.fromisoformat(row["due"]) < day:
            found[f"actions.{at}.due"] = ("An action is due on the day of the meeting or later.",)
    return found


def local_time(about: Project, moment: datetime) -> str:
    """An instant as people in the project's zone write it, with the zone."""
    return f"{moment.astimezone(zone_of(about.zone)):%Y-%m-%d %H:%M} ({about.zone})"
