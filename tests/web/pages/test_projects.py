"""Projects by page, with the real procedure: what is next, the sides of a project, changes and closing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

import engine
import processes
from engine import THE_SYSTEM
from tests.factories import TestClock, Visitor, add_account, config_for, quick, visitor
from web import create_app
from web.database import db
from web.work import reading, work

SIDES = ("", "/plan", "/trend", "/performance", "/log", "/meetings", "/changes", "/records", "/instances")
TITLE = "Lander <b>guidance</b>"


@pytest.fixture
def sop(data: Path, clock: TestClock) -> Iterator[Flask]:
    """An app with the real procedure, its bundle deployed, and one registered project."""
    app = quick(create_app(config_for(data), clock=clock))
    with app.app_context():
        people = {
            login: add_account(login, name, *roles)
            for login, name, roles in (
                ("ada", "Ada Admin", ("Administrator",)),
                ("amina", "Amina Audit", ("Compliance",)),
                ("paula", "Paula Manager", ()),
                ("tom", "Tom Team", ()),
                ("sam", "Sam Stake", ()),
                ("dora", "Dora Sponsor", ()),
                ("eve", "Eve Elsewhere", ()),
            )
        }
        with work() as unit:
            engine.deploy(unit, processes.bundle(), THE_SYSTEM)
            processes.register(
                unit,
                "lander",
                TITLE,
                members={
                    "Project Manager": [people["paula"]],
                    "Project Team": [people["tom"]],
                    "Stakeholder": [people["sam"]],
                    "Sponsor": [people["dora"]],
                },
                start=date(2026, 3, 9),
                by=engine.Actor(people["ada"], "Ada Admin", {"": frozenset({"Administrator"})}),
                purpose="Land softly.",
            )
    yield app
    with app.app_context():
        db.engine.dispose()


def browser(app: Flask, login: str) -> Visitor:
    made = visitor(app)
    assert made.sign_in(login).status_code == 302
    return made


def test_a_registered_project_says_what_is_next_for_whom_and_why(sop: Flask) -> None:
    paula = browser(sop, "paula")
    listed = paula.get("/projects").text
    assert "Lander &lt;b&gt;guidance&lt;/b&gt;" in listed
    assert TITLE not in listed
    page = paula.get("/projects/lander").text
    assert "What is next" in page
    assert "Project Manager" in page
    assert "SOP 5.1a" in page
    assert "Milestones are clear and measurable" in page


@pytest.mark.parametrize("side", SIDES)
def test_every_side_opens_for_members_and_overseers_and_for_nobody_else(sop: Flask, side: str) -> None:
    for login, status in (("sam", 200), ("amina", 200), ("ada", 200), ("eve", 404)):
        response = browser(sop, login).get(f"/projects/lander{side}")
        assert response.status_code == status, login
        if status == 200:
            assert response.text.count("<h1") == 1


def test_an_unknown_project_is_not_there_even_for_overseers(sop: Flask) -> None:
    ada = browser(sop, "ada")
    for side in SIDES:
        assert ada.get(f"/projects/nothing{side}").status_code == 404


def test_the_projects_of_others_are_neither_listed_nor_found(sop: Flask) -> None:
    eve = browser(sop, "eve")
    assert "guidance" not in eve.get("/projects").text
    assert "guidance" not in eve.get("/search?q=lander").text.replace('value="lander"', "")
    assert "Tom Team" not in eve.get("/search?q=tom").text
    found = browser(sop, "paula").get("/search?q=tom").text
    assert "<mark>Tom</mark> Team" in found


def test_a_project_that_does_not_run_yet_takes_no_change(sop: Flask) -> None:
    paula = browser(sop, "paula")
    assert "Raise a change" not in paula.get("/projects/lander/changes").text
    refused = paula.post("/projects/lander/changes")
    assert refused.status_code == 422
    assert "Only a running project" in refused.text
    eve = browser(sop, "eve")
    eve.get("/inbox")
    assert eve.post("/projects/lander/changes").status_code == 404


def test_closing_asks_for_a_reason_and_is_the_managers_alone(sop: Flask) -> None:
    tom = browser(sop, "tom")
    assert tom.get("/projects/lander/close").status_code == 403
    assert tom.post("/projects/lander/close", {"reason": "Done"}).status_code == 403
    paula = browser(sop, "paula")
    assert "Close Lander" in paula.get("/projects/lander/close").text
    assert paula.post("/projects/lander/close", {"reason": "  "}).status_code == 422
    with sop.app_context():
        before = processes.project(reading(), "lander").status
    assert before != "closed"
    assert paula.post("/projects/lander/close", {"reason": "The money is gone."}).status_code == 302
    told = paula.get("/projects/lander").text
    assert "The closing is under way" in told


def test_a_wrong_plan_is_refused_at_its_fields_with_everything_kept(sop: Flask) -> None:
    paula = browser(sop, "paula")
    with sop.app_context():
        open_tasks = engine.tasks(reading(), subject="lander", status="open")
        task = next(one for one in open_tasks if one.form == "milestone-plan")
    paula.get(f"/inbox/{task.id}")
    typed = {
        "milestones.0.id": "M1",
        "milestones.0.name": "Design <i>review</i>",
        "milestones.0.target": "2026-02-30",
        "_do": "review",
    }
    refused = paula.post(f"/tasks/{task.id}", typed)
    assert refused.status_code == 422
    assert "Design &lt;i&gt;review&lt;/i&gt;" in refused.text
    assert "2026-02-30" in refused.text
    assert 'href="#f-milestones-0-target"' in refused.text


def test_compliance_is_for_those_who_check(sop: Flask) -> None:
    assert browser(sop, "paula").get("/compliance").status_code == 403
    amina = browser(sop, "amina")
    assert amina.get("/compliance").status_code == 200
    with sop.app_context():
        running = engine.instances(reading(), subjects=["lander"], status="running")[0].id
    assert amina.get(f"/compliance/{running}").status_code == 404
    assert amina.get("/compliance/nothing").status_code == 404
