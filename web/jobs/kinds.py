"""The kinds of job there are: what each does, how often it is tried, and what becomes of one that cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

import engine
from engine import EngineError, Unit

log = structlog.get_logger("milepost.jobs")

TIMER = "timer"
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Kind:
    """One kind of job. `run` does it, in one transaction that is committed together with the note that it is done.

    What takes long, or reaches beyond the database, is done by `outside` before that, without a transaction: mail, a
    call to another system. It can happen twice when the process dies in between, or when the job is tried again. What
    it returns (a JSON value) `run` finds in the payload under `outside`. What `run` returns (a JSON value) says whether
    there was anything to do. `gave_up` is called in a transaction of its own after the last attempt, with the cause;
    without it the job stays as failed, for an administrator to see. `wanted` is asked once a second by the worker that
    leads, and gives the payloads of the jobs that ought to be, by key: rows that say what is to be done are enough.
    """

    name: str
    run: Callable[[Unit, Mapping[str, Any]], Any]
    tries: int = 8
    outside: Callable[[Mapping[str, Any]], Any] | None = None
    gave_up: Callable[[Unit, Mapping[str, Any], str], None] | None = None
    wanted: Callable[[Unit], Mapping[str, Mapping[str, Any]]] | None = None


def pause(tries: int) -> timedelta:
    """How long to wait after so many failed attempts: 2 s, four times as long each time, up to an hour."""
    return min(FIRST_PAUSE * 4 ** min(tries - 1, 10), LONGEST_PAUSE)


def cause_of(error: BaseException) -> str:
    """Why a job failed, in words that carry nothing of what people wrote."""
    return str(error) if isinstance(error, EngineError) else f"Something unexpected: {type(error).__name__}."


def _fire(unit: Unit, payload: Mapping[str, Any]) -> bool:
    return engine.fire(unit, payload["timer"])


def _leave_alone(unit: Unit, payload: Mapping[str, Any], cause: str) -> None:
    stuck = engine.postpone(unit, payload["timer"], cause)
    if stuck is not None:
        log.error(
            "timer did not elapse", timer=stuck.timer, instance=stuck.instance, tries=stuck.tries, cause=cause,
            retry_at=stuck.retry_at.isoformat(),
        )  # fmt: skip


TIMERS = Kind(TIMER, _fire, tries=1, gave_up=_leave_alone)
"""Fires one timer. Its row says how often it was tried and when it is tried again, so the queue tries it once."""
