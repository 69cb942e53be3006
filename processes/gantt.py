"""A Gantt chart as values: a server-rendered page needs no more than fractions of a range of dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine import Unit
from processes.calendar import add_months, in_words
from processes.metrics import State
from processes.plan import Milestone, baselines, milestones
from processes.projects import project

FAR = date(9000, 1, 1)
"""Beyond this day charts end; somebody who says that something will never be has said such a date."""


@dataclass(frozen=True)
class Tick:
    """A month's first day: its label and its place, 0 at the left end of the chart and 1 at the right."""

    label: str
    at: float


@dataclass(frozen=True)
class Mark:
    """The date that a later baseline gave a milestone, where it is another than the one before."""

    number: int
    at: float
    date: date


@dataclass(frozen=True)
class Bar:
    """A milestone: the bar that leads to it, its diamond, and the baseline's behind them. Places run from 0 to 1.

    `state` is reached, open, late or dropped; `days` is how much later than the baseline it is, or is expected.
    """

    id: str
    name: str
    owner: str
    label: str
    state: str
    start: float
    end: float
    baseline_start: float
    baseline_end: float
    date: date
    baseline: date
    target: date
    days: int
    after: tuple[str, ...]
    percent: int
    moved: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Gantt:
    """The chart of a project: from the first to the last day, with today's place if it lies between them."""

    first: date
    last: date
    today: float | None
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]


def gantt(unit: Unit, project_id: str) -> Gantt | None:
    """The chart of a project's approved plan; None while there is none. Raises NoSuchProject."""
    about = project(unit, project_id)
    plan = milestones(unit, project_id)
    later = {one.number: one.dates for one in baselines(unit, project_id) if one.number}
    return chart(plan, about.began_on, about.day(unit.clock()), later) if plan else None


def as_stood(plan: Sequence[Milestone], states: Mapping[str, State]) -> tuple[Milestone, ...]:
    """The milestones as they stood by what had been recorded, without those that had not been yet."""
    return tuple(
        replace(
            one,
            forecast=states[one.id].actual or states[one.id].forecast or one.baseline,
            actual=states[one.id].actual,
            dropped_on=states[one.id].removed_on,
        )
        for one in plan
        if one.id in states
    )


def chart(
    plan: tuple[Milestone, ...], start: date, today: date, later: Mapping[int, Mapping[str, date]] | None = None
) -> Gantt:
    """The chart of some milestones. A bar begins where the last milestone it comes after ends, else at the start.

    `later` are the dates of further baselines by their numbers.
    """
    later = later or {}
    dates = [day for one in plan for day in (one.baseline, one.target, _end(one))]
    dates += [day for given in later.values() for day in given.values()]
    dates = [min(day, FAR) for day in dates]
    first = min([start, *dates]).replace(day=1)
    last = max(add_months(max(dates).replace(day=1), 1), first + timedelta(days=28))
    span = (last - first).days
    known = {one.id: one for one in plan}

    def place(day: date) -> float:
        return round(min(1, max(0, (day - first).days / span)), 5)

    def bar(one: Milestone) -> Bar:
        before = [known[other] for other in one.after if other in known]
        end = _end(one)
        return Bar(
            id=one.id,
            name=one.name,
            owner=one.owner_name,
            label=_label(one, end),
            state=_state(one, end, today),
            start=min(place(max((_end(other) for other in before), default=start)), place(end)),
            end=place(end),
            baseline_start=min(place(max((other.baseline for other in before), default=start)), place(one.baseline)),
            baseline_end=place(one.baseline),
            date=end,
            baseline=one.baseline,
            target=one.target,
            days=(end - one.baseline).days,
            after=one.after,
            percent=one.percent,
            moved=marks(one),
        )

    def marks(one: Milestone) -> tuple[Mark, ...]:
        before, found = one.baseline, []
        for number, given in sorted(later.items()):
            day = given.get(one.id, before)
            if day != before:
                found.append(Mark(number, place(day), day))
            before = day
        return tuple(found)

    shown = place(today) if first <= today <= last else None
    return Gantt(first, last, shown, _ticks(first, last, span), tuple(bar(one) for one in plan))


def _end(one: Milestone) -> date:
    return one.actual or one.forecast


def _state(one: Milestone, end: date, today: date) -> str:
    if one.dropped_on:
        return "dropped"
    if one.actual:
        return "reached"
    return "late" if max(end, today) > one.target else "open"


def _label(one: Milestone, end: date) -> str:
    if one.dropped_on:
        return f"{one.name}: taken out of the plan on {in_words(one.dropped_on)}"
    word = "reached" if one.actual else "expected"
    days = (end - one.baseline).days
    apart = (
        "as in the baseline"
        if days == 0
        else f"{abs(days)} days {'later' if days > 0 else 'earlier'} than the baseline"
    )
    return f"{one.name}: {word} {in_words(end)}, {apart}"


def _ticks(first: date, last: date, span: int) -> tuple[Tick, ...]:
    """The first days of months; every second or third month where there would be more than a dozen and a half."""
    months = []
    day = first
    while day <= last:
        months.append(day)
        day = add_months(day, 1)
    step = 1 + len(months) // 18
    return tuple(Tick(f"{one:%b %Y}", round((one - first).days / span, 5)) for one in months[::step])
