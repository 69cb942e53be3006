"""The sweep: a job for every timer that is due. The timers' rows are the truth; a lost job is made again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

import engine
from engine import Alarm
from web.jobs.kinds import TIMER

if TYPE_CHECKING:
    from web.jobs.queue import DbosJobs

AT_ONCE = 500
"""Jobs that one sweep makes at most; the next one goes on."""
REMEMBERED_SECONDS = 10.0
"""A timer whose job was made is not asked for again so soon."""
LOST = timedelta(seconds=60)
"""A timer due for so long whose job has ended was not fired by it: the job is forgotten, and made again."""
ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


class Sweep:
    """Called about once a second by every worker: however many sweep, a timer gets one job for each attempt."""

    def __init__(self, jobs: DbosJobs, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._jobs = jobs
        self._monotonic = monotonic
        self._made: dict[str, float] = {}

    def wanted(self, session: Session) -> dict[str, Alarm]:
        """The timers that are due and have no job that this process knows of, by the job's key."""
        now = self._monotonic()
        self._made = {key: at for key, at in self._made.items() if now - at < REMEMBERED_SECONDS}
        unit = self._jobs.unit(session)
        at, last, found = unit.clock(), None, {}
        while len(found) < AT_ONCE:
            page = engine.alarms(unit, at, AT_ONCE, after=last)
            found |= {key: one for one in page if (key := key_of(one)) not in self._made}
            if len(page) < AT_ONCE:
                break
            last = page[-1]
        return found

    def forget_ended(self, wanted: dict[str, Alarm]) -> None:
        """Remove ended jobs of timers that wait nevertheless: withdrawn by hand, or done when the timer could not be.

        In a transaction of its own: not while another one of this thread writes.
        """
        late = [key for key, one in wanted.items() if self._jobs.clock() - one.since > LOST]
        if not late:
            return
        client = self._jobs.client()
        ended = client.list_workflows(workflow_ids=late, status=ENDED, load_input=False, load_output=False)
        if ended:
            client.delete_workflows([one.workflow_id for one in ended])

    def make(self, session: Session, wanted: dict[str, Alarm]) -> None:
        """Make their jobs; where one exists, nothing happens. Does not commit."""
        for key, alarm in wanted.items():
            self._jobs.enqueue(session, TIMER, {"timer": alarm.timer}, key=key)
            self._made[key] = self._monotonic()


@dataclass(frozen=True)
class Wish:
    """A job that ought to be, as its kind says."""

    kind: str
    payload: Mapping[str, Any]


class Wishes:
    """What kinds of job want done by what stands in their rows, asked once a second by the worker that leads."""

    def __init__(self, jobs: DbosJobs, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._jobs = jobs
        self._monotonic = monotonic
        self._made: dict[str, float] = {}

    def wanted(self, session: Session) -> dict[str, Wish]:
        """The jobs that ought to be and that this process has not made lately, by key."""
        now, unit = self._monotonic(), self._jobs.unit(session)
        self._made = {key: at for key, at in self._made.items() if now - at < REMEMBERED_SECONDS}
        return {
            key: Wish(kind.name, payload)
            for kind in self._jobs.kinds.values()
            if kind.wanted is not None
            for key, payload in kind.wanted(unit).items()
            if key not in self._made
        }

    def make(self, session: Session, wanted: Mapping[str, Wish]) -> None:
        """Make them; where one exists, nothing happens. Does not commit."""
        for key, wish in wanted.items():
            self._jobs.enqueue(session, wish.kind, wish.payload, key=key)
            self._made[key] = self._monotonic()


def key_of(alarm: Alarm) -> str:
    """The key of the job for one attempt at one due instant of a timer."""
    return f"timer:{alarm.timer}:{int(alarm.due.timestamp() * 1000)}:{alarm.tries}"
