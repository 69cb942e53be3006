"""Measuring a project: pure functions over a history. Days are calendar days; every figure comes with its n."""

from processes.metrics.earned_schedule import (
    Earned,
    Indices,
    curve_of,
    earned,
    earned_schedule,
    estimate,
    indices,
)
from processes.metrics.forecasts import Reforecast, Stale, added, dropped, reforecasts, stale
from processes.metrics.history import Fact, History, Promise, State, from_csv
from processes.metrics.on_time import OnTime, on_time_completed, on_time_due
from processes.metrics.slip import Slip, Slips, slips
from processes.metrics.summary import Summary, summary
from processes.metrics.trend import Point, Series, Trend, series, trend

__all__ = [
    "Earned",
    "Fact",
    "History",
    "Indices",
    "OnTime",
    "Point",
    "Promise",
    "Reforecast",
    "Series",
    "Slip",
    "Slips",
    "Stale",
    "State",
    "Summary",
    "Trend",
    "added",
    "curve_of",
    "dropped",
    "earned",
    "earned_schedule",
    "estimate",
    "from_csv",
    "indices",
    "on_time_completed",
    "on_time_due",
    "reforecasts",
    "series",
    "slips",
    "stale",
    "summary",
    "trend",
]
