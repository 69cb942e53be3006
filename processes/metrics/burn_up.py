"""Burn-up: the value planned to be reached by each day, and the value that had been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from processes.metrics.history import History

Steps = tuple[tuple[date, float], ...]
"""Days with the value that holds from that day on, both rising."""


@dataclass(frozen=True)
class BurnUp:
    """Planned and achieved value as steps; `whole` is what the baseline holds, by n milestones."""

    planned: Steps
    achieved: Steps
    whole: float
    n: int


def burn_up(history: History, as_of: date) -> BurnUp:
    """The burn-up of the baseline's milestones by what had been recorded by a day, without those removed."""
    states = history.states(as_of)
    planned = history.promised(as_of)
    reached = [
        (day, one.weight) for one in planned if (day := states[one.milestone].actual) is not None and day <= as_of
    ]
    return BurnUp(
        _steps((one.date, one.weight) for one in planned),
        _steps(reached),
        sum(one.weight for one in planned),
        len(planned),
    )


def _steps(values: Iterable[tuple[date, float]]) -> Steps:
    whole: dict[date, float] = {}
    total = 0.0
    for day, value in sorted(values):
        total += value
        whole[day] = total
    return tuple(whole.items())
