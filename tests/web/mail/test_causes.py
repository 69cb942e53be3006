"""Who is told, and why: whom a task names, once for one act; nobody costs nothing."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import event, text

import engine
from engine import THE_SYSTEM, deploy, start
from tests.factories import PROJECT, SmallProcedure, TestClock, small_bundle
from web.database import db
from web.mail import MailRow
from web.people import actor_of
from web.telling import TELLS
from web.work import work

Outbox = Callable[..., list[MailRow]]


def greetings(app: Flask, how_many: int) -> list[str]:
    """Tasks that wait for a role."""
    with app.app_context(), work() as unit:
        deploy(unit, small_bundle(), THE_SYSTEM)
        begun = [start(unit, "hello", PROJECT, {}, THE_SYSTEM, title=f"Greeting {one}") for one in range(how_many)]
        return [engine.tasks(unit, instance=one)[0].id for one in begun]


def test_where_nobody_is_named_nobody_is_told_and_the_database_is_asked_nothing(
    app: Flask, people: dict[str, str], outbox: Outbox
) -> None:
    asked: list[str] = []
    with app.app_context(), work() as unit:
        deploy(unit, small_bundle(), THE_SYSTEM)
        start(unit, "hello", PROJECT, {}, THE_SYSTEM, title="Greeting")
        _unit, tell = unit.session.info[TELLS]
        unit.session.scalar(text("SELECT 1"))  # writes the events, as the commit does before anybody is told
        event.listen(db.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
        assert tell(unit) == 0
        assert asked == []
    assert outbox() == []


def test_who_is_handed_several_tasks_in_one_act_gets_one_mail(
    app: Flask, people: dict[str, str], outbox: Outbox
) -> None:
    tasks = greetings(app, 2)
    with app.app_context(), work() as unit:
        paula = actor_of(unit, people["paula"])
        for task in tasks:
            engine.reassign(unit, task, paula, paula, "Mine")
    (mail,) = outbox()
    assert (mail.person, mail.state) == (people["paula"], "queued")
    assert mail.title == f"{PROJECT}: For you: Say hello (and 1 more)"
    assert all(f"https://milepost.example/inbox/{task}\n" in mail.text for task in tasks)


def test_who_has_left_is_not_told(app: Flask, people: dict[str, str], outbox: Outbox) -> None:
    (task,) = greetings(app, 1)
    with app.app_context(), work() as unit:
        paula = actor_of(unit, people["paula"])
        engine.set_active(unit, people["paula"], False, THE_SYSTEM)
        unit.session.flush()
        engine.reassign(unit, task, paula, paula, "Mine")
    assert outbox() == []


def test_a_deputy_hears_of_the_absence_and_of_what_comes_in_it(
    app: Flask, people: dict[str, str], outbox: Outbox, procedure: SmallProcedure, clock: TestClock
) -> None:
    procedure.join(people["tom"], "Project Team")
    (task,) = greetings(app, 1)
    with app.app_context(), work() as unit:
        paula, tom, today = actor_of(unit, people["paula"]), actor_of(unit, people["tom"]), clock().date()
        engine.record_absence(unit, paula, tom, paula, first_day=today, last_day=today, zone="UTC", reason="Dentist")
    (recorded,) = outbox()
    assert (recorded.person, "You stand in for Paula Manager" in recorded.text) == (people["tom"], True)
    with app.app_context(), work() as unit:
        engine.reassign(unit, task, actor_of(unit, people["paula"]), actor_of(unit, people["paula"]), "Mine")
    told = {one.person: one.title for one in outbox() if one.id != recorded.id}
    assert told == {
        people["paula"]: f"{PROJECT}: For you: Say hello", people["tom"]: f"{PROJECT}: For Paula Manager: Say hello",
    }  # fmt: skip
