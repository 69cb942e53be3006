"""Numbers in a row: the middle, percentiles, and what is signal and what is noise in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor

LEAST_FOR_LIMITS = 8
"""Values below which limits say nothing yet."""

_SPREAD = 3 / 1.128
"""Three standard deviations over the mean moving range of two (NIST/SEMATECH 6.3.2.2)."""


@dataclass(frozen=True)
class XmR:
    """Limits of individual values: their mean ± 3/1.128 times the mean moving range. `signals` are places outside."""

    n: int
    mean: float
    moving_range: float
    lower: float
    upper: float
    signals: tuple[int, ...]

    @property
    def enough(self) -> bool:
        """Whether there are values enough for the limits to mean something."""
        return self.n >= LEAST_FOR_LIMITS


def percentile(values: Sequence[float], share: float) -> float:
    """The percentile for a share from 0 to 1, interpolated as type 7 of Hyndman and Fan (1996), NumPy's default.

    Raises ValueError when there are no values.
    """
    if not values:
        raise ValueError("no percentile of nothing")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle. Raises ValueError when there is none."""
    if not values:
        raise ValueError("no median of nothing")
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def xmr(values: Sequence[float]) -> XmR | None:
    """The limits of values in their order; None below two of them."""
    if len(values) < 2:
        return None
    mean = sum(values) / len(values)
    moving = sum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)
    lower, upper = mean - _SPREAD * moving, mean + _SPREAD * moving
    outside = tuple(at for at, value in enumerate(values) if not lower <= value <= upper)
    return XmR(len(values), mean, moving, lower, upper, outside)
