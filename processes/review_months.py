"""The month between two reviews: when the last one was, until when the next must be, and the gap where it is not.

Where every stakeholder has agreed to a longer time than a month, it is that.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

import engine
from engine import Unit, Work
from processes.calendar import add_step, in_words, instant, iso, step_words
from processes.gaps import write_gap
from processes.holds import held_for
from processes.projects import Project, project
from processes.settings import longest_gap
from processes.tables import MeetingRow

_PATIENCE = timedelta(days=5)
"""For how long after a meeting its attendance is waited for, before it counts as not held."""


def last_review(unit: Unit, about: Project) -> MeetingRow | None:
    """The last meeting so far that had a quorum. One that only informed, or was finished in writing, does not count."""
    query = select(MeetingRow).where(
        MeetingRow.project == about.id, MeetingRow.quorum.is_(True), MeetingRow.scheduled_at <= unit.clock()
    )
    return unit.session.scalars(query.order_by(MeetingRow.scheduled_at.desc()).limit(1)).first()


def since(unit: Unit, about: Project) -> date:
    """The day of the last review, or on which the project began."""
    last = last_review(unit, about)
    return about.day(last.scheduled_at if last else about.started_at or about.registered_at)


def review_limit(unit: Unit, project_id: str) -> str:
    """The instant, in ISO 8601, at which the month since the last review is over: midnight after its last day."""
    about = project(unit, project_id)
    return iso(_over(unit, about, since(unit, about)))


def review_by(unit: Unit, project_id: str) -> date:
    """The last day on which the next review is held in time."""
    about = project(unit, project_id)
    return about.day(_over(unit, about, since(unit, about)) - timedelta(seconds=1))


def note_gap(work: Work) -> dict[str, str]:
    """Write the gap, once for each, if more than a month, or than was agreed to, has passed since the last review.

    A meeting that took place in time and whose attendance is not recorded yet is waited for. Time on hold is left out.
    Gives the instant at which to look again, as `look_at`; “” when the gap is written, or a review was held since this
    instance began: the month after that one is watched by the next.
    """
    unit, about = work.unit, project(work.unit, work.subject)
    last, held = since(unit, about), last_review(unit, about)
    over = _over(unit, about, last)
    if held is not None and held.scheduled_at >= engine.instance(unit, work.instance).started_at:
        return {"look_at": ""}
    if unit.clock() < over:
        return {"look_at": iso(over)}
    if (pending := _pending(unit, about, over)) is not None:
        return {"look_at": iso(pending + _PATIENCE)}
    allowed = step_words(longest_gap(about.settings.review_step))
    text = (
        f"More than {'a month has' if allowed == 'month' else f'{allowed} have'} passed since {in_words(last)}, when"
        " the last review was held or the project began, and no other review has been held."
    )
    write_gap(work, "review-gap", last.isoformat(), text, at=over)
    return {"look_at": ""}


def _over(unit: Unit, about: Project, last: date) -> datetime:
    """When the month is over: so much later as the project was on hold in it."""
    held = held_for(unit, about.id, instant(last, time(0), about.zone), unit.clock())
    return month_over(about, last, longest_gap(about.settings.review_step)) + held


def month_over(about: Project, last: date, step: str) -> datetime:
    """The instant, a midnight, at which the longest time between two reviews that `step` allows is over."""
    return instant(add_step(last, step) + timedelta(days=1), time(0), about.zone)


def _pending(unit: Unit, about: Project, over: datetime) -> datetime | None:
    """When a meeting was to be, in time, of which nobody has recorded yet who came; None without one."""
    query = select(MeetingRow.scheduled_at).where(
        MeetingRow.project == about.id,
        MeetingRow.state == "scheduled",
        MeetingRow.quorum.is_(None),
        MeetingRow.scheduled_at < over,
        MeetingRow.scheduled_at > unit.clock() - _PATIENCE,
    )
    return unit.session.scalars(query.order_by(MeetingRow.scheduled_at.desc())).first()
