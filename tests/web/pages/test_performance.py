"""The performance page over the real procedure: what it says with little to say, its addresses, and who may look."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

import engine
import processes
from engine import THE_SYSTEM
from processes.tables import BaselineRow, ForecastRow, MilestoneRow
from tests.factories import TestClock, Visitor, add_account, config_for, quick, visitor
from web import create_app
from web.database import db, open_engine
from web.migrations import upgrade
from web.pages import curves, heat, scales
from web.work import work

HOUSE = "/projects/lander/performance"
PLAN = {"M1": ("2026-03-04", "2026-03-05", "2026-03-05"), "M2": ("2026-03-06", "2026-03-06", None)}
"""Milestone -> baseline, last date, day of reaching. All recorded on 1 March, but for M1, told on its day."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app with the real procedure and a project with two milestones, one reached and one overdue; to look at."""
    config = config_for(tmp_path_factory.mktemp("house"))
    engine_of_it = open_engine(config.database)
    upgrade(engine_of_it)
    engine_of_it.dispose()
    app = quick(create_app(config, clock=TestClock()))
    with app.app_context():
        people = {login: add_account(login, name) for login, name in (("paula", "Paula"), ("eve", "Eve"))}
        with work() as unit:
            engine.deploy(unit, processes.bundle(), THE_SYSTEM)
            team = {role: [people["paula"]] for role in processes.ROLES}
            processes.register(unit, "lander", "Lander", members=team, start=date(2026, 2, 1), by=THE_SYSTEM)
            unit.session.flush()
            for number, (name, days) in enumerate(PLAN.items()):
                planned, last, reached = (date.fromisoformat(day) if day else None for day in days)
                _milestone(unit, number, name, people["paula"], planned, last, reached)
    yield app
    with app.app_context():
        db.engine.dispose()


def _milestone(unit, number, name, owner, planned, last, reached) -> None:
    known = {"project": "lander", "milestone": name, "by": owner, "instance": "i", "source": "plan"}
    first = date(2026, 3, 1)
    unit.session.add_all([
        MilestoneRow(
            project="lander", id=name, sequence=number, name=f"Name <of> {name}", deliverable="", criterion="",
            owner=owner, type="internal", tolerance=0, weight=1.0, after="", target=planned, baseline=planned,
            forecast=last, actual=reached, status="on-track", percent=0,
        ),
        BaselineRow(project="lander", number=0, milestone=name, date=planned, weight=1.0, record="", frozen_on=first),
        ForecastRow(**known, recorded_on=first, date=planned, kind="expected"),
    ])  # fmt: skip
    if reached:
        unit.session.add(ForecastRow(**known, recorded_on=reached, date=reached, kind="actual"))


def browser(app: Flask, login: str) -> Visitor:
    made = visitor(app)
    assert made.sign_in(login).status_code == 302
    return made


def table(page: str, figure: str) -> str:
    """The value of a line of the page."""
    found = re.search(rf'<th scope="row">{re.escape(figure)}</th><td[^>]*><a href="[^"]*">([^<]*)<', page)
    assert found, figure
    return found[1]


def test_every_figure_has_its_value_and_its_way_to_the_facts(house: Flask) -> None:
    """As of 10 March: M1 reached a day late; M2 four days over, with a forecast that is four days old."""
    paula = browser(house, "paula")
    page = paula.get(f"{HOUSE}?as_of=2026-03-10").text
    assert table(page, "On time, of what was due") == "0 of 2 (0%)"
    assert table(page, "Slip, mean") == "+2.5 days"
    assert table(page, "SPI") == "0.50"
    assert table(page, "Stale forecasts") == "1"
    assert table(page, "Warning time, median") == "-1 day"
    assert "n = 1: below eight" not in page, "one slip is not drawn"
    assert "tolerance 0 days; open ones are late" in page
    assert f'href="{HOUSE}/accuracy-30?as_of=2026-03-10"' in page
    addresses = set(re.findall(rf'href="({HOUSE}/[^"]*)"', page))
    assert len(addresses) > 8
    for address in addresses:
        assert "as_of=2026-03-10" in address
        facts = paula.get(address.replace("&amp;", "&"))
        assert facts.status_code == 200
        assert re.search(r"n = \d", facts.text)


def test_with_few_slips_there_are_the_slips_and_no_date(house: Flask) -> None:
    page = browser(house, "paula").get(f"{HOUSE}?as_of=2026-03-10").text
    assert "There is no range yet: it needs five slips, and n = 1" in page
    assert "The slips so far, in days: +1." in page
    assert "in half of all cases" not in page


def test_the_facts_are_as_of_the_day_and_nobody_s_markup(house: Flask) -> None:
    paula = browser(house, "paula")
    early = paula.get(f"{HOUSE}/milestones?as_of=2026-03-04").text
    assert "Name &lt;of&gt; M1" in early
    assert "within its tolerance, not counted yet" in early
    assert "not due yet" in early
    assert "late: not reached" in paula.get(f"{HOUSE}/milestones?as_of=2026-03-10").text


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "?as_of=yesterday",
        "?as_of=2026-02-30",
        "?as_of=9999-12-31",
        "/updates?as_of=0001-01-01",
        "?baseline=-1",
        "?baseline=x",
        "/milestones?baseline=3",
    ],
)
def test_what_is_not_there_is_said(house: Flask, address: str) -> None:
    answer = browser(house, "paula").get(f"{HOUSE}{address}")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_before_the_plan_nothing_is_measured(house: Flask) -> None:
    assert "There was no such baseline by that day" in browser(house, "paula").get(f"{HOUSE}?as_of=2026-02-20").text


def test_it_is_for_those_who_see_the_project(house: Flask) -> None:
    eve = browser(house, "eve")
    for address in (HOUSE, f"{HOUSE}/milestones", "/processes/milestone-setup/waiting?project=lander"):
        assert eve.get(address).status_code == 404
    # Over all projects one counts only what one sees: for Eve, nothing.
    assert "No task has been completed yet" in eve.get("/processes/milestone-setup/waiting").text


def test_heat_says_in_words_what_it_paints() -> None:
    steps = processes.StepTimes("a", "Do <it>", "PM", 4, 0, 40.0, 10.0, 12.0, 30.0, None, 1.0, 0.6, 0)
    found = processes.Bottlenecks("p", 4, 2, 0, (steps,), 0, 1.0, 1.0)
    painted = heat.of(found)["a"]
    assert (painted["level"], painted["text"]) == (4, "10 h · 4")
    assert "30 h in nine of ten cases, n = 4; 60% of all waiting" in painted["says"]
    assert json.loads(json.dumps(painted)) == painted
    assert [heat.words(hours) for hours in (0.5, 10, 72)] == ["30 min", "10 h", "3.0 d"]


def test_the_list_of_projects_leads_there(house: Flask) -> None:
    page = browser(house, "paula").get("/projects").text
    assert f'<a href="{HOUSE}">On time: ' in page


def test_values_stand_where_their_axis_says() -> None:
    span = scales.Span(0, 10)
    ticks = scales.steps(span)
    assert [one.text for one in ticks] == ["0", "2", "4", "6", "8", "10"]
    assert [one.at for one in ticks] == [span.place(value) for value in (0, 2, 4, 6, 8, 10)]
    assert (ticks[0].at, ticks[-1].at) == (416, 20)
    assert [one.text for one in scales.steps(scales.Span(-7.5, 30))] == ["0", "10", "20", "30"]
    assert curves.slip_chart([("a", 1)], None, {}) is None


def test_a_date_that_is_never_ends_the_axis_and_not_the_page() -> None:
    axis = scales.axis_of([date(2026, 1, 1), date.max])
    assert axis.place(date.max) == 100
    assert 0 < len(scales.months(axis)) <= 13
    assert len(scales.months(scales.axis_of([date(2026, 1, 1), date(2027, 6, 1)]))) > 6
