"""Why plans slip: setbacks by cause, the days they cost, and how often each cause came back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta

from engine import Unit
from processes.calendar import instant
from processes.log import LogEntry, entries
from processes.projects import project as the_project


@dataclass(frozen=True)
class Cause:
    """One cause: how often it was named, in how many periods, the days it cost, and its part of all days.

    `cumulative` is the part that this cause and those before it have together.
    """

    cause: str
    n: int
    unmeasured: int
    """Setbacks whose days nobody stated."""
    periods: int
    days: int
    share: float
    cumulative: float


def setbacks(unit: Unit, project: str, until: date | None = None) -> list[LogEntry]:
    """The setbacks that count: of what was logged by the end of a day, what no later submission took the place of.

    The day is one of the project's zone. Raises NoSuchProject.
    """
    if until is None:
        return entries(unit, project, kinds=["setback"], current=True)
    last = instant(until + timedelta(days=1), time(0), the_project(unit, project).zone) - timedelta(microseconds=1)
    found = entries(unit, project, kinds=["setback"], current=True, until=last)
    return [one for one in found if one.event_on <= until]


def causes(found: list[LogEntry]) -> tuple[Cause, ...]:
    """The causes of setbacks, those that cost most days first (Pareto)."""
    groups: dict[str, list[LogEntry]] = defaultdict(list)
    for one in found:
        groups[one.cause or "other"].append(one)
    cost = {cause: sum(max(0, one.impact_days or 0) for one in some) for cause, some in groups.items()}
    whole, sofar, lines = sum(cost.values()), 0, []
    for cause, some in sorted(groups.items(), key=lambda pair: (-cost[pair[0]], -len(pair[1]), pair[0])):
        sofar += cost[cause]
        lines.append(
            Cause(
                cause, len(some), sum(one.impact_days is None for one in some), len({one.period for one in some}),
                cost[cause], cost[cause] / whole if whole else 0, sofar / whole if whole else 0,
            )
        )  # fmt: skip
    return tuple(lines)
