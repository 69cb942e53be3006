"""Workers that die: others notice and go on with their jobs, and the database sees each effect once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import START, TestClock
from tests.web.jobs.conftest import Post, dbos_table
from tests.web.jobs.waiting import until
from web.database import db
from web.jobs import DbosJobs, JobsState, WorkerRow
from web.jobs.beats import DEAD_SECONDS, Beats, Standing
from web.jobs.taking_over import MOST, take_over
from web.work import work

ROOT = Path(__file__).resolve().parents[3]
Pile = Callable[[], list[str]]


def write_letters(app: Flask, jobs: DbosJobs, *names: str, kind: str = "letter") -> None:
    with app.app_context(), work() as unit:
        for name in names:
            jobs.enqueue(unit.session, kind, {"name": name}, key=name)


def test_the_jobs_of_a_killed_worker_are_done_by_another_within_ten_seconds(
    app: Flask, jobs: DbosJobs, pile: Pile, standing: Callable[[], JobsState]
) -> None:
    held = [f"held {one}" for one in range(5)]
    write_letters(app, jobs, *held)
    command = [sys.executable, "-m", "tests.web.jobs.dying", jobs.database]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert sorted(other.stdout.readline().strip() for _ in held) == held
            with jobs.start_worker():
                assert len(standing().workers) == 2
                assert pile() == []
                other.kill()
                killed = time.monotonic()
                until(lambda: len(pile()) == len(held))
                assert time.monotonic() - killed < 10
        finally:
            other.kill()
    assert pile() == held


def test_a_false_alarm_costs_time_and_writes_nothing_twice(app: Flask, jobs: DbosJobs, post: Post, pile: Pile) -> None:
    write_letters(app, jobs, "slow", kind="carried letter")
    with jobs.start_worker():
        assert post.begun.wait(20)
        jobs.client().resume_workflows(["slow"])
        post.may_end.set()
        until(lambda: jobs.client().list_workflows(workflow_ids=["slow"], status="SUCCESS"))
    assert pile() == ["slow carried"]


@pytest.fixture
def writing(app: Flask) -> Callable[[], AbstractContextManager[Session]]:
    """A transaction of its own."""

    @contextmanager
    def begin():
        with app.app_context(), work() as unit:
            yield unit.session

    return begin


def test_a_job_at_which_worker_after_worker_dies_is_given_up(
    app: Flask, jobs: DbosJobs, post: Post, pile: Pile, writing: Callable[[], AbstractContextManager[Session]]
) -> None:
    write_letters(app, jobs, "deadly", kind="cared for")
    nobody = Standing(frozenset(), frozenset(), leads=True)
    taken = text(f"UPDATE {dbos_table(app, 'workflow_status')} SET status = 'PENDING', executor_id = 'dead'")
    for _ in range(MOST):
        with writing() as session:
            session.execute(taken)
        assert take_over(jobs, writing, nobody) == 1
    with writing() as session:
        session.execute(taken)
    assert take_over(jobs, writing, nobody) == 0
    assert post.given_up == [f"deadly: {MOST} workers died while they were at it."]
    assert pile() == ["sorry"]
    (job,) = jobs.client().list_workflows()
    assert job.status == "CANCELLED"


def test_a_worker_is_dead_when_its_number_stands_still_on_the_observers_own_clock(app: Flask, clock: TestClock) -> None:
    seconds = 100.0
    first, second = (Beats(name, "host", 1, clock, lambda: seconds) for name in ("first", "second"))
    with app.app_context(), work() as unit:
        first.beat(unit.session)
        clock.turn(seconds=1)
        second = Beats("second", "host", 2, clock, lambda: seconds)
        second.beat(unit.session)
        assert not second.due()
        assert second.look(unit.session) == Standing(frozenset({"first", "second"}), frozenset(), leads=False)
        clock.turn(days=-300)
        seconds += DEAD_SECONDS
        assert second.due()
        first.beat(unit.session)
        assert second.look(unit.session).dead == frozenset()
        seconds += DEAD_SECONDS + 0.1
        assert second.look(unit.session) == Standing(frozenset({"second"}), frozenset({"first"}), leads=True)
        assert first.look(unit.session).leads


def test_a_worker_thought_dead_comes_back_with_its_next_beat(app: Flask, jobs: DbosJobs, clock: TestClock) -> None:
    beats = Beats("first", "host", 1, clock)
    with app.app_context(), work() as unit:
        beats.beat(unit.session)

    @contextmanager
    def writing():
        with work() as unit:
            yield unit.session

    with app.app_context():
        take_over(jobs, writing, Standing(frozenset(), frozenset({"first"}), leads=True))
        with work() as unit:
            assert unit.session.query(WorkerRow).count() == 0
            beats.beat(unit.session)
            assert unit.session.query(WorkerRow).one().started_at == START
            beats.leave(unit.session)
        db.session.remove()
