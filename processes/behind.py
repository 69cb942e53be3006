"""What is behind a figure: the facts that it counts, each with the instance in which it was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from engine import Unit, names
from processes import performance
from processes.actions import actions
from processes.calendar import instant
from processes.conduct import conduct
from processes.metrics import HORIZONS
from processes.milestone_facts import Asked, Line, milestones, moves, off, scope, stale
from processes.projects import project
from processes.setbacks import setbacks
from processes.tables import MeetingRow, UpdateRow
from processes.vocabulary import ACTION_WORDS

_MOVES = "Milestone|Recorded on|From|To|Days later|What|Warning, days|By|Where"


@dataclass(frozen=True)
class Behind:
    """The facts behind one figure: how they are counted, and what the columns hold."""

    figure: str
    title: str
    counted: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def behind(
    unit: Unit, project_id: str, figure: str, *, as_of: date | None = None, baseline: int = 0, cause: str = ""
) -> Behind | None:
    """The facts behind a figure of a project as of a day in its zone. None where there is no such figure or baseline.

    Raises NoSuchProject.
    """
    about = project(unit, project_id)
    found = performance.histories(unit, project_id)
    if figure not in FIGURES or baseline not in found:
        return None
    day = performance.day_for(unit, about, as_of)
    title, counted, columns, lines = FIGURES[figure]
    asked = Asked(unit, about, found[baseline], day, cause)
    return Behind(figure, title, " ".join(counted.split()), tuple(columns.split("|")), tuple(lines(asked)))


def _updates(asked: Asked) -> list[Line]:
    """One line for each person and period: the first that was handed in, or that it was missed."""
    before = instant(asked.day + timedelta(days=1), time(0), asked.about.zone)
    query = select(
        UpdateRow.period, UpdateRow.person, UpdateRow.late, UpdateRow.missed, UpdateRow.at, UpdateRow.instance
    ).where(UpdateRow.project == asked.about.id, UpdateRow.at < before)
    first: dict[tuple[str, str], Any] = {}
    for row in asked.unit.session.execute(query.order_by(UpdateRow.id)):
        first.setdefault((row.period, row.person), row)
    people = names(asked.unit, {person for _, person in first})
    return [
        Line(
            (period, people[person], "missed" if row.missed else "late" if row.late else "on time", row.at),
            row.instance,
        )
        for (period, person), row in sorted(first.items(), reverse=True)
    ]


def _meetings(asked: Asked) -> dict[str, str]:
    query = select(MeetingRow.id, MeetingRow.instance).where(MeetingRow.project == asked.about.id)
    return dict(asked.unit.session.execute(query).all())


def _reviews(asked: Asked) -> list[Line]:
    at = _meetings(asked)
    return [
        Line(
            (one.since, one.until, one.meeting or "none yet", one.days, "yes" if one.kept else "no"),
            at.get(one.meeting),
        )
        for one in conduct(asked.unit, asked.about, asked.day).gaps
    ]


def _reports(asked: Asked) -> list[Line]:
    at = _meetings(asked)
    return [
        Line(
            (one.meeting, one.held_on, "not sent" if one.lead is None else one.lead, "yes" if one.kept else "no"),
            at.get(one.meeting),
        )
        for one in conduct(asked.unit, asked.about, asked.day).prereads
    ]


def _actions(asked: Asked) -> list[Line]:
    words = {None: "open, not due yet", True: "in time", False: "late"}
    at = {one.id: one.instance for one in actions(asked.unit, asked.about.id)}
    return [
        Line(
            (one.action.id, one.action.text, one.action.owner_name, one.action.due, one.closed_on or "open",
             words[one.in_time], one.age, ACTION_WORDS[one.action.status]), at[one.action.id],
        )
        for one in conduct(asked.unit, asked.about, asked.day).closings
    ]  # fmt: skip


def _changes(asked: Asked) -> list[Line]:
    return [
        Line(
            (one.change.id, one.change.raised_at, one.change.status, one.change.rounds, one.decided, one.carried_out,
             str(one.change.data.get("urgency") or "")), one.change.instance,
        )
        for one in conduct(asked.unit, asked.about, asked.day).courses
    ]  # fmt: skip


def _setbacks(asked: Asked) -> list[Line]:
    known = asked.names
    return [
        Line(
            (one.event_on, one.cause or "other", one.impact_days, known.get(one.milestone or "", one.milestone or ""),
             one.text, one.name, one.period), one.instance,
        )
        for one in setbacks(asked.unit, asked.about.id, asked.day)
        if asked.cause in ("", one.cause or "other")
    ]  # fmt: skip


FIGURES: dict[str, tuple[str, str, str, Callable[[Asked], list[Line]]]] = {
    "milestones": (
        "The milestones that count",
        """A milestone is due from its baseline date on. It is on time if it was reached within its tolerance, late if
        it was reached later or is open when its tolerance is over. An open one slips to its forecast, then day by
        day.""",
        "Milestone|Baseline|Reached or expected|Recorded on|Slip, days|Tolerance, days|Counts as|Weight",
        milestones,
    ),
    "reforecasts": (
        "Forecasts that changed",
        "Every change of a forecast before its milestone was reached.",
        _MOVES,
        partial(moves, slips_only=False),
    ),
    "warning": (
        "Slips, and how early they were told",
        """Days from the day on which a later date was recorded to the date that it replaced: 0 or less means that it
        was told only after the date had passed.""",
        _MOVES,
        partial(moves, slips_only=True),
    ),
    "stale": (
        "Forecasts that stood after their date had passed",
        "From the date that was forecast to the day on which something was recorded again.",
        "Milestone|Recorded on|Forecast|Days|Now",
        stale,
    ),
    "scope": (
        "Milestones added and taken out",
        "Since the baseline, by approved changes.",
        "Milestone|What|Recorded on|Date|Where",
        scope,
    ),
    "updates": (
        "Updates that were due",
        "One for each owner and period: the first that was handed in, or that none was.",
        "Period|Owner|Came|At",
        _updates,
    ),
    "reviews": (
        "Gaps between held reviews",
        """From one held review to the next, from the start of the project to the first, and from the last to this day.
        A gap is kept if it is a calendar month at most.""",
        "From|To|Review|Days|Kept",
        _reviews,
    ),
    "reports": (
        "Reports before reviews",
        "Working days from the sending of a report to its review.",
        "Review|Held on|Working days before|In time",
        _reports,
    ),
    "actions": (
        "Actions",
        "An action is in time if it was closed by the day on which it was due.",
        "Action|What|Owner|Due|Closed|Counts as|Age, days|Stands",
        _actions,
    ),
    "changes": (
        "Changes",
        "Calendar days from raising to deciding, and from deciding to carrying out.",
        "Change|Raised|Stands|Decisions|Days to decide|Days to carry out|Urgency",
        _changes,
    ),
    "setbacks": (
        "Setbacks",
        "Those that no later update of the same period took the place of.",
        "On|Cause|Days|Milestone|What happened|By|Period",
        _setbacks,
    ),
    **{
        f"accuracy-{horizon}": (
            f"Forecasts {horizon} days ahead",
            f"""For each milestone that was reached, the forecast that stood {horizon} calendar days before. Above 0 it
            came later than it was forecast; one for which none stood then is not counted.""",
            "Milestone|Recorded on|Forecast then|Reached|Off by, days",
            partial(off, horizon=horizon),
        )
        for horizon in HORIZONS
    },
}
"""Figure -> its title, how it is counted, its columns, and what gives its lines."""
