"""The port of the engine's jobs on DBOS: jobs are rows beside the program's own, written in its own transactions."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy.orm import Session

from engine import Clock, Unit
from web.errors import JobRefused
from web.jobs.following import FOLLOWING
from web.jobs.kinds import TIMERS, Kind

if TYPE_CHECKING:
    from dbos import DBOSClient

    from web.jobs.worker import DbosWorker

APPLICATION = "milepost"
VERSION = "jobs-1"
"""DBOS leaves a job of another version alone. This one changes only when jobs under way cannot be gone on with."""
QUEUE = "milepost"
WORKFLOW = "milepost.job"


class DbosJobs:
    """Jobs in the application's own database. Cheap to make: nothing is imported, opened or started before it is used.

    `unit` makes a unit of work on a session; `kinds` are the jobs that a worker of this process can do.
    """

    def __init__(self, database: str, clock: Clock, unit: Callable[[Session], Unit], kinds: Iterable[Kind] = ()):
        self.database = database
        self.clock = clock
        self.unit = unit
        self.kinds: dict[str, Kind] = {one.name: one for one in (TIMERS, FOLLOWING, *kinds)}
        self._client: DBOSClient | None = None
        self._process = 0
        self._lock = threading.Lock()

    def enqueue(
        self,
        session: Session,
        kind: str,
        payload: Mapping[str, Any],
        due: datetime | None = None,
        key: str | None = None,
    ) -> None:
        """Have a job done at `due`, if the session commits. Raises JobRefused for a kind that nobody can do."""
        if kind not in self.kinds:
            raise JobRefused(f"There is no kind of job called {kind}.")
        delay = (due - self.clock()).total_seconds() if due is not None else 0
        key = key or uuid4().hex
        self.client().enqueue_in_transaction(session, _options(key, 1, delay), kind, dict(payload), key, 1)

    def again(self, kind: str, payload: Mapping[str, Any], key: str, attempt: int, delay: float) -> None:
        """Have a job that failed tried once more after a delay in seconds; in a transaction of its own."""
        self.client().enqueue(_options(key, attempt, delay), kind, dict(payload), key, attempt)

    def cancel(self, key: str) -> None:
        """Withdraw a job that has not been done, and every further attempt at it."""
        most = max(kind.tries for kind in self.kinds.values())
        self.client().cancel_workflows([job_id(key, attempt) for attempt in range(1, most + 1)])

    def start_worker(self) -> DbosWorker:
        """Begin to work jobs off in this process, until `stop()`; there can be one worker in a process."""
        from web.jobs.worker import DbosWorker  # noqa: PLC0415  DBOS takes half a second to import

        return DbosWorker(self).start()

    def prepare(self) -> None:
        """Make DBOS's tables, or bring them to its present version."""
        from dbos import DBOS, SQLAlchemyDatasource  # noqa: PLC0415

        tame_logger()
        DBOS.migrate(self.database)
        SQLAlchemyDatasource.migrate(self.database)

    def client(self) -> DBOSClient:
        """DBOS seen from outside a worker: a few connections, no threads. A forked process gets one of its own."""
        with self._lock:
            if self._client is None or self._process != os.getpid():
                from dbos import DBOSClient, DBOSPortableJSONSerializer  # noqa: PLC0415

                tame_logger()
                self._process = os.getpid()
                self._client = DBOSClient(
                    system_database_url=self.database,
                    serializer=DBOSPortableJSONSerializer(),
                    application_name=APPLICATION,
                    lazy=True,
                    retry_connection_errors=False,
                )
            return self._client

    def close(self) -> None:
        """Give the connections back; the next use opens new ones."""
        with self._lock:
            if self._client is not None and self._process == os.getpid():
                self._client.destroy()
            self._client = None


def job_id(key: str, attempt: int) -> str:
    """DBOS's name of one attempt at a job."""
    return key if attempt == 1 else f"{key}~{attempt}"


def tame_logger() -> None:
    """Let DBOS's log lines go where all others go: it sets up a handler of its own unless there is one."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _options(key: str, attempt: int, delay: float) -> Any:
    options: dict[str, Any] = {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": job_id(key, attempt),
        "app_version": VERSION,
    }
    if delay > 0:
        options["delay_seconds"] = delay
    return options


def left_behind() -> list[str]:
    """The threads of a stopped worker whose jobs did not end in time; another worker takes those jobs over."""
    return [one.name for one in threading.enumerate() if one.name.startswith("dbos-executor")]
