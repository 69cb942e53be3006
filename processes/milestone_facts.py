"""The facts behind figures of milestones: their dates, how their forecasts moved, stood and held, and the scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from engine import Unit, names
from processes import performance
from processes.calendar import in_words
from processes.metrics import History, Promise, State, misses
from processes.metrics.history import ACTUAL, later
from processes.plan import Forecast, forecasts, milestone_rows
from processes.projects import Project


@dataclass(frozen=True)
class Line:
    """One fact: its cells (text, numbers, days, instants), and the instance in which it was recorded, if known."""

    cells: tuple[Any, ...]
    instance: str | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked for: a project's history against one baseline, as of a day in its zone, and perhaps a cause."""

    unit: Unit
    about: Project
    past: History
    day: date
    cause: str

    @cached_property
    def names(self) -> dict[str, str]:
        return {row.id: row.name for row in milestone_rows(self.unit, self.about.id)}


def milestones(asked: Asked) -> list[Line]:
    """The milestones of the baseline: their slips, and how they count."""
    states, known = asked.past.states(asked.day), asked.names
    told = {one.milestone: one for one in forecasts(asked.unit, asked.about.id) if one.recorded_on <= asked.day}
    lines = []
    for one in asked.past.promised(asked.day, with_removed=True):
        state, last = states[one.milestone], told[one.milestone]
        slip = (state.actual or max(state.forecast or one.date, asked.day)) - one.date
        cells = (
            known.get(one.milestone, one.milestone), one.date, state.actual or state.forecast, last.recorded_on,
            None if state.removed_on else slip.days, one.tolerance, _counts(one, state, asked.day), one.weight,
        )  # fmt: skip
        lines.append(Line(cells, last.instance))
    return lines


def _counts(one: Promise, state: State, day: date) -> str:
    """How a milestone counts in the ratio of what was due."""
    limit = later(one.date, one.tolerance)
    if state.removed_on:
        return f"not counted: taken out on {in_words(state.removed_on)}"
    if state.actual:
        word = "on time" if state.actual <= limit else "late"
        return word if one.date <= day else f"{word}, and not due yet"
    if one.date > day:
        return "not due yet"
    return "late: not reached" if limit < day else "within its tolerance, not counted yet"


def _said(asked: Asked) -> dict[tuple[str, date | None, bool], Forecast]:
    """What was recorded by the day, by milestone, date, and whether it was reached then."""
    recorded = [one for one in forecasts(asked.unit, asked.about.id) if one.recorded_on <= asked.day]
    return {(one.milestone, one.date, one.kind == ACTUAL): one for one in recorded}


def moves(asked: Asked, *, slips_only: bool) -> list[Line]:
    """Forecasts that changed; or slips as they were told."""
    said = _said(asked)
    figures = performance.of_history(asked.past, asked.day)
    found = figures.told if slips_only else figures.reforecasts
    people, known = names(asked.unit, {one.by for one in said.values()}), asked.names
    lines = []
    for one in found:
        source = said[one.milestone, one.after, one.reached]
        cells = (
            known.get(one.milestone, one.milestone), one.recorded_on, one.before, one.after, one.later,
            "reached" if one.reached else "forecast", one.warning, people.get(source.by, source.by), source.source,
        )  # fmt: skip
        lines.append(Line(cells, source.instance))
    return lines


def stale(asked: Asked) -> list[Line]:
    """Forecasts that stood after their date had passed, each with what recorded it."""
    known, said = asked.names, _said(asked)
    lines = []
    for one in performance.of_history(asked.past, asked.day).stood_stale:
        source = said[one.milestone, one.forecast, False]
        cells = (
            known.get(one.milestone, one.milestone), source.recorded_on, one.forecast, one.days,
            "stands" if one.open else "stood",
        )  # fmt: skip
        lines.append(Line(cells, source.instance))
    return lines


def off(asked: Asked, *, horizon: int) -> list[Line]:
    """The forecasts that stood so many days before their milestones were reached."""
    known, said = asked.names, _said(asked)
    return [
        Line(
            (known.get(one.milestone, one.milestone), one.recorded_on, one.forecast, one.actual, one.days),
            said[one.milestone, one.forecast, False].instance,
        )
        for one in misses(asked.past, asked.day, horizon)
    ]


def scope(asked: Asked) -> list[Line]:
    """Milestones that were taken out or added."""
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
