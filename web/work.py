"""The unit of work of one request: who made the session commits it, once, here and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from engine import Actor, Clock, Procedure, Unit
from web.config import Config
from web.database import STEADY, WRITE, db
from web.jobs import DbosJobs, Kind
from web.telling import tells


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
        return tells(Unit(session=session, clock=self.clock, procedure=self.procedure), self.tell)


def milepost() -> Milepost:
    """The parts of the current application."""
    return current_app.extensions["milepost"]


@contextmanager
def work() -> Iterator[Unit]:
    """The unit of work of a request that writes: commits at its end, rolls back on any error.

    After it, the request goes on reading only (to show a page with what was refused).
    """
    forget_reading()
    try:
        yield unit()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        WRITE.set(False)
        g.pop("actor", None)


def reading() -> Unit:
    """The unit of work of a page that only looks."""
    return unit()


def only_looking() -> Unit:
    """The same for a page that works for long: it begins anew, and what is read from here on is of one moment."""
    db.session.rollback()
    WRITE.set(False)
    return unit()


def unit() -> Unit:
    """A unit of work on the current session, without saying who commits it."""
    return milepost().unit(db.session())


def forget_reading() -> None:
    """Begin to write: a transaction that began for reading ends, and what was known from it is asked again."""
    if not WRITE.get():
        db.session.rollback()
        g.pop("actor", None)
        WRITE.set(True)


def set_off(app: Flask) -> None:
    """Let each request begin as a reader: others can write until it does so itself, in `work()`."""

    @app.before_request
    def begin() -> None:
        WRITE.set(False)
        STEADY.set(True)

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        WRITE.set(True)
        STEADY.set(False)
