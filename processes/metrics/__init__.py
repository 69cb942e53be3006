"""Measuring a project: pure functions over a history. Days are calendar days; every figure comes with its n."""

from processes.metrics.burn_up import BurnUp, burn_up
from processes.metrics.distribution import XmR, median, percentile, xmr
from processes.metrics.earned_schedule import (
    FEW,
    Earned,
    Indices,
    curve_of,
    earned,
    earned_schedule,
    estimate,
    indices,
)
from processes.metrics.forecasts import (
    HORIZONS,
    Accuracy,
    Churn,
    Miss,
    Reforecast,
    Stale,
    accuracy_at,
    added,
    churn,
    dropped,
    misses,
    reforecasts,
    stale,
    stood_stale,
    told_late,
)
from processes.metrics.history import Fact, History, Promise, State, Told
from processes.metrics.on_time import OnTime, on_time_completed, on_time_due
from processes.metrics.outlook import SHARES, Coverage, Outlook, Range, outlook
from processes.metrics.reading import from_csv, never_there, out_of_order
from processes.metrics.slip import Slip, Slips, slips
from processes.metrics.summary import Summary, summary
from processes.metrics.trend import Point, Series, Trend, series, trend

__all__ = [name for name in dir() if not name.startswith("_")]
