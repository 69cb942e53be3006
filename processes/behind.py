"""What is behind a figure: the facts that it counts, each with the instance in which it was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from engine import Unit, names
from processes import performance
from processes.actions import actions
from processes.calendar import in_words, instant
from processes.conduct import conduct
from processes.metrics import History, Promise, State
from processes.metrics.history import ACTUAL
from processes.plan import forecasts, milestone_rows
from processes.projects import Project, project
from processes.setbacks import setbacks
from processes.tables import MeetingRow, UpdateRow
from processes.vocabulary import ACTION_WORDS

_MOVES = "Milestone|Recorded on|From|To|Days later|What|Warning, days|By|Where"


@dataclass(frozen=True)
class Line:
    """One fact: its cells (text, numbers, days, instants), and the instance in which it was recorded, if known."""

    cells: tuple[Any, ...]
    instance: str | None = None


@dataclass(frozen=True)
class Behind:
    """The facts behind one figure: how they are counted, and what the columns hold."""

    figure: str
    title: str
    counted: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class _Asked:
    unit: Unit
    about: Project
    past: History
    day: date
    cause: str

    @cached_property
    def names(self) -> dict[str, str]:
        return {row.id: row.name for row in milestone_rows(self.unit, self.about.id)}


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
    asked = _Asked(unit, about, found[baseline], day, cause)
    return Behind(figure, title, " ".join(counted.split()), tuple(columns.split("|")), tuple(lines(asked)))


def _milestones(asked: _Asked) -> list[Line]:
    states, known = asked.past.states(asked.day), asked.names
    told = {one.milestone: one for one in forecasts(asked.unit, asked.about.id) if one.recorded_on <= asked.day}
    lines = []
    for one in asked.past.promised(asked.day, with_removed=True):
        state, last = states[one.milestone], told[one.milestone]
        slip = (state.actual or max(state.forecast or one.date, asked.day)) - one.date
        cells = (
            known.get(one.milestone, one.milestone), one.date, state.actual or state.forecast, last.recorded_on,
            None if state.removed_on else slip.days, _counts(one, state, asked.day), one.weight,
        )  # fmt: skip
        lines.append(Line(cells, last.instance))
    return lines


def _counts(one: Promise, state: State, day: date) -> str:
    """How a milestone counts in the ratio of what was due."""
    limit = one.date + timedelta(days=one.tolerance)
    if state.removed_on:
        return f"not counted: taken out on {in_words(state.removed_on)}"
    if state.actual:
        word = "on time" if state.actual <= limit else "late"
        return word if one.date <= day else f"{word}, and not due yet"
    if one.date > day:
        return "not due yet"
    return "late: not reached" if limit < day else "within its tolerance, not counted yet"


def _moves(asked: _Asked, *, slips_only: bool) -> list[Line]:
    recorded = [one for one in forecasts(asked.unit, asked.about.id) if one.recorded_on <= asked.day]
    said = {(one.milestone, one.date, one.kind == ACTUAL): one for one in recorded}
    figures = performance.of_history(asked.past, asked.day)
    moves = figures.told if slips_only else figures.reforecasts
    people, known = names(asked.unit, {one.by for one in said.values()}), asked.names
    lines = []
    for one in moves:
        source = said[one.milestone, one.after, one.reached]
        cells = (
            known.get(one.milestone, one.milestone), one.recorded_on, one.before, one.after, one.later,
            "reached" if one.reached else "forecast", one.warning, people.get(source.by, source.by), source.source,
        )  # fmt: skip
        lines.append(Line(cells, source.instance))
    return lines


def _stale(asked: _Asked) -> list[Line]:
    known = asked.names
    return [
        Line((known.get(one.milestone, one.milestone), one.forecast, one.days, "stands" if one.open else "stood"))
        for one in performance.of_history(asked.past, asked.day).stood_stale
    ]


def _scope(asked: _Asked) -> list[Line]:
    found = performance.of_history(asked.past, asked.day)
    known = asked.names
    lines = []
    told: dict[str, list[Any]] = {}
    for one in forecasts(asked.unit, asked.about.id):
        if one.recorded_on <= asked.day:
            told.setdefault(one.milestone, []).append(one)
    for word, ids in (("taken out", found.dropped), ("added", found.added)):
        for one in ids:
            fact = told[one][-1 if word == "taken out" else 0]
            lines.append(Line((known.get(one, one), word, fact.recorded_on, fact.date, fact.source), fact.instance))
    return lines


def _updates(asked: _Asked) -> list[Line]:
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


def _meetings(asked: _Asked) -> dict[str, str]:
    query = select(MeetingRow.id, MeetingRow.instance).where(MeetingRow.project == asked.about.id)
    return dict(asked.unit.session.execute(query).all())


def _reviews(asked: _Asked) -> list[Line]:
    at = _meetings(asked)
    return [
        Line(
            (one.since, one.until, one.meeting or "none yet", one.days, "yes" if one.kept else "no"),
            at.get(one.meeting),
        )
        for one in conduct(asked.unit, asked.about, asked.day).gaps
    ]


def _reports(asked: _Asked) -> list[Line]:
    at = _meetings(asked)
    return [
        Line(
            (one.meeting, one.held_on, "not sent" if one.lead is None else one.lead, "yes" if one.kept else "no"),
            at.get(one.meeting),
        )
        for one in conduct(asked.unit, asked.about, asked.day).prereads
    ]


def _actions(asked: _Asked) -> list[Line]:
    words = {None: "open, not due yet", True: "in time", False: "late"}
    at = {one.id: one.instance for one in actions(asked.unit, asked.about.id)}
    return [
        Line(
            (one.action.id, one.action.text, one.action.owner_name, one.action.due, one.closed_on or "open",
             words[one.in_time], one.age, ACTION_WORDS[one.action.status]), at[one.action.id],
        )
        for one in conduct(asked.unit, asked.about, asked.day).closings
    ]  # fmt: skip


def _changes(asked: _Asked) -> list[Line]:
    return [
        Line(
            (one.change.id, one.change.raised_at, one.change.status, one.change.rounds, one.decided, one.carried_out,
             str(one.change.data.get("urgency") or "")), one.change.instance,
        )
        for one in conduct(asked.unit, asked.about, asked.day).courses
    ]  # fmt: skip


def _setbacks(asked: _Asked) -> list[Line]:
    known = asked.names
    return [
        Line(
            (one.event_on, one.cause or "other", one.impact_days, known.get(one.milestone or "", one.milestone or ""),
             one.text, one.name, one.period), one.instance,
        )
        for one in setbacks(asked.unit, asked.about.id, asked.day)
        if asked.cause in ("", one.cause or "other")
    ]  # fmt: skip


FIGURES: dict[str, tuple[str, str, str, Callable[[_Asked], list[Line]]]] = {
    "milestones": (
        "The milestones that count",
        """A milestone is due from its baseline date on. It is on time if it was reached within its tolerance, late if
        it was reached later or is open when its tolerance is over. An open one slips to its forecast, then day by
        day.""",
        "Milestone|Baseline|Reached or expected|Recorded on|Slip, days|Counts as|Weight",
        _milestones,
    ),
    "reforecasts": (
        "Forecasts that changed",
        "Every change of a forecast before its milestone was reached.",
        _MOVES,
        lambda asked: _moves(asked, slips_only=False),
    ),
    "warning": (
        "Slips, and how early they were told",
        """Days from the day on which a later date was recorded to the date that it replaced: 0 or less means that it
        was told only after the date had passed.""",
        _MOVES,
        lambda asked: _moves(asked, slips_only=True),
    ),
    "stale": (
        "Forecasts that stood after their date had passed",
        "From the date that was forecast to the day on which something was recorded again.",
        "Milestone|Forecast|Days|Now",
        _stale,
    ),
    "scope": (
        "Milestones added and taken out",
        "Since the baseline, by approved changes.",
        "Milestone|What|Recorded on|Date|Where",
        _scope,
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
}
"""Figure -> its title, how it is counted, its columns, and what gives its lines."""
