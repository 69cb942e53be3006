"""Where processes keep people waiting: how long tasks wait to be taken up and are worked on, element by element."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import engine
from engine import Span, Unit
from processes.calendar import day_of
from processes.metrics import median, percentile
from processes.projects import projects
from processes.working_days import Calendar

HOUR = 3600.0
"""Seconds of an hour: times of steps are hours."""


@dataclass(frozen=True)
class StepTimes:
    """How long the tasks of one element took, in hours, over n completed ones.

    A task waits from its opening until it is claimed, or until it is completed when nobody claimed it; `touch` is the
    time from the claim to the end, over those that were claimed. `working` counts the same waits in working days of
    each project's calendar. `share` is this element's part of all waiting in its process.
    """

    element: str
    name: str
    role: str
    n: int
    claimed: int
    waited: float
    median: float
    p85: float
    p90: float
    touch: float | None
    working: float
    share: float
    repeated: int
    """Instances in which the task was done more than once."""


@dataclass(frozen=True)
class Bottlenecks:
    """The elements of one process, those that keep people waiting longest first; n tasks of so many instances.

    `open` is how many tasks wait now. `average` is how many were under way on average, also those that are open yet or
    were cancelled; `expected` is how many that should be by Little's law: completed tasks a day times days a task.
    """

    process: str
    n: int
    instances: int
    repeated: int
    steps: tuple[StepTimes, ...]
    open: int
    average: float
    expected: float


def waiting(span: Span) -> float:
    """The hours for which a completed task waited to be taken up."""
    return ((span.claimed_at or span.ended_at or span.created_at) - span.created_at).total_seconds() / HOUR


def bottlenecks(unit: Unit, process: str, subjects: Collection[str] | None = None) -> Bottlenecks:
    """How long the user tasks of a process took in projects (None: in all of them)."""
    every = engine.spans(unit, process=process, subjects=subjects, status=None)
    found = [one for one in every if one.status == "completed"]
    calendars = {one.id: (one.calendar, one.zone) for one in projects(unit)}
    whole = sum(map(waiting, found))
    groups: dict[str, list[Span]] = defaultdict(list)
    for one in found:
        groups[one.element].append(one)
    steps = [_step(element, some, whole, calendars) for element, some in groups.items()]
    average, expected = _littles_law(every, unit.clock())
    return Bottlenecks(
        process=process,
        n=len(found),
        instances=len({one.instance for one in found}),
        repeated=len({one for some in groups.values() for one in _repeated(some)}),
        steps=tuple(sorted(steps, key=lambda one: (-one.waited, one.name))),
        open=sum(one.status == "open" for one in every),
        average=average,
        expected=expected,
    )


def busiest(unit: Unit, subjects: Collection[str]) -> list[tuple[str, int, float]]:
    """The processes in which tasks of these projects were completed: process, n, hours waited, the longest first."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in engine.spans(unit, subjects=subjects):
        found[one.process].append(waiting(one))
    lines = [(process, len(hours), sum(hours)) for process, hours in found.items()]
    return sorted(lines, key=lambda one: (-one[2], one[0]))


@dataclass(frozen=True)
class Wait:
    """A task of some process that people waited for: the median of n waits in hours, its part of all waiting."""

    process: str
    name: str
    n: int
    median: float
    share: float


def longest(unit: Unit, subjects: Collection[str], most: int = 3) -> tuple[Wait, ...]:
    """The tasks that these projects waited for longest, over all processes."""
    groups: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for one in engine.spans(unit, subjects=subjects):
        groups[one.process, one.element].append(one)
    hours = {key: [waiting(one) for one in some] for key, some in groups.items()}
    whole = sum(map(sum, hours.values())) or 1
    first = sorted(hours, key=lambda key: (-sum(hours[key]), key))[:most]
    return tuple(
        Wait(key[0], groups[key][-1].name, len(hours[key]), median(hours[key]), sum(hours[key]) / whole)
        for key in first
    )


def _step(element: str, some: Sequence[Span], whole: float, calendars: dict[str, tuple[Calendar, str]]) -> StepTimes:
    hours = [waiting(one) for one in some]
    touched = [
        (one.ended_at - one.claimed_at).total_seconds() / HOUR for one in some if one.claimed_at and one.ended_at
    ]
    worked = [_working_days(one, *calendars.get(one.subject, (Calendar(), "UTC"))) for one in some]
    return StepTimes(
        element=element,
        name=some[-1].name,
        role=", ".join(sorted({one.role for one in some})),
        n=len(some),
        claimed=len(touched),
        waited=sum(hours),
        median=median(hours),
        p85=percentile(hours, 0.85),
        p90=percentile(hours, 0.9),
        touch=median(touched) if touched else None,
        working=median(worked),
        share=sum(hours) / whole if whole else 0,
        repeated=len(_repeated(some)),
    )


def _repeated(some: Iterable[Span]) -> set[str]:
    """Instances with two tasks of one element for one role, of which the second opened after the first had ended."""
    ended: dict[str, datetime] = {}
    found = set()
    for one in some:
        if one.instance in ended and one.created_at >= ended[one.instance]:
            found.add(one.instance)
        if one.ended_at:
            ended[one.instance] = min(ended.get(one.instance, one.ended_at), one.ended_at)
    return found


def _working_days(span: Span, calendar: Calendar, zone: str) -> float:
    """The working days that passed while a task waited: its calendar time without days on which nobody works."""
    until = span.claimed_at or span.ended_at or span.created_at
    first, last = day_of(span.created_at, zone), day_of(until, zone)
    idle = (last - first).days - calendar.between(first, last)
    return max(timedelta(0), until - span.created_at - timedelta(days=idle)) / timedelta(days=1)


def _littles_law(every: Sequence[Span], now: datetime) -> tuple[float, float]:
    """The mean number of tasks under way from the first opening until now, and throughput times cycle time of those
    that were completed. They part where tasks are never completed, or their ends are missing."""
    length = (now - every[0].created_at).total_seconds() if every else 0
    if length <= 0:
        return 0, 0
    under_way = sum(((one.ended_at or now) - one.created_at).total_seconds() for one in every)
    cycles = [
        (one.ended_at - one.created_at).total_seconds() for one in every if one.ended_at and one.status == "completed"
    ]
    return under_way / length, len(cycles) / length * (sum(cycles) / len(cycles)) if cycles else 0
