"""The page on which an administrator sees who works jobs off, what waits, and what could not be done."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

import engine
from web.jobs import state
from web.people import needs
from web.work import milepost, reading

jobs = Blueprint("jobs", __name__)


@jobs.get("/jobs")
@needs("Administrator")
def index() -> str:
    """Workers, the oldest job that waits, timers that could not elapse, and jobs that were given up."""
    unit = reading()
    standing = state(milepost().jobs, unit.session, failed=True)
    oldest = None if standing.oldest_seconds is None else unit.clock() - timedelta(seconds=standing.oldest_seconds)
    return render_template("jobs.html", standing=standing, oldest=oldest, stuck=engine.stuck_timers(unit))
