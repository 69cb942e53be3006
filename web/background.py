"""The background thread: once a second it lets due timers elapse, each in a transaction of its own."""

from __future__ import annotations

import threading
from types import TracebackType

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import engine
from web.database import WRITE, db, only_reading
from web.work import milepost, unit, work

log = structlog.get_logger("milepost.background")

SECOND = 1.0
AT_ONCE = 100
STOP_SECONDS = 20


def tick(app: Flask, stop: threading.Event | None = None) -> int:
    """Let every timer that is due elapse; gives how many did.

    A timer that cannot elapse is logged and left for the next time; the others go on. What goes wrong inside a
    process is no such case: the engine records it as an incident, and the timer has elapsed.
    """
    fired = 0
    with app.app_context():
        parts = milepost()
        for timer in _due():
            if stop is not None and stop.is_set():
                break
            fired += _fire(timer)
        parts.heartbeat = parts.clock()
    return fired


def _due() -> list[str]:
    try:
        with only_reading():
            found = engine.due(unit(), milepost().clock(), AT_ONCE)
            db.session.rollback()
    except SQLAlchemyError as error:
        db.session.rollback()
        log.error("timers cannot be read", error=type(error).__name__, exc_info=error)
        return []
    return found


def _fire(timer: str) -> bool:
    try:
        with work() as at_work:
            fired = engine.fire(at_work, timer)
    except Exception as error:  # whatever the program trips over at one timer must not hold up the others
        log.error("timer did not elapse", timer=timer, error=type(error).__name__, exc_info=error)
        return False
    if fired:
        log.info("timer elapsed", timer=timer)
    return fired


class Background:
    """One thread that ticks until it is told to stop: `with Background(app): serve(...)`."""

    def __init__(self, app: Flask, seconds: float = SECOND) -> None:
        self._app = app
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="milepost-background", daemon=True)

    def __enter__(self) -> Background:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Wake the thread and wait until the timer it is at has elapsed."""
        self._stop.set()
        self._thread.join(STOP_SECONDS)

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread.is_alive()

    def _run(self) -> None:
        WRITE.set(True)
        while not self._stop.is_set():
            try:
                tick(self._app, self._stop)
            except Exception as error:  # the outermost loop of a worker goes on, and says so
                log.error("background work failed", error=type(error).__name__, exc_info=error)
            self._stop.wait(self._seconds)
