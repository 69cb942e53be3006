"""How it stands with the jobs: which workers live, how long the oldest job has waited, and what was given up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from web.jobs.tables import WorkerRow

if TYPE_CHECKING:
    from dbos import WorkflowStatus

    from web.jobs.queue import DbosJobs

FRESH = timedelta(seconds=10)
"""A worker that has not been seen for so long counts as gone."""
SHOWN = 100


@dataclass(frozen=True)
class LiveWorker:
    """A process that works jobs off."""

    host: str
    pid: int
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Failed:
    """A job that was given up: what it was, how often it was tried, why, and when."""

    kind: str
    key: str
    attempt: int
    cause: str
    at: datetime | None


@dataclass(frozen=True)
class JobsState:
    """The workers that live, how many seconds the oldest job that could be done waits, and jobs that were given up."""

    workers: tuple[LiveWorker, ...]
    oldest_seconds: float | None
    failed: tuple[Failed, ...] = ()


def workers(session: Session, now: datetime) -> tuple[LiveWorker, ...]:
    """The workers that live, by what they say themselves; the longest-serving first."""
    rows = session.scalars(
        select(WorkerRow).where(WorkerRow.seen_at > now - FRESH).order_by(WorkerRow.started_at, WorkerRow.id)
    )
    return tuple(LiveWorker(row.host, row.pid, row.started_at, row.seen_at) for row in rows)


def state(jobs: DbosJobs, session: Session, *, failed: bool = False) -> JobsState:
    """How it stands with the jobs now; what was given up only if asked for."""
    alive = workers(session, jobs.clock())
    try:
        oldest = _oldest(jobs)
        given_up = _failed(jobs) if failed else ()
    except SQLAlchemyError:  # no worker has ever been started here: there are no jobs
        return JobsState(alive, None)
    return JobsState(alive, oldest, given_up)


def _oldest(jobs: DbosJobs) -> float | None:
    waiting = jobs.client().list_workflows(status="ENQUEUED", limit=SHOWN, load_input=False, load_output=False)
    since = [max(one.created_at or 0, one.delay_until_epoch_ms or 0) for one in waiting]
    return max(0.0, time.time() - min(since) / 1000) if since else None  # DBOS dates jobs by the machine's clock


def _failed(jobs: DbosJobs) -> tuple[Failed, ...]:
    found = jobs.client().list_workflows(status="ERROR", sort_desc=True, limit=SHOWN)
    return tuple(_as_failed(one) for one in found)


def _as_failed(job: WorkflowStatus) -> Failed:
    arguments: Any = (job.input or {}).get("args") or ("", {}, job.workflow_id, 1)
    at = datetime.fromtimestamp(job.completed_at / 1000, UTC) if job.completed_at else None
    return Failed(arguments[0], arguments[2], arguments[3], str(job.error or ""), at)
