"""How the procedure itself is kept: gaps between reviews, pre-reads, actions and changes, each with what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from sqlalchemy import select

from engine import Unit
from processes.actions import Action, actions
from processes.adjusting import setting_changes
from processes.calendar import instant
from processes.changes import IN_FORCE, Change, changes
from processes.holds import Hold, held_between, holds
from processes.metrics import OnTime, median
from processes.projects import Project
from processes.review_months import month_over
from processes.settings import longest_gap
from processes.tables import ActionStepRow, ConditionRow, MeetingRow


@dataclass(frozen=True)
class Gap:
    """The time between two held reviews; the start of the project and the day that is asked for are ends, too.

    It is kept if no more than a month lies between them, or than every stakeholder had agreed to by its end; time on
    hold is left out.
    """

    since: date
    until: date
    meeting: str
    kept: bool

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.until - self.since).days


@dataclass(frozen=True)
class PreRead:
    """How many working days before a review its report went out; None when it had not."""

    meeting: str
    held_on: date
    lead: int | None
    kept: bool


@dataclass(frozen=True)
class Closing:
    """One action item: when it was closed, if it was, and whether by the day on which it was due."""

    action: Action
    closed_on: date | None
    in_time: bool | None
    """None while it is open and not yet due."""
    age: int
    """Calendar days since the review that decided it."""


@dataclass(frozen=True)
class Course:
    """One change: days from raising to deciding, and from that to the end; `stands` unless it was taken back by then.

    Both are None for what had not come by the day.
    """

    change: Change
    decided: int | None
    carried_out: int | None
    stands: bool


@dataclass(frozen=True)
class Conduct:
    """What is counted of reviews, pre-reads, actions and changes as of a day."""

    gaps: tuple[Gap, ...]
    prereads: tuple[PreRead, ...]
    closings: tuple[Closing, ...]
    courses: tuple[Course, ...]
    conditional: frozenset[str] = frozenset()
    """Changes that were approved on conditions."""

    @property
    def lapsed(self) -> OnTime:
        """Changes whose conditions were not met in time, of those approved on conditions."""
        agreed = [one for one in self.courses if one.change.id in self.conditional and one.decided is not None]
        return _kept([one.change.status == "lapsed" and not one.stands for one in agreed])

    @property
    def reviews(self) -> OnTime:
        """Gaps of a calendar month at most, of all that a review ended or that are longer already."""
        return _kept([one.kept for one in self.gaps if one.meeting or not one.kept])

    @property
    def reports(self) -> OnTime:
        """Reports that went out in time, of all held reviews."""
        return _kept([one.kept for one in self.prereads])

    @property
    def actions(self) -> OnTime:
        """Actions closed by the day on which they were due, of those closed or overdue."""
        return _kept([one.in_time for one in self.closings if one.in_time is not None])

    @property
    def open_age(self) -> float | None:
        """The median age in days of what is open; None when nothing is."""
        ages = [one.age for one in self.closings if one.closed_on is None]
        return median(ages) if ages else None

    @property
    def carried_over(self) -> int:
        """Open actions that were decided before the last held review."""
        last = self.prereads[-1].meeting if self.prereads else ""
        return sum(one.closed_on is None and one.action.meeting != last for one in self.closings)

    @property
    def at_once(self) -> OnTime:
        """Changes approved at their first decision, of those decided."""
        decided = [one.change for one in self.courses if one.decided is not None]
        return _kept([one.rounds <= 1 and one.status in (*IN_FORCE, "applied", "implemented") for one in decided])

    @property
    def loops(self) -> int:
        """How often decided changes were decided again."""
        return sum(max(0, one.change.rounds - 1) for one in self.courses if one.decided is not None)

    @property
    def emergencies(self) -> OnTime:
        """Changes raised as emergencies, of those described."""
        described = [one.change for one in self.courses if one.change.data]
        return _kept([one.data.get("urgency") == "emergency" for one in described])

    @property
    def decided_after(self) -> float | None:
        """The median of days from raising to deciding; None without any."""
        found = [one.decided for one in self.courses if one.decided is not None]
        return median(found) if found else None

    @property
    def carried_out_after(self) -> float | None:
        """The median of days from deciding to carrying out; None without any."""
        found = [one.carried_out for one in self.courses if one.carried_out is not None]
        return median(found) if found else None


def conduct(unit: Unit, about: Project, as_of: date) -> Conduct:
    """How a project kept the procedure up to a day in its zone."""
    query = select(MeetingRow).where(MeetingRow.project == about.id).order_by(MeetingRow.scheduled_at)
    meetings = [row for row in unit.session.scalars(query) if about.day(row.scheduled_at) <= as_of]
    held = [row for row in meetings if row.state == "held"]
    conditional = select(ConditionRow.change).where(ConditionRow.project == about.id)
    return Conduct(
        review_gaps(unit, about, held, as_of),
        tuple(_preread(about, row) for row in held),
        _closings(unit, about, holds(unit, about.id), {row.id: about.day(row.scheduled_at) for row in meetings}, as_of),
        tuple(_course(about, one, as_of) for one in changes(unit, about.id) if about.day(one.raised_at) <= as_of),
        frozenset(unit.session.scalars(conditional.distinct())),
    )


def review_gaps(unit: Unit, about: Project, held: Sequence[MeetingRow], as_of: date) -> tuple[Gap, ...]:
    """The gaps between held reviews, in order; none before the project has begun to run."""
    if about.started_at is None or about.day(about.started_at) > as_of:
        return ()
    ends = [(about.day(row.scheduled_at), row.id) for row in held]
    ordered = [(about.day(about.started_at), ""), *ends, (as_of, "")]
    paused, steps = holds(unit, about.id), _review_steps(unit, about)

    def kept(since: date, until: date) -> bool:
        first, last = (instant(day, time(0), about.zone) for day in (since, until))
        step = next((new for at, new in reversed(steps) if about.day(at) <= until), steps[0][1])
        return last < month_over(about, since, longest_gap(step)) + held_between(paused, first, last)

    return tuple(
        Gap(since, until, meeting, kept(since, until))
        for (since, _), (until, meeting) in pairwise(ordered)
        if until > since or meeting
    )


def _review_steps(unit: Unit, about: Project) -> list[tuple[datetime, str]]:
    """How often reviews were to be held, since when, in the order of time."""
    wanted = ("review_step", "in-force")
    changed = [one for one in setting_changes(unit, about.id) if (one.setting, one.state) == wanted]
    first = changed[0].old if changed else about.settings.review_step
    return [(about.registered_at, first), *((one.decided_at or one.at, one.new) for one in changed)]


def _preread(about: Project, row: MeetingRow) -> PreRead:
    held_on = about.day(row.scheduled_at)
    if row.distributed_at is None:
        return PreRead(row.id, held_on, None, False)
    lead = about.calendar.between(about.day(row.distributed_at), held_on)
    return PreRead(row.id, held_on, lead, lead >= about.settings.preread_days)


def _closings(
    unit: Unit, about: Project, paused: Sequence[Hold], decided: dict[str, date], as_of: date
) -> tuple[Closing, ...]:
    query = select(ActionStepRow).where(ActionStepRow.project == about.id).order_by(ActionStepRow.id)
    closed: dict[str, datetime] = {}
    for row in unit.session.scalars(query):
        if row.status == "closed":
            closed[row.action] = row.at
        else:
            closed.pop(row.action, None)
    found = []
    for one in actions(unit, about.id):
        if one.meeting not in decided:
            continue
        day = about.day(closed[one.id]) if one.id in closed else None
        day = day if day and day <= as_of else None
        begin, end = (instant(on, time(0), about.zone) for on in (decided[one.meeting], day or as_of))
        due = one.due + held_between(paused, begin, end)
        in_time = day <= due if day else False if due < as_of else None
        found.append(Closing(one, day, in_time, ((day or as_of) - decided[one.meeting]).days))
    return tuple(found)


def _course(about: Project, one: Change, as_of: date) -> Course:
    def by_then(at: datetime | None) -> date | None:
        return day if at and (day := about.day(at)) <= as_of else None

    raised, decided, ended = about.day(one.raised_at), by_then(one.decided_at), by_then(_end(one))
    return Course(
        one,
        (decided - raised).days if decided else None,
        (ended - decided).days if decided and ended else None,
        by_then(one.reverted_at) is None,
    )


def _end(one: Change) -> datetime | None:
    return one.implemented_at or one.applied_at


def _kept(found: Sequence[bool | None]) -> OnTime:
    return OnTime(sum(map(bool, found)), len(found))
