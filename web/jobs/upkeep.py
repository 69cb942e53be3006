"""What a worker does beside its jobs, once a second: say that it lives, sweep, and take over from workers that died."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from web.database import only_reading
from web.jobs.beats import Beats
from web.jobs.sweeping import Sweep, Wishes
from web.jobs.taking_over import take_over
from web.jobs.tidying import tidy

if TYPE_CHECKING:
    from web.jobs.queue import DbosJobs

log = structlog.get_logger("milepost.jobs")

SECONDS = 1.0
TIDY_SECONDS = 3600.0
STOP_SECONDS = 20


class Upkeep:
    """One thread that looks after timers and workers until it is told to stop. What fails is logged and tried again."""

    def __init__(self, jobs: DbosJobs, worker: str, engine: Engine, seconds: float = SECONDS) -> None:
        self._jobs = jobs
        self._engine = engine
        self._seconds = seconds
        self._beats = Beats(worker, socket.gethostname(), os.getpid(), jobs.clock)
        self._sweep = Sweep(jobs)
        self._wishes = Wishes(jobs)
        self._tidied = time.monotonic()
        self._failing: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="milepost-upkeep", daemon=True)

    def announce(self) -> None:
        """Tell the other workers of this one, before it has a job that they could think nobody's."""
        self._live()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Wait until what is being done is done, and take leave of the other workers."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)
        with self._writing() as session:
            self._beats.leave(session)

    def _run(self) -> None:
        while not self._stop.is_set():
            for duty in (self._live, self._look_for_timers, self._lead):
                self._try(duty)
            self._stop.wait(self._seconds)

    def _try(self, duty: Callable[[], None]) -> None:
        name = duty.__name__.strip("_")
        try:
            duty()
        except Exception as error:  # the outermost loop of a worker goes on, and says so once
            if name not in self._failing:
                self._failing.add(name)
                log.error("upkeep failed", duty=name, error=type(error).__name__, exc_info=error)
            return
        if name in self._failing:
            self._failing.remove(name)
            log.info("upkeep works again", duty=name)

    def _live(self) -> None:
        if self._beats.due():
            with self._writing() as session:
                self._beats.beat(session)

    def _look_for_timers(self) -> None:
        with self._reading() as session:
            wanted = self._sweep.wanted(session)
        if wanted:
            self._sweep.forget_ended(wanted)
            with self._writing() as session:
                self._sweep.make(session, wanted)

    def _lead(self) -> None:
        """What one worker does for all: the one that lives longest."""
        with self._reading() as session:
            standing = self._beats.look(session)
        if not standing.leads:
            return
        take_over(self._jobs, self._writing, standing)
        with self._reading() as session:
            wishes = self._wishes.wanted(session)
        if wishes:
            with self._writing() as session:
                self._wishes.make(session, wishes)
        if time.monotonic() - self._tidied > TIDY_SECONDS:
            self._tidied = time.monotonic()
            tidy(self._jobs)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with only_reading(), Session(self._engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """A transaction of its own. While it lasts nothing else may write: SQLite would wait for itself."""
        with Session(self._engine) as session:
            yield session
            session.commit()
