"""All figures of a history as of a day, in one place: what the command `metrics` prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from processes.metrics.earned_schedule import Earned, earned
from processes.metrics.forecasts import Stale, added, dropped, reforecasts, stale
from processes.metrics.history import History
from processes.metrics.on_time import OnTime, on_time_completed, on_time_due
from processes.metrics.slip import Slips, slips


@dataclass(frozen=True)
class Summary:
    """The figures of one history as of a day; days are calendar days, and every ratio has its n."""

    start: date
    as_of: date
    baseline: int
    completed: int
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    tolerance: int
    on_time_completed: OnTime
    on_time_due: OnTime
    slips: Slips
    reforecasts: int
    stale: tuple[Stale, ...]
    earned: Earned

    def plain(self) -> dict[str, Any]:
        """The figures as JSON values, not rounded."""
        value = self.earned
        return {
            "start": self.start.isoformat(),
            "as_of": self.as_of.isoformat(),
            "milestones": {
                "baseline": self.baseline,
                "completed": self.completed,
                "dropped": len(self.dropped),
                "added": len(self.added),
            },
            "on_time": {
                "tolerance_days": self.tolerance,
                "completed": _of(self.on_time_completed),
                "due": _of(self.on_time_due),
            },
            "slip_days": {
                "n": self.slips.n,
                "mean": self.slips.mean,
                "median": self.slips.median,
                "max": self.slips.largest,
            },
            "reforecasts": self.reforecasts,
            "stale": [{"milestone": one.milestone, "days": one.days, "open": one.open} for one in self.stale],
            "earned_schedule": {
                "pv": value.pv,
                "ev": value.ev,
                "spi": value.spi,
                "es_days": value.es,
                "at_days": value.at,
                "spi_t": value.spi_t,
                "sv_t_days": value.sv_t,
            },
        }


def summary(history: History, as_of: date, tolerance: int = 0) -> Summary:
    """Every figure of a history as of a day, on time within so many calendar days after the baseline's date."""
    states = history.states(as_of)
    promised = [promise for promise in history.baseline if promise.milestone in states]
    reached = [one for one in promised if (day := states[one.milestone].actual) is not None and day <= as_of]
    return Summary(
        start=history.start,
        as_of=as_of,
        baseline=len(promised),
        completed=len(reached),
        dropped=dropped(history, as_of),
        added=added(history, as_of),
        tolerance=tolerance,
        on_time_completed=on_time_completed(history, as_of, tolerance),
        on_time_due=on_time_due(history, as_of, tolerance),
        slips=slips(history, as_of),
        reforecasts=len(reforecasts(history, as_of)),
        stale=_once_each(stale(history, as_of)),
        earned=earned(history, as_of),
    )


def _once_each(rows: tuple[Stale, ...]) -> tuple[Stale, ...]:
    """One row for each milestone: the forecast that is stale now, else the one that stood stale for longest."""
    kept: dict[str, Stale] = {}
    for one in rows:
        if one.milestone not in kept or one.open:
            kept[one.milestone] = one
    return tuple(sorted(kept.values(), key=lambda one: (-one.days, one.milestone)))


def _of(ratio: OnTime) -> dict[str, int]:
    return {"n": ratio.on_time, "of": ratio.of}
