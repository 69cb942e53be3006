"""Jobs: asked for in a transaction, done once it is committed, tried again when they fail, seen when given up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

import web.jobs.worker
from tests.factories import TestClock
from tests.web.jobs.conftest import Post
from tests.web.jobs.waiting import until
from web.database import db
from web.errors import JobRefused
from web.jobs import DbosJobs, JobsState
from web.work import work

Pile = Callable[[], list[str]]
Standing = Callable[[], JobsState]


def ask(app: Flask, jobs: DbosJobs, name: str, kind: str = "letter", **more: object) -> None:
    """Ask for a letter in a transaction of the app's own."""
    with app.app_context(), work() as unit:
        jobs.enqueue(unit.session, kind, {"name": name}, **more)  # type: ignore[arg-type]


def test_a_job_is_done_if_its_cause_is_committed_and_once_for_a_key(app: Flask, jobs: DbosJobs, pile: Pile) -> None:
    with app.app_context():
        jobs.enqueue(db.session(), "letter", {"name": "unsaid"}, key="unsaid")
        db.session.rollback()
    ask(app, jobs, "first", key="the letter")
    ask(app, jobs, "second", key="the letter")
    ask(app, jobs, "third")
    with jobs.start_worker():
        until(lambda: len(pile()) == 2)
    assert pile() == ["first", "third"]


def test_a_job_that_waits_for_its_time_can_be_withdrawn(
    app: Flask, jobs: DbosJobs, clock: TestClock, pile: Pile
) -> None:
    ask(app, jobs, "late", key="late", due=clock() + timedelta(hours=1))
    ask(app, jobs, "withdrawn", key="withdrawn")
    (waiting,) = jobs.client().list_workflows(workflow_ids=["late"])
    assert waiting.status == "DELAYED"
    jobs.cancel("withdrawn")
    jobs.cancel("never there")
    ask(app, jobs, "soon", due=clock() - timedelta(hours=1))
    with jobs.start_worker():
        until(pile)
    assert pile() == ["soon"]


def test_a_job_that_fails_is_tried_again_and_writes_nothing_twice(
    app: Flask, jobs: DbosJobs, post: Post, pile: Pile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.jobs.worker, "pause", lambda _attempt: timedelta(milliseconds=50))
    post.failing = 2
    ask(app, jobs, "hello", key="hello")
    with jobs.start_worker():
        until(pile)
    assert post.attempts == ["hello", "hello", "hello"]
    assert pile() == ["hello"]


def test_a_job_that_cannot_be_done_is_given_up_where_an_administrator_sees_it(
    app: Flask, jobs: DbosJobs, post: Post, standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.jobs.worker, "pause", lambda _attempt: timedelta(milliseconds=50))
    post.failing = 3
    ask(app, jobs, "hello", key="hello")
    with jobs.start_worker():
        (failed,) = until(lambda: standing().failed)
    assert (failed.kind, failed.key, failed.attempt) == ("letter", "hello", 3)
    assert failed.cause == "Something unexpected: ConnectionError."
    assert post.attempts == ["hello"] * 3


def test_a_kind_of_job_can_care_for_what_was_given_up(
    app: Flask, jobs: DbosJobs, post: Post, pile: Pile, standing: Standing
) -> None:
    post.failing = 1
    ask(app, jobs, "please", "cared for")
    with jobs.start_worker():
        until(pile)
    assert post.given_up == ["please: Something unexpected: ConnectionError."]
    assert pile() == ["sorry"]
    assert standing().failed == ()


def test_a_kind_that_nobody_knows_is_refused(app: Flask, jobs: DbosJobs) -> None:
    with app.app_context(), pytest.raises(JobRefused, match="pigeon"):
        jobs.enqueue(db.session(), "pigeon", {})


def test_stopping_waits_for_the_job_at_hand_and_leaves_no_thread(
    app: Flask, jobs: DbosJobs, post: Post, pile: Pile, standing: Standing
) -> None:
    before = set(threading.enumerate())
    ask(app, jobs, "slow", "carried letter", key="slow")
    worker = jobs.start_worker()
    with pytest.raises(JobRefused, match="already"):
        jobs.start_worker()
    assert post.begun.wait(20)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    post.may_end.set()
    stopping.join(30)
    assert pile() == ["slow carried"]
    (done,) = jobs.client().list_workflows(workflow_ids=["slow"])
    assert done.status == "SUCCESS"
    assert set(threading.enumerate()) <= before
    assert standing().workers == ()


def test_how_long_the_oldest_job_waits(app: Flask, jobs: DbosJobs, standing: Standing) -> None:
    assert standing().oldest_seconds is None
    ask(app, jobs, "hello")
    waited = standing().oldest_seconds
    assert waited is not None
    assert 0 <= waited < 60
