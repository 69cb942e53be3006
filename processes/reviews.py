"""Review meetings: how they are read, when their data are cut, what a review speaks of and must say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

import engine
from engine import Record, Unit, Work, names
from processes.calendar import instant, zone_of
from processes.errors import StepRefused
from processes.performance import held_reviews
from processes.plan import milestone_rows, recorded_on
from processes.projects import Project, project
from processes.tables import DecisionRow, ItemRow, LineRow, MeetingMoveRow, MeetingRow
from processes.vocabulary import CLAIMED, MINUTES

MORNING = time(8)
"""When a data cut is made, in the project's zone."""
STILL_FRESH = 5
"""By how many working days the data of a report may be older than planned when its meeting was moved."""


@dataclass(frozen=True)
class Move:
    """A meeting moved from one instant to another, or called off (`to_at` is None), with the reason.

    `report` says what became of a status report that had gone out: kept, anew, or none where none had.
    """

    from_at: datetime
    to_at: datetime | None
    report: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Meeting:
    """A review meeting. Times are instants in UTC.

    `state` is scheduled, held (with a quorum), called-off, or without a quorum: not-held, information, in-writing.
    """

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
    moves: tuple[Move, ...] = ()
    delegates: str = ""
    """Who stood in for whom, as it was written down when the meeting was opened."""
    entitled: tuple[str, ...] = ()
    """Who is entitled to decide, and `needed`: how many of them it takes; None until the quorum was counted."""
    needed: int | None = None
    answer_by: datetime | None = None
    """Until when answers in writing are awaited."""
    answers: tuple[tuple[str, str, str], ...] = ()
    """Who answered in writing, what (agree, disagree, comment), and the comment; and who kept `silent`."""
    silent: tuple[str, ...] = ()


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
    row = last_of_instance(unit, instance)
    if row is None:
        raise StepRefused("No meeting has been scheduled here yet.")
    return row


def last_of_instance(unit: Unit, instance: str) -> MeetingRow | None:
    """The newest meeting that a review instance has scheduled; None before the first."""
    query = select(MeetingRow).where(MeetingRow.instance == instance).order_by(MeetingRow.sequence.desc()).limit(1)
    return unit.session.scalars(query).first()


def meetings(unit: Unit, project_id: str) -> list[Meeting]:
    """The meetings of a project, the first one first; people by name."""

    def of_project(table: Any, order: Any) -> list[Any]:
        return list(unit.session.scalars(select(table).where(table.project == project_id).order_by(order)))

    rows = of_project(MeetingRow, MeetingRow.sequence)
    kinds = [of_project(LineRow, LineRow.milestone), of_project(ItemRow, ItemRow.id)]
    kinds.append(of_project(MeetingMoveRow, MeetingMoveRow.id))
    printed = names(unit, {one for row in rows for one in _people_of(row)} | {one.by for one in kinds[-1]})
    return [_meeting(row, printed, *([one for one in kind if one.meeting == row.id] for kind in kinds)) for row in rows]


def _people_of(row: MeetingRow) -> set[str]:
    """Everybody whom a meeting names."""
    held = row.held or {}
    groups = (row.invitees, row.attendees, row.apologies, row.entitled, held.get("silent"))
    return {one for group in groups for one in group or ()} | {one["person"] for one in held.get("answers") or ()}


def _meeting(
    row: MeetingRow, printed: Mapping[str, str], lines: list[LineRow], items: list[ItemRow], moves: list[MeetingMoveRow]
) -> Meeting:
    def named(people: Sequence[str] | None) -> tuple[str, ...]:
        return tuple(printed[one] for one in people or ())

    held = row.held or {}
    lines.sort(key=lambda one: (len(one.milestone), one.milestone))
    return Meeting(
        id=row.id,
        instance=row.instance,
        state=row.state,
        scheduled_at=row.scheduled_at,
        place=row.place,
        agenda=row.agenda,
        invitees=named(row.invitees),
        attendees=named(row.attendees),
        apologies=named(row.apologies),
        quorum=row.quorum,
        distributed_at=row.distributed_at,
        held_at=row.held_at,
        lines=tuple((one.milestone, one.outcome, one.remark) for one in lines),
        items=tuple((one.kind, one.text, one.disposition) for one in items),
        moves=tuple(Move(one.from_at, one.to_at, one.report, one.text, printed[one.by], one.at) for one in moves),
        delegates=row.delegates,
        entitled=named(row.entitled),
        needed=row.needed,
        answer_by=row.answer_by,
        answers=tuple((printed[one["person"]], one["said"], one["comment"]) for one in held.get("answers") or ()),
        silent=named(held.get("silent")),
    )


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


def day_before(about: Project, now: datetime, until: datetime) -> datetime:
    """When those are reminded who have to answer by an instant: the morning of the working day before, or halfway."""
    day = about.calendar.add(about.day(until - timedelta(seconds=1)), -1)
    return max(instant(day, MORNING, about.zone), now + (until - now) / 2)


def minutes_of(work: Work) -> Record:
    """The newest revision of agenda and minutes of the meeting at work. Raises StepRefused."""
    row = of_instance(work.unit, work.instance)
    record = engine.current(work.unit, MINUTES, work.subject, row.id)
    if record is None:
        raise StepRefused("There are no minutes yet.")
    return record


def minutes(unit: Unit, project_id: str, meeting: str) -> Record | None:
    """The newest revision of agenda and minutes of a meeting; None before its report is issued."""
    return engine.current(unit, MINUTES, project_id, meeting)


def carried(row: MeetingRow) -> list[dict[str, Any]]:
    """The decisions that a review took: all of a quorum's, those carried in writing, none where it only informed."""
    said = list((row.held or {}).get("decisions") or ())
    if row.quorum:
        return said
    return [one for one in said if row.course == "circulation" and one.get("carried") is True]


def repeat_by(about: Project, failed: MeetingRow) -> date:
    """The day until which a meeting without a quorum is repeated: five working days after it."""
    return about.calendar.add(about.day(failed.scheduled_at), 5)


def still_fresh(about: Project, row: MeetingRow) -> bool:
    """Whether the data that were cut are recent enough for the meeting as it is scheduled now.

    They are planned to be older than the meeting by the pre-read time and one working day; a move may add five.
    """
    if row.frozen_at is None:
        return False
    age = about.calendar.between(about.day(row.frozen_at), about.day(row.scheduled_at))
    return age <= about.settings.preread_days + 1 + STILL_FRESH


def to_review(unit: Unit, project_id: str) -> list[dict[str, str]]:
    """The milestones that a review speaks of: open ones, and those dropped or recorded as reached since the last one.

    What is claimed complete and not accepted yet is open, with a remark that says so.
    """
    about = project(unit, project_id)
    held = held_reviews(unit, project_id)
    since = about.day(held[-1].scheduled_at) if held else about.began_on
    today = about.day(unit.clock())
    found, recorded = [], recorded_on(unit, project_id)
    for row in milestone_rows(unit, project_id):
        ended = row.dropped_on or (row.actual and recorded.get(row.id, row.actual))
        if ended is not None and ended < since:
            continue
        late = row.actual is None and max(row.forecast, today) > row.target
        outcome = "dropped" if row.dropped_on else "completed" if row.actual else "delayed" if late else "pending"
        remark = "Claimed complete, not accepted yet." if row.status == CLAIMED else ""
        found.append({"milestone": row.id, "name": row.name, "outcome": outcome, "remark": remark})
    return found


def held_faults(
    answers: Mapping[str, Any], wanted: Sequence[str], *, day: date, course: str = ""
) -> dict[str, tuple[str, ...]]:
    """What must be mended in what a review wrote down: every milestone, items or none, actions after the day.

    Without a quorum a meeting that informs decides nothing; one that asks in writing has something to ask.
    """
    found: dict[str, tuple[str, ...]] = {}
    if course == "information" and answers.get("decisions"):
        found["decisions"] = ("Without a quorum nothing is decided. Take the decisions out.",)
    if course == "circulation" and not answers.get("decisions"):
        found["decisions"] = ("Write down what is to be decided in writing.",)
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
