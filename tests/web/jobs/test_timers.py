"""Timers on the queue: each elapses once, what fails holds up nothing else, and a lost job is made again."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

import engine
from engine import THE_SYSTEM
from tests.factories import PROJECT, TestClock
from tests.web.jobs.conftest import dbos_table
from tests.web.jobs.waiting import start_waiting, statuses, until
from web.database import db, only_reading
from web.jobs import TIMER, TIMERS, DbosJobs, JobsState
from web.jobs.sweeping import Sweep
from web.work import reading, work


def unreadable(_state: bytes) -> bytes:
    """A state that is refused when it is loaded."""
    return b"\0"


def odd(state: bytes) -> bytes:
    """A state that loads, and at which the program then trips."""
    whole = json.loads(state)
    for row in whole["tree"]:
        row[6:7] = [["x"]] if len(row) > 6 else []
    return json.dumps(whole).encode()


def spoil(app: Flask, instance: str, how: Callable[[bytes], bytes]) -> None:
    """Damage the state of an instance."""
    with app.app_context(), work() as unit:
        which = {"id": instance}
        state = unit.session.execute(text("SELECT state FROM instance WHERE id = :id"), which).scalar_one()
        unit.session.execute(text("UPDATE instance SET state = :state WHERE id = :id"), {**which, "state": how(state)})


def sweep(app: Flask, jobs: DbosJobs) -> int:
    """One sweep of a worker that was just started; gives how many jobs it asked for."""
    one = Sweep(jobs)
    with app.app_context():
        with only_reading():
            wanted = one.wanted(db.session())
            db.session.rollback()
        one.forget_ended(wanted)
        with work() as unit:
            one.make(unit.session, wanted)
    return len(wanted)


def test_what_is_due_elapses_and_nothing_else(app: Flask, jobs: DbosJobs, clock: TestClock) -> None:
    early = start_waiting(app, 2)
    clock.turn(days=1)
    with app.app_context(), work() as unit:
        late = engine.start(unit, "hello", PROJECT, {}, THE_SYSTEM, title="Late")
    clock.turn(days=1)
    with jobs.start_worker():
        until(lambda: set(statuses(app, early)) == {"completed"})
    assert statuses(app, [late]) == ["running"]


@pytest.mark.parametrize("how", [unreadable, odd])
def test_a_timer_that_cannot_elapse_waits_longer_each_time_and_holds_up_no_other(
    app: Flask, jobs: DbosJobs, clock: TestClock, how: Callable[[bytes], bytes]
) -> None:
    spoilt, sound = start_waiting(app, 2)
    spoil(app, spoilt, how)
    clock.turn(days=2)

    def stuck() -> list[engine.StuckTimer]:
        with app.app_context(), only_reading():
            found = engine.stuck_timers(reading())
            db.session.rollback()
            return found

    with jobs.start_worker():
        until(lambda: statuses(app, [sound]) == ["completed"])
        (first,) = until(stuck)
        assert (first.instance, first.tries) == (spoilt, 1)
        assert first.cause
        clock.turn(seconds=10)
        (second,) = until(lambda: [one for one in stuck() if one.tries == 2])
    assert second.retry_at - second.at == 3 * (first.retry_at - first.at)
    assert statuses(app, [spoilt]) == ["running"]


def test_a_job_whose_timer_is_gone_does_nothing(app: Flask, jobs: DbosJobs) -> None:
    with app.app_context(), work() as unit:
        jobs.enqueue(unit.session, TIMER, {"timer": "gone"}, key="timer:gone")
    with jobs.start_worker():
        (done,) = until(lambda: jobs.client().list_workflows(workflow_ids=["timer:gone"], status=["SUCCESS", "ERROR"]))
    assert (done.status, done.output) == ("SUCCESS", None)


def test_of_two_workers_at_one_timer_one_fires_it(app: Flask, jobs: DbosJobs, clock: TestClock) -> None:
    instances = start_waiting(app, 1)
    clock.turn(days=2)
    with app.app_context():
        (timer,) = engine.due(reading(), clock())
        bind = db.engine
        db.session.rollback()
    both, fired = threading.Barrier(2), []

    def fire() -> None:
        with Session(bind) as session:
            both.wait(10)
            fired.append(TIMERS.run(jobs.unit(session), {"timer": timer}))
            session.commit()

    threads = [threading.Thread(target=fire) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(fired) == [False, True]
    assert statuses(app, instances) == ["completed"]
    with app.app_context():
        assert len(engine.events(reading(), kind="timer.fired")) == 1
        db.session.rollback()


def test_jobs_that_were_lost_are_made_again(
    app: Flask, jobs: DbosJobs, clock: TestClock, standing: Callable[[], JobsState]
) -> None:
    instances = start_waiting(app, 3)
    clock.turn(days=2)
    assert sweep(app, jobs) == 3
    assert sweep(app, jobs) == 3
    assert len(jobs.client().list_workflows()) == 3
    with app.app_context(), work() as unit:
        unit.session.execute(text(f"DELETE FROM {dbos_table(app, 'workflow_status')}"))
    assert standing().oldest_seconds is None
    with jobs.start_worker():
        until(lambda: set(statuses(app, instances)) == {"completed"})


def test_a_job_that_was_withdrawn_though_its_timer_waits_is_made_again_after_a_minute(
    app: Flask, jobs: DbosJobs, clock: TestClock
) -> None:
    start_waiting(app, 1)
    clock.turn(days=2, seconds=59)
    sweep(app, jobs)
    (job,) = jobs.client().list_workflows()
    jobs.cancel(job.workflow_id)
    sweep(app, jobs)
    assert [one.status for one in jobs.client().list_workflows()] == ["CANCELLED"]
    clock.turn(seconds=2)
    sweep(app, jobs)
    assert [one.status for one in jobs.client().list_workflows()] == ["ENQUEUED"]
