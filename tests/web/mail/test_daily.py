"""The daily mail: one in the morning of each zone, with everything, and none when there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from engine import THE_SYSTEM, deploy, start
from processes.tables import MilestoneRow, ProjectRow
from tests.factories import PROJECT, START, SmallProcedure, TestClock, small_bundle
from web.config import Config
from web.mail import MailRow
from web.mail.daily import Daily
from web.people import set_mail
from web.work import reading, work

Outbox = Callable[..., list[MailRow]]


@pytest.fixture
def morning(app: Flask, config: Config, procedure: SmallProcedure) -> Callable[[], int]:
    """Call it to do what a worker does with the daily mails; gives how many it wrote."""
    daily = Daily(config, procedure.roles)

    def once() -> int:
        with app.app_context():
            wanted = daily.wanted(reading())
        written = 0
        for payload in wanted.values():
            with app.app_context(), work() as unit:
                written += daily.write(unit, payload)
        return written

    return once


def test_nothing_is_said_when_there_is_nothing(
    people: dict[str, str], morning: Callable[[], int], outbox: Outbox
) -> None:
    assert morning() == 0
    assert outbox() == []


def test_a_task_of_a_role_comes_in_one_mail_a_day_and_not_before_seven(
    app: Flask, people: dict[str, str], clock: TestClock, morning: Callable[[], int], outbox: Outbox
) -> None:
    with app.app_context(), work() as unit:
        deploy(unit, small_bundle(), THE_SYSTEM)
        for number in range(3):
            start(unit, "hello", PROJECT, {}, THE_SYSTEM, title=f"Greeting {number}")
    assert outbox() == []
    clock.now = START.replace(day=3, hour=6, minute=59)
    assert morning() == 0
    clock.turn(minutes=1)
    assert morning() == 1
    assert morning() == 0
    (mail,) = outbox()
    assert mail.person == people["paula"]
    assert mail.title == "Your day: 3 due today or tomorrow"
    assert all(f"Say hello (Greeting {number})" in mail.text for number in range(3))
    assert "https://milepost.example/inbox/" in mail.text
    clock.turn(days=2)
    assert morning() == 1
    assert outbox()[-1].title == "Your day: 3 overdue"


def test_news_waits_for_the_daily_mail_of_those_who_want_it_so(
    app: Flask, people: dict[str, str], clock: TestClock, morning: Callable[[], int], outbox: Outbox,
    write: Callable[..., None],
) -> None:  # fmt: skip
    with app.app_context(), work() as unit:
        set_mail(unit, people["tom"], "tom@example.org", "daily", THE_SYSTEM)
        set_mail(unit, people["sam"], "sam@example.org", "duties", THE_SYSTEM)
    write("tom", cause="a", title="First", text="One.\n\n-- \nMilepost\n", duty=False)
    clock.turn(seconds=1)
    write("tom", cause="b", title="Second", text="Two.\n\n-- \nMilepost\n", duty=True)
    write("sam", cause="c", title="Third", text="Three.", duty=False)
    write("sam", cause="d", title="Fourth", text="Four.", duty=True)
    assert [(one.title, one.state) for one in outbox(people["sam"])] == [("Fourth", "queued")]
    assert {one.state for one in outbox(people["tom"])} == {"waiting"}
    assert morning() == 1
    assert {one.title: one.state for one in outbox(people["tom"])} == {
        "First": "gathered", "Second": "gathered", "Your day: 2 news": "queued",
    }  # fmt: skip
    (mail,) = [one for one in outbox(people["tom"]) if one.state == "queued"]
    assert "First\nOne.\n\nSecond\nTwo.\n\n-- \n" in mail.text


def test_a_forecast_that_passed_without_news_is_told_the_next_morning(
    app: Flask, people: dict[str, str], clock: TestClock, morning: Callable[[], int], outbox: Outbox
) -> None:
    """To its owner and to the manager, until something is said; to nobody else."""
    today = clock.now.date()
    with app.app_context(), work() as unit:
        unit.session.add(ProjectRow(
            id=PROJECT, title="Apollo", purpose="", zone="UTC", status="running", planned_start=today,
            registered_at=clock.now, started_at=clock.now, settings={},
        ))  # fmt: skip
        unit.session.flush()
        for name, actual in (("Design", None), ("Build", today)):
            unit.session.add(MilestoneRow(
                project=PROJECT, id=name, sequence=1, name=name, deliverable="", criterion="", owner=people["tom"],
                type="internal", tolerance=0, weight=1.0, after="", target=today, baseline=today, forecast=today,
                actual=actual, status="on-track", percent=0,
            ))  # fmt: skip
    clock.now = clock.now.replace(hour=8)
    assert morning() == 0
    clock.turn(days=1)
    assert morning() == 2
    assert {one.person for one in outbox()} == {people["paula"], people["tom"]}
    assert {one.title for one in outbox()} == {"Your day: 1 stale forecast"}
    assert f"Design (Apollo) was expected on {today}, and nothing was said since (1 day)" in outbox()[0].text
    assert f"https://milepost.example/projects/{PROJECT}/performance/stale" in outbox()[0].text
    with app.app_context(), work() as unit:
        unit.session.get(MilestoneRow, (PROJECT, "Design")).forecast = today + timedelta(days=9)
    clock.turn(days=1)
    assert morning() == 0
