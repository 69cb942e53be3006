"""Measuring on a noisy machine: things are timed in turn within one run, and only ratios of medians are read."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

RUNS = 200
WARM_UP = 20


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


def in_turn(things: Mapping[str, Callable[[], None]], runs: int = RUNS) -> dict[str, float]:
    """Median seconds of each thing; A B C A B C …, so that the machine's moods fall on all of them alike."""
    taken: dict[str, list[float]] = {name: [] for name in things}
    for number in range(WARM_UP + runs):
        for name, thing in things.items():
            seconds = timed(thing)
            if number >= WARM_UP:
                taken[name].append(seconds)
    return {name: statistics.median(all_) for name, all_ in taken.items()}


def timed(thing: Callable[[], None]) -> float:
    """Seconds that one call takes; the collector waits meanwhile."""
    gc.disable()
    try:
        begun = time.perf_counter()
        thing()
        return time.perf_counter() - begun
    finally:
        gc.enable()
