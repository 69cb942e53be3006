"""All figures of a history as of a day, in one place: what the command `metrics` prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from processes.metrics.earned_schedule import Earned, earned
from processes.metrics.forecasts import Stale, added, dropped, reforecasts, stale, stood_stale
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
    """Forecasts of open milestones whose date has passed."""
    stood_stale: tuple[Stale, ...]
    """For each milestone the forecast that stood for longest after its date had passed, until something was said."""
    over: bool
    """Whether nothing is open any more."""
    earned: Earned

    def plain(self) -> dict[str, Any]:
        """The figures as JSON values, not rounded.

        `stale` is what is stale on the day; of a history that is over, what stood so while it ran.
        """
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
            "stale": _listed(self.stood_stale if self.over else self.stale),
            "stood_stale": _listed(self.stood_stale),
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
    planned = history.promised(as_of, with_removed=True)
    reached = [one for one in planned if states[one.milestone].removed_on is None and states[one.milestone].actual]
    return Summary(
        start=history.start,
        as_of=as_of,
        baseline=len(planned),
        completed=len(reached),
        dropped=dropped(history, as_of),
        added=added(history, as_of),
        tolerance=tolerance,
        on_time_completed=on_time_completed(history, as_of, tolerance),
        on_time_due=on_time_due(history, as_of, tolerance),
        slips=slips(history, as_of),
        reforecasts=len(reforecasts(history, as_of)),
        stale=stale(history, as_of),
        stood_stale=_once_each(stood_stale(history, as_of)),
        over=not any(state.open for state in states.values()),
        earned=earned(history, as_of),
    )


def _once_each(rows: tuple[Stale, ...]) -> tuple[Stale, ...]:
    """One row for each milestone: the forecast that stood stale for longest."""
    kept: dict[str, Stale] = {}
    for one in rows:
        kept.setdefault(one.milestone, one)
    return tuple(kept.values())


def _listed(rows: tuple[Stale, ...]) -> list[dict[str, Any]]:
    return [{"milestone": one.milestone, "days": one.days} for one in rows]


def _of(ratio: OnTime) -> dict[str, int]:
    return {"n": ratio.on_time, "of": ratio.of}
