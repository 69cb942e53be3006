"""Measuring on a noisy machine: things are timed in turn within one run, and only ratios of medians are read."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

RUNS = 200

Thing = Callable[[], Callable[[], object]]
"""Something to be timed: called, it prepares one run and gives what is then timed."""


@dataclass(frozen=True)
class Row:
    """One line of the result: what was measured, the figure, the goal it is held against, and milliseconds to go by."""

    what: str
    figure: float
    unit: str
    goal: float
    most: bool = True
    detail: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is met: the figure at most, or at least, the goal."""
        return self.figure <= self.goal if self.most else self.figure >= self.goal


def ratio(what: str, taken: Mapping[str, float], of: str, to: str, unit: str, goal: float, *, most: bool = True) -> Row:
    """One line from two medians of one run."""
    detail = f"{taken[of] * 1000:.2f} ms against {taken[to] * 1000:.2f} ms"
    return Row(what, taken[of] / taken[to], unit, goal, most, detail)


def in_turn(things: Mapping[str, Thing], runs: int) -> dict[str, float]:
    """Median seconds of each thing; A B C A B C …, so that the machine's moods fall on all of them alike."""
    warm_up = max(1, runs // 10)
    taken: dict[str, list[float]] = {name: [] for name in things}
    for number in range(warm_up + runs):
        for name, thing in things.items():
            seconds = timed(thing())
            if number >= warm_up:
                taken[name].append(seconds)
    return {name: statistics.median(all_) for name, all_ in taken.items()}


def timed(act: Callable[[], object]) -> float:
    """Seconds that one call takes; the collector waits meanwhile."""
    gc.disable()
    try:
        begun = time.perf_counter()
        act()
        return time.perf_counter() - begun
    finally:
        gc.enable()
