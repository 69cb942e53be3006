"""Who lives: each worker raises a number in its row, and is dead to the others when it has stood still for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine import Clock
from web.jobs.tables import WorkerRow

BEAT_SECONDS = 2.0
DEAD_SECONDS = 5.0
"""Counted on the observer's own clock since it last saw the number change; the hosts' clocks need not agree."""


@dataclass(frozen=True)
class Standing:
    """How one worker sees all of them: which live, which have died, and whether it is the one that acts for all."""

    alive: frozenset[str]
    dead: frozenset[str]
    leads: bool


class Beats:
    """The heart of one worker, and what it knows of the others'."""

    def __init__(
        self, worker: str, host: str, process: int, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._worker = worker
        self._host = host
        self._process = process
        self._clock = clock
        self._started = clock()
        self._monotonic = monotonic
        self._beaten: float | None = None
        self._number = 0
        self._seen: dict[str, tuple[int, float]] = {}

    def due(self) -> bool:
        """Whether it is time for the next beat."""
        return self._beaten is None or self._monotonic() - self._beaten >= BEAT_SECONDS

    def beat(self, session: Session) -> None:
        """Say that this worker lives; does not commit."""
        self._beaten, self._number = self._monotonic(), self._number + 1
        values = {"beats": self._number, "seen_at": self._clock()}
        known = session.execute(update(WorkerRow).where(WorkerRow.id == self._worker).values(**values))
        if known.rowcount == 0:  # the first beat, or somebody thought this worker dead
            session.add(
                WorkerRow(id=self._worker, host=self._host[:200], pid=self._process, started_at=self._started, **values)
            )

    def leave(self, session: Session) -> None:
        """Take this worker's row away; does not commit."""
        session.execute(delete(WorkerRow).where(WorkerRow.id == self._worker))

    def look(self, session: Session) -> Standing:
        """Who lives now, as far as this worker can tell. It never thinks itself dead."""
        now = self._monotonic()
        rows = session.execute(select(WorkerRow.id, WorkerRow.beats).order_by(WorkerRow.started_at, WorkerRow.id)).all()
        self._seen = {
            worker: before if (before := self._seen.get(worker)) and before[0] == beats else (beats, now)
            for worker, beats in rows
        }
        dead = {one for one, (_beats, since) in self._seen.items() if now - since > DEAD_SECONDS} - {self._worker}
        alive = [worker for worker, _beats in rows if worker not in dead]
        return Standing(frozenset(alive) | {self._worker}, frozenset(dead), alive[:1] in ([], [self._worker]))
