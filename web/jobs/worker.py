"""A worker: DBOS takes jobs from the queue, and each is done in one transaction together with the note that it is."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog
from dbos import DBOS, DBOSPortableJSONSerializer, SQLAlchemyDatasource
from dbos import error as refusals
from sqlalchemy.exc import SQLAlchemyError

from web.database import open_engine
from web.errors import JobRefused
from web.jobs.kinds import Kind, cause_of, pause
from web.jobs.queue import APPLICATION, QUEUE, VERSION, WORKFLOW
from web.jobs.upkeep import Upkeep

if TYPE_CHECKING:
    from web.jobs.queue import DbosJobs

log = structlog.get_logger("milepost.jobs")

AT_ONCE = 8
"""Jobs that one worker does at the same time. Each may need two of DBOS's connections."""
POLL_SECONDS = 0.2
STOP_SECONDS = 30
"""How long stopping waits for the jobs at hand. One that takes longer is begun again by another worker."""

_alone = threading.Lock()


class DbosWorker:
    """Works jobs off in this process: `with jobs.start_worker(): ...`. DBOS allows one in a process."""

    def __init__(self, jobs: DbosJobs) -> None:
        self.id = uuid4().hex
        self._jobs = jobs
        self._engine = open_engine(jobs.database, AT_ONCE)
        self._upkeep = Upkeep(jobs, self.id, self._engine)
        self._overtaken = False
        self._running = False
        self._data: SQLAlchemyDatasource

    def start(self) -> DbosWorker:
        """Make what is missing of DBOS's tables, and begin. Raises JobRefused when this process has a worker."""
        if not _alone.acquire(blocking=False):
            raise JobRefused("This process works jobs off already.")
        try:
            self._begin()
        except BaseException:
            DBOS.destroy(destroy_registry=True)
            self._engine.dispose()
            _alone.release()
            raise
        self._running = True
        return self

    def _begin(self) -> None:
        self._jobs.prepare()
        self._jobs.client().register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL_SECONDS)
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": self._jobs.database,
                "application_version": VERSION,
                "executor_id": self.id,
                "serializer": DBOSPortableJSONSerializer(),
                "sys_db_pool_size": 2 * AT_ONCE + 4,
                "max_executor_threads": 2 * AT_ONCE,
                "log_level": "WARNING",
                "enable_otlp": False,
                "run_migrations": False,
            }
        )
        self._data = SQLAlchemyDatasource.create(
            self._jobs.database, engine=self._engine, serializer=DBOSPortableJSONSerializer(), run_migrations=False
        )

        def job(kind: str, payload: dict[str, Any], key: str, attempt: int) -> None:
            self._do(kind, payload, key, attempt)

        DBOS.workflow(name=WORKFLOW)(job)
        self._upkeep.announce()
        DBOS.launch()
        self._upkeep.start()

    def stop(self) -> None:
        """Take no more jobs, wait until those at hand are done, and say good-bye to the other workers."""
        if not self._running:
            return
        self._running = False
        try:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=self._patience())
            self._upkeep.stop()
        finally:
            self._jobs.close()
            self._engine.dispose()
            _alone.release()

    def __enter__(self) -> DbosWorker:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def _patience(self) -> int:
        """How many seconds DBOS is given for the jobs at hand; none if there are none, for any cost at least one."""
        if self._overtaken:
            return STOP_SECONDS
        try:
            at_hand = self._jobs.client().list_workflows(
                status="PENDING", executor_id=self.id, load_input=False, load_output=False
            )
        except SQLAlchemyError:  # nothing can be noted any more
            return 0
        return STOP_SECONDS if at_hand else 0

    def _do(self, name: str, payload: dict[str, Any], key: str, attempt: int) -> None:
        """Do a job; when it fails, have it tried again later, or give it up after its last attempt."""
        kind = self._jobs.kinds.get(name, Kind(name, _unknown))
        try:
            if self._in_transaction(kind.name, kind.run, {**payload, **_outside(kind, payload)}):
                log.info("job done", kind=name, key=key)
        except refusals.DBOSWorkflowConflictIDError:
            self._overtaken = True  # somebody else has this job now; DBOS goes on to wait for the outcome
            raise
        except Exception as error:  # whatever the program trips over at one job must not stay unseen
            if attempt < kind.tries:
                wait = pause(attempt).total_seconds()
                log.warning("job failed", kind=name, key=key, attempt=attempt, retry_in=wait, cause=cause_of(error))
                self._jobs.again(name, payload, key, attempt + 1, wait)
                return
            log.error("job given up", kind=name, key=key, attempt=attempt, exc_info=error)
            self._give_up(kind, payload, error)

    def _in_transaction(self, name: str, act: Any, *arguments: Any) -> Any:
        """Call `act(unit, ...)`; what it writes is committed together with its result, and never done twice."""
        level: Any = "SERIALIZABLE" if self._engine.dialect.name == "sqlite" else "READ COMMITTED"
        return self._data.run_tx_step(
            {"name": name, "isolation_level": level},
            lambda: act(self._jobs.unit(self._data.sql_session()), *arguments),
        )

    def _give_up(self, kind: Kind, payload: dict[str, Any], error: Exception) -> None:
        if kind.gave_up is None:
            raise JobRefused(cause_of(error)) from None
        self._in_transaction(f"{kind.name}.gave_up", kind.gave_up, payload, cause_of(error))


def _outside(kind: Kind, payload: dict[str, Any]) -> dict[str, Any]:
    """What a job does beyond the database; not again once its result is noted."""
    act = kind.outside
    return {} if act is None else {"outside": DBOS.run_step({"name": f"{kind.name}.outside"}, act, payload)}


def _unknown(_unit: Any, _payload: Mapping[str, Any]) -> None:
    raise JobRefused("This version of Milepost does not know this kind of job.")
