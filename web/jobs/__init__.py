"""Jobs: work that outlives the process that caused it, on DBOS. Timers are fired this way."""

from web.jobs.following import have_followed
from web.jobs.kinds import TIMER, TIMERS, Kind
from web.jobs.queue import DbosJobs, left_behind
from web.jobs.state import Failed, JobsState, state
from web.jobs.tables import WorkerRow

__all__ = [
    "TIMER",
    "TIMERS",
    "DbosJobs",
    "Failed",
    "JobsState",
    "Kind",
    "WorkerRow",
    "have_followed",
    "left_behind",
    "state",
]
