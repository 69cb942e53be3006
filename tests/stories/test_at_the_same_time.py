"""Two at one thing: in a forced order one wins, and the other is told who was faster and when.

The first has done everything and not committed yet when the second, who has looked already, reaches for the lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from lxml import html
from sqlalchemy import event, select

import engine
from engine import TaskClosed, Unit
from engine.tables import TimerRow
from tests.stories.office import PLAN, TEAM, Office, id_of
from tests.stories.task_page import problems, sign
from web.database import db

Given = TypeVar("Given")
YES = {"decision": "approved"}
NO = {"decision": "rejected", "comment": "Too late for us"}
PATIENCE = 60
LOCKS = ("BEGIN IMMEDIATE", "pg_advisory_xact_lock", "FOR UPDATE")
"""What the statements say that wait for another writer, on the one database or the other."""


def one_after_the_other(office: Office, first: Callable[[Unit], object], second: Callable[[], Given]) -> Given:
    """Let `first` act in a transaction that ends once `second`, in another thread, is about to wait for it."""
    arrived = threading.Event()
    threads: list[threading.Thread] = []

    def go() -> Given:
        threads.append(threading.current_thread())
        try:
            return second()
        finally:
            arrived.set()

    def door(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.current_thread() in threads and any(lock in statement for lock in LOCKS):
            arrived.set()

    with office.app.app_context():
        database = db.engine
    event.listen(database, "before_cursor_execute", door)
    try:
        with ThreadPoolExecutor(1) as pool:
            with office.writing() as unit:
                first(unit)
                found = pool.submit(go)
                assert arrived.wait(PATIENCE)
            return found.result(PATIENCE)
    finally:
        event.remove(database, "before_cursor_execute", door)


def signs(office: Office, login: str, element: str, answers: Mapping[str, Any]) -> Callable[[Unit], object]:
    """What completes a person's task in a unit of work."""
    task = office.task(login, element)

    def act(unit: Unit) -> object:
        by = office.actor(unit, login)
        return engine.complete(unit, task.id, answers, by, signature=office.signature(unit, task, answers, by))

    return act


def too_late(office: Office, act: Callable[[Unit], object]) -> Callable[[], TaskClosed | None]:
    """What somebody is told who acts in a unit of work of their own; None when it worked."""

    def go() -> TaskClosed | None:
        try:
            with office.writing() as unit:
                act(unit)
        except TaskClosed as closed:
            return closed
        return None

    return go


def two_managers(office: Office) -> None:
    """A plan waits to be drafted by either of two people."""
    office.register(members={**TEAM, "Project Manager": [id_of("ines"), id_of("tomas")]})


def test_of_two_people_at_one_task_the_slower_is_told_who_and_when(office: Office) -> None:
    two_managers(office)
    faster, slower = (signs(office, login, "draft-plan", PLAN) for login in ("tomas", "ines"))
    closed = one_after_the_other(office, faster, too_late(office, slower))
    assert closed is not None
    assert "already finished" in str(closed)
    assert (closed.who, closed.when) == (id_of("tomas"), office.clock.now)
    with office.looking() as unit:
        assert len(engine.events(unit, kind="task.completed", subject=office.project)) == 1
    assert office.verdict().findings == ()


@pytest.mark.parametrize("button", ["save", "review"])
def test_the_page_of_the_slower_one_says_so(office: Office, button: str) -> None:
    two_managers(office)
    page = office.page("ines", "draft-plan").fill(PLAN)
    faster = signs(office, "tomas", "draft-plan", PLAN)
    told = one_after_the_other(office, faster, lambda: page.send({"_do": button}))
    assert told.status_code == 409, problems(told)
    assert "By Tomas Lindqvist, 2 March 2026" in html.fromstring(told.text).text_content()


def test_who_signs_a_moment_too_late_is_told_so(office: Office) -> None:
    two_managers(office)
    address = office.page("ines", "draft-plan").fill(PLAN).review()
    faster = signs(office, "tomas", "draft-plan", PLAN)
    told = one_after_the_other(office, faster, lambda: sign(office.browser("ines"), address))
    assert told.status_code == 409, problems(told)
    assert "already finished" in told.text
    assert "By Tomas Lindqvist, 2 March 2026" in html.fromstring(told.text).text_content()
    assert office.verdict().findings == ()


def test_two_stakeholders_give_the_last_signatures(signing: Office) -> None:
    greta = signs(signing, "greta", "sign-baseline", YES)
    samuel = signing.page("samuel", "sign-baseline").fill(YES)
    told = one_after_the_other(signing, greta, samuel.finish)
    assert told.status_code == 302, problems(told)
    assert signing.baseline() == 0
    with signing.looking() as unit:
        assert len(engine.events(unit, kind="task.completed", subject=signing.project, limit=500)) == 6
    assert signing.incidents() == []
    assert signing.verdict().findings == ()


def test_a_stakeholder_signs_while_another_rejects(signing: Office) -> None:
    greta = signs(signing, "greta", "sign-baseline", NO)
    samuel = signing.page("samuel", "sign-baseline").fill(YES)
    told = one_after_the_other(signing, greta, samuel.finish)
    assert told.status_code == 409, problems(told)
    assert "withdrawn by the process" in told.text
    assert signing.baseline() is None
    assert signing.verdict().findings == ()


def close_to_the_end(signing: Office) -> str:
    """The moment at which the wait for signatures ends; gives the id of the timer that ends it, not of the reminder."""
    signing.wait(days=9)
    signing.clock.now += timedelta(days=8)
    with signing.looking() as unit:
        due = engine.due(unit, signing.clock.now)
        (timer,) = unit.session.scalars(
            select(TimerRow.id).where(TimerRow.id.in_(due), TimerRow.element == "approvers-silent")
        )
    return timer


def fires(signing: Office, timer: str) -> Callable[[], bool]:
    """What lets a timer elapse in a unit of work of its own."""

    def go() -> bool:
        with signing.writing() as unit:
            return engine.fire(unit, timer)

    return go


def test_a_timer_is_faster_than_a_signature(signing: Office) -> None:
    timer = close_to_the_end(signing)
    samuel = signing.page("samuel", "sign-baseline").fill(YES)
    told = one_after_the_other(signing, lambda unit: engine.fire(unit, timer), samuel.finish)
    assert told.status_code == 409, problems(told)
    assert signing.baseline() is None
    assert signing.verdict().findings == ()


def test_a_signature_is_faster_than_a_timer(signing: Office) -> None:
    timer = close_to_the_end(signing)
    greta = signs(signing, "greta", "sign-baseline", NO)
    assert one_after_the_other(signing, greta, fires(signing, timer)) is False, "there is nothing left to end"
    assert signing.verdict().findings == ()


def test_a_timer_elapses_once_however_many_fire_it(signing: Office) -> None:
    timer = close_to_the_end(signing)
    again = one_after_the_other(signing, lambda unit: engine.fire(unit, timer), fires(signing, timer))
    assert again is False
    with signing.looking() as unit:
        assert len([one for one in engine.events(unit, kind="timer.fired", limit=500) if one.entity_id == timer]) == 1
    assert signing.verdict().findings == ()
