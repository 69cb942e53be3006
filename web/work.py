"""The unit of work of one request: who made the session commits it, once, here and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from flask import Flask, current_app, g
from psycopg.errors import DeadlockDetected
from psycopg.errors import IntegrityError as IntegrityTrouble
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from engine import Actor, Barred, Clock, OutOfReach, Procedure, Unit, nothing_barred
from web.config import Config
from web.database import STEADY, TASK, WITHIN, WRITE, db
from web.jobs import DbosJobs, Kind
from web.telling import tells

Done = TypeVar("Done")


def wall_clock() -> datetime:
    """The machine's clock, aware, in UTC: what runs outside tests and replays."""
    return datetime.now(UTC)


@dataclass
class Milepost:
    """What one application is made of; in `app.extensions["milepost"]`."""

    config: Config
    clock: Clock
    procedure: Procedure
    roles: Callable[[Unit, str], Mapping[str, frozenset[str]]]
    """Which roles a person holds in which project; kept by the procedure."""
    kinds: tuple[Kind, ...] = ()
    """Kinds of job besides timers."""
    tell: Callable[[Unit], object] = lambda _unit: None
    """Called with each unit of work just before it is committed."""
    barred: Barred = nothing_barred
    """Which open tasks of a person with these roles are somebody else's, and why; known to the procedure."""
    left: Callable[[Unit, str, Actor], object] = lambda _unit, _person, _by: None
    """Called when a person was deactivated, with who did it: tasks may have been left behind."""
    jobs: DbosJobs = field(init=False)
    """Work that outlives the process that caused it."""
    hashing_slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(2))
    """An argon2id hash takes 64 MB: no more than two at once."""

    def __post_init__(self) -> None:
        self.jobs = DbosJobs(self.config.database, self.clock, self.unit, self.kinds)

    def unit(self, session: Session) -> Unit:
        """A unit of work on a session, without saying who commits it."""
        within = session.connection().info.get(WITHIN) if TASK.get() else None
        return tells(Unit(session=session, clock=self.clock, procedure=self.procedure, within=within), self.tell)


def milepost() -> Milepost:
    """The parts of the current application."""
    return current_app.extensions["milepost"]


@contextmanager
def work(task: str | None = None) -> Iterator[Unit]:
    """The unit of work of a request that writes: commits at its end, rolls back on any error.

    With a task, it keeps to the task's subject, beside those that keep to another; see `about`.
    After it, the request goes on reading only (to show a page with what was refused).
    """
    forget_reading(task)
    try:
        at_work = unit()
        yield at_work
        at_work.stayed()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        WRITE.set(False)
        TASK.set(None)
        g.pop("actor", None)


def about(task: str, act: Callable[[Unit], Done]) -> Done:
    """Do what completes a task, in a unit of work that keeps to its subject, and give what came of it.

    Where it turns out to reach further, or to be in the way of another, it is done once more from the beginning, in a
    unit of work that keeps to nothing. `act` must therefore be repeatable, and ask anew who acts.
    """
    within = None
    try:
        with work(task) as unit:
            within = unit.within
            return act(unit)
    except OutOfReach:
        pass
    except (OperationalError, IntegrityError) as error:
        if within is None or not isinstance(error.orig, (DeadlockDetected, IntegrityTrouble)):
            raise
    with work() as unit:
        return act(unit)


def reading() -> Unit:
    """The unit of work of a page that only looks."""
    return unit()


def only_looking() -> Unit:
    """The same for a page that works for long: it begins anew, and what is read from here on is of one moment."""
    db.session.rollback()
    WRITE.set(False)
    TASK.set(None)
    return unit()


def unit() -> Unit:
    """A unit of work on the current session, without saying who commits it."""
    return milepost().unit(db.session())


def forget_reading(task: str | None = None) -> None:
    """Begin to write: a transaction that began for something else ends, and what was known from it is asked again."""
    if not WRITE.get() or TASK.get() != task:
        db.session.rollback()
        g.pop("actor", None)
        WRITE.set(True)
        TASK.set(task)


def set_off(app: Flask) -> None:
    """Let each request begin as a reader: others can write until it does so itself, in `work()`."""

    @app.before_request
    def begin() -> None:
        WRITE.set(False)
        TASK.set(None)
        STEADY.set(True)

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        WRITE.set(True)
        TASK.set(None)
        STEADY.set(False)
