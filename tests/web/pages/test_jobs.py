"""What an administrator sees of jobs: who works them off, and which timers could not elapse."""

from __future__ import annotations

import pytest
from flask import Flask

import engine
from tests.factories import TestClock, Visitor
from tests.web.jobs.waiting import start_waiting
from web.jobs.beats import Beats
from web.work import reading, work


@pytest.fixture
def stuck(app: Flask, clock: TestClock) -> str:
    """An instance whose timer could not elapse."""
    (instance,) = start_waiting(app, 1)
    clock.turn(days=2)
    with app.app_context(), work() as unit:
        (timer,) = engine.due(reading(), clock())
        engine.postpone(unit, timer, "Something unexpected: Torn.")
    return instance


def test_an_administrator_sees_workers_and_what_could_not_be_done(
    app: Flask, people: dict[str, str], guest: Visitor, stuck: str
) -> None:
    guest.sign_in("ada")
    page = guest.get("/jobs").text
    assert "No worker lives" in page
    assert "No job waits" in page
    assert f'href="/instances/{stuck}"' in page
    assert "Something unexpected: Torn. Tried 1 time" in page
    with app.app_context(), work() as unit:
        Beats("one", "north", 17, unit.clock).beat(unit.session)
    page = guest.get("/jobs").text
    assert "north, process 17" in page
    assert "No worker lives" not in page


def test_the_instance_says_that_its_timer_could_not_elapse(people: dict[str, str], guest: Visitor, stuck: str) -> None:
    guest.sign_in("paula")
    page = guest.get(f"/instances/{stuck}").text
    assert "“Two days later”" in page
    assert "could not elapse: Something unexpected: Torn." in page
    assert guest.get("/jobs").status_code == 403
