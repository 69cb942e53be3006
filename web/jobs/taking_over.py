"""Taking over: the jobs that a worker had at hand when it died are given back to the queue, from any living one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from web.jobs.beats import Standing
from web.jobs.queue import QUEUE
from web.jobs.tables import WorkerRow

if TYPE_CHECKING:
    from dbos import WorkflowStatus

    from web.jobs.queue import DbosJobs

log = structlog.get_logger("milepost.jobs")

MOST = 5
"""A job at which so many workers have died is given up: it may well be what kills them."""
CAUSE = f"{MOST} workers died while they were at it."


def take_over(jobs: DbosJobs, writing: Callable[[], AbstractContextManager[Session]], standing: Standing) -> int:
    """Give the jobs of workers that do not live any more back to the queue; gives how many.

    A worker that was thought dead and lives loses nothing but time: DBOS lets only the last one that took a job
    commit what it wrote in the database.
    """
    client = jobs.client()
    orphans = [
        one
        for one in client.list_workflows(status="PENDING", load_output=False)
        if one.executor_id not in standing.alive
    ]
    resumed = 0
    for one in orphans:
        if _times(one) >= MOST:
            _give_up(jobs, writing, one)
        else:
            client.update_workflow_attributes(one.workflow_id, {"taken_over": _times(one) + 1})
            # at once: a worker that dies on the way must not have counted for jobs that it never gave back
            client.resume_workflows([one.workflow_id], queue_name=QUEUE)
            resumed += 1
    if resumed:
        log.warning("jobs of a dead worker taken over", jobs=resumed)
    if standing.dead:
        with writing() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.id.in_(standing.dead)))
        log.warning("workers are gone", workers=len(standing.dead))
    return resumed


def _times(job: WorkflowStatus) -> int:
    return int((job.attributes or {}).get("taken_over", 0))


def _give_up(jobs: DbosJobs, writing: Callable[[], AbstractContextManager[Session]], job: WorkflowStatus) -> None:
    """A job is taken from worker to worker no more: whoever cares is told, and it is withdrawn."""
    name, payload, key, _attempt = (job.input or {"args": ("", {}, job.workflow_id, 1)})["args"]
    kind = jobs.kinds.get(name)
    log.error("job given up", kind=name, key=key, cause=CAUSE)
    if kind is not None and kind.gave_up is not None:
        with writing() as session:
            kind.gave_up(jobs.unit(session), payload, CAUSE)
    jobs.client().cancel_workflow(job.workflow_id)
