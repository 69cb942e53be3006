"""Tidying: jobs that are done are forgotten after a week, those that failed after a quarter of a year."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.jobs.queue import DbosJobs

DONE_KEPT = timedelta(days=7)
FAILED_KEPT = timedelta(days=90)
AT_ONCE = 500


def tidy(jobs: DbosJobs) -> int:
    """Delete the oldest jobs that have ended; gives how many. DBOS dates them by the machine's clock."""
    now, client = jobs.clock(), jobs.client()
    gone = 0
    for status, kept in ((["SUCCESS", "CANCELLED"], DONE_KEPT), (["ERROR"], FAILED_KEPT)):
        while found := client.list_workflows(
            status=status, completed_before=(now - kept).isoformat(), limit=AT_ONCE, load_input=False, load_output=False
        ):
            client.delete_workflows([one.workflow_id for one in found])
            gone += len(found)
    return gone
