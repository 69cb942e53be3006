"""Whose turn it is on PostgreSQL: completions in different projects go side by side, all else one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

import engine
from engine import THE_SYSTEM, Actor, OutOfReach, Unit
from tests import factories
from tests.benchmarks.ours import ANSWERS, ROUND, letter
from tests.databases import ADVISORY, Databases, Kept
from tests.factories import SmallProcedure, Visitor
from web.database import db, only_reading
from web.people import set_active
from web.work import about, reading, work

PATIENCE = 60
APOLLO, GEMINI = "apollo", "gemini"
ROLES = {APOLLO: frozenset({"Project Manager"}), GEMINI: frozenset({"Project Manager"})}


@pytest.fixture
def databases(postgresql: Databases) -> Databases:
    """SQLite has one writer at a time, whatever it writes."""
    return postgresql


@pytest.fixture
def procedure() -> SmallProcedure:
    """Each round of its process seals a letter."""
    return SmallProcedure(records={"letter": letter})


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Others who work at the same time."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


class Rounds:
    """Two who manage both projects, and instances of a process that goes round for ever."""

    def __init__(self, app: Flask, kept: Kept, people: dict[str, str], procedure: SmallProcedure) -> None:
        self.app = app
        self._url = make_url(kept.database)
        self.people = people
        for login in ("paula", "tom"):
            for project in ROLES:
                procedure.join(people[login], "Project Manager", project=project)
        files = {"round.bpmn": ROUND, "greeting.form": factories.FORM.encode()}
        with app.app_context(), work() as unit:
            engine.deploy(unit, engine.Bundle("round", "Round", "1.0", files), THE_SYSTEM)

    def task(self, project: str) -> str:
        """The open task of a new instance."""
        with self.app.app_context(), work() as unit:
            made = engine.start(unit, "round", project, {}, THE_SYSTEM)
            return engine.tasks(unit, instance=made)[0].id

    def completes(self, unit: Unit, task: str) -> None:
        """Paula completes a task in a unit of work."""
        engine.complete(unit, task, ANSWERS, Actor(self.people["paula"], "Paula Manager", ROLES))

    def browser(self, login: str) -> Visitor:
        """A browser in which somebody is signed in, and whose pages have a token."""
        visitor = factories.visitor(self.app)
        assert visitor.sign_in(login).status_code == 302
        visitor.get("/inbox")
        return visitor

    def sends(self, visitor: Visitor, task: str) -> Callable[[], Any]:
        """What hands a task's form in."""
        return lambda: visitor.post(f"/tasks/{task}", {**ANSWERS, "_do": "complete"})

    def wait_for_a_waiter(self, waiting: Future[Any]) -> None:
        """Until somebody waits for an advisory lock, as `waiting` is about to."""
        url = self._url
        with psycopg.connect(host=url.query["host"], user=url.username, dbname=url.database) as other:
            while not other.execute(f"{ADVISORY} AND NOT granted").fetchall():
                assert not waiting.done(), waiting.result()

    @contextmanager
    def looking(self) -> Iterator[Unit]:
        """A unit of work that only reads."""
        with self.app.app_context(), only_reading():
            yield reading()

    def check(self, completed: int) -> None:
        """The log is whole, and as many tasks were completed, each once."""
        with self.looking() as unit:
            assert engine.verify(unit.session).findings == ()
            done = engine.events(unit, kind="task.completed", limit=1000)
            assert len({one.task for one in done}) == len(done) == completed


@pytest.fixture
def rounds(app: Flask, kept: Kept, people: dict[str, str], procedure: SmallProcedure) -> Rounds:
    return Rounds(app, kept, people, procedure)


def test_in_another_project_nobody_waits(rounds: Rounds, pool: ThreadPoolExecutor) -> None:
    here, there, browser = rounds.task(APOLLO), rounds.task(GEMINI), rounds.browser("tom")
    with rounds.app.app_context(), work(here) as unit:
        rounds.completes(unit, here)
        assert pool.submit(rounds.sends(browser, there)).result(PATIENCE).status_code == 302
    rounds.check(completed=2)


def test_in_the_same_project_one_waits_for_the_other(rounds: Rounds, pool: ThreadPoolExecutor) -> None:
    one, other, browser = rounds.task(APOLLO), rounds.task(APOLLO), rounds.browser("tom")
    with rounds.app.app_context(), work(one) as unit:
        rounds.completes(unit, one)
        waiting = pool.submit(rounds.sends(browser, other))
        rounds.wait_for_a_waiter(waiting)
    assert waiting.result(PATIENCE).status_code == 302
    with rounds.looking() as unit:
        assert [one.revision for one in engine.revisions(unit, "letter", APOLLO)] == [1, 2]
    rounds.check(completed=2)


def test_who_is_deactivated_meanwhile_completes_nothing(rounds: Rounds, pool: ThreadPoolExecutor) -> None:
    task, browser = rounds.task(APOLLO), rounds.browser("tom")
    with rounds.app.app_context(), work() as unit:
        set_active(unit, rounds.people["tom"], False, THE_SYSTEM, "has left")
        waiting = pool.submit(rounds.sends(browser, task))
        rounds.wait_for_a_waiter(waiting)
    assert "Sign in" in waiting.result(PATIENCE).text
    rounds.check(completed=0)


def test_who_loses_the_role_meanwhile_completes_nothing(
    rounds: Rounds, pool: ThreadPoolExecutor, procedure: SmallProcedure
) -> None:
    task, browser = rounds.task(APOLLO), rounds.browser("tom")
    with rounds.app.app_context(), work():
        db.session.execute(text("SELECT 1"))  # the turn is taken now
        waiting = pool.submit(rounds.sends(browser, task))
        rounds.wait_for_a_waiter(waiting)
        procedure.join(rounds.people["tom"], "Stakeholder", project=APOLLO)
    assert waiting.result(PATIENCE).status_code == 403
    rounds.check(completed=0)


def test_what_changes_everything_waits_for_those_who_keep_to_a_project(
    rounds: Rounds, pool: ThreadPoolExecutor
) -> None:
    task = rounds.task(APOLLO)

    def deactivate() -> None:
        with rounds.app.app_context(), work() as unit:
            set_active(unit, rounds.people["sam"], False, THE_SYSTEM, "has left")

    with rounds.app.app_context(), work(task) as unit:
        rounds.completes(unit, task)
        waiting = pool.submit(deactivate)
        rounds.wait_for_a_waiter(waiting)
    waiting.result(PATIENCE)
    rounds.check(completed=1)


def test_a_task_that_does_not_exist_leaves_nobody_without_a_turn(rounds: Rounds) -> None:
    assert rounds.sends(rounds.browser("tom"), "0" * 24)().status_code == 404
    with rounds.app.app_context(), work("0" * 24) as unit:
        held = unit.session.execute(text(ADVISORY)).scalars().all()
        assert (unit.within, held) == (None, ["ExclusiveLock"])


@pytest.mark.parametrize("taken", [(), (OutOfReach,)], ids=["raised", "taken as a failing step"])
def test_what_reaches_into_another_project_is_done_once_more_from_the_beginning(
    rounds: Rounds, taken: tuple[type[OutOfReach], ...]
) -> None:
    task, tried = rounds.task(APOLLO), []

    def act(unit: Unit) -> None:
        tried.append(unit.within)
        rounds.completes(unit, task)
        with suppress(*taken):
            engine.start(unit, "round", GEMINI, {}, THE_SYSTEM)

    with rounds.app.app_context():
        about(task, act)
    assert tried == [APOLLO, None]
    with rounds.looking() as unit:
        assert len(engine.instances(unit, subjects=[GEMINI])) == 1
    rounds.check(completed=1)


def test_two_who_stand_in_each_others_way_both_get_through(rounds: Rounds, pool: ThreadPoolExecutor) -> None:
    met = threading.Barrier(2)
    rename = text("UPDATE account SET mail = mail WHERE person_id = :person")
    tried: list[str | None] = []

    def one(task: str, first: str, second: str) -> None:
        def act(unit: Unit) -> None:
            tried.append(unit.within)
            unit.session.execute(rename, {"person": rounds.people[first]})
            if unit.within is not None:
                met.wait(PATIENCE)
            unit.session.execute(rename, {"person": rounds.people[second]})
            rounds.completes(unit, task)

        with rounds.app.app_context():
            about(task, act)

    here, there = rounds.task(APOLLO), rounds.task(GEMINI)
    both = [pool.submit(one, here, "ada", "sam"), pool.submit(one, there, "sam", "ada")]
    for each in both:
        each.result(PATIENCE)
    assert sorted(map(str, tried)) == ["None", APOLLO, GEMINI]
    rounds.check(completed=2)


def test_what_is_asked_again_and_again_is_prepared_once(rounds: Rounds) -> None:
    """A rollback makes the driver give up all that is prepared, so what only read does not end with one."""
    browser, kept = rounds.browser("tom"), text("SELECT name FROM pg_prepared_statements")
    found = []
    for _ in range(2):
        for _ in range(7):
            assert browser.get("/inbox").status_code == 200
        with rounds.looking():
            found.append(set(db.session.scalars(kept)))
    assert found[0]
    assert found[0] <= found[1]


def test_a_reader_whose_statement_failed_reads_on(rounds: Rounds) -> None:
    with rounds.looking() as unit:
        with pytest.raises(ProgrammingError):
            unit.session.execute(text("SELECT nothing"))
        unit.session.rollback()
        assert unit.session.scalar(text("SELECT 1")) == 1


def test_two_in_each_of_two_projects_at_once(rounds: Rounds, pool: ThreadPoolExecutor) -> None:
    times, ready = 5, threading.Barrier(4)

    def works(login: str, project: str) -> None:
        browser, task = rounds.browser(login), rounds.task(project)
        ready.wait(PATIENCE)
        for _ in range(times):
            answer = rounds.sends(browser, task)()
            assert answer.status_code == 302, answer.text
            with rounds.looking() as unit:
                instance = engine.task(unit, task, THE_SYSTEM).instance
                (task,) = (one.id for one in engine.tasks(unit, instance=instance, status="open"))

    all_of_them = [pool.submit(works, login, project) for login in ("paula", "tom") for project in ROLES]
    for each in all_of_them:
        each.result(PATIENCE)
    with rounds.looking() as unit:
        for project in ROLES:
            revisions = [one.revision for one in engine.revisions(unit, "letter", project)]
            assert revisions == list(range(1, 2 * times + 1))
    rounds.check(completed=4 * times)
