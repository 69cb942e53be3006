"""Registering a project with its team, by page and by command, and changing the team afterwards."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import engine
import processes
from engine import THE_SYSTEM
from tests.databases import Databases
from tests.factories import TestClock, Visitor, add_account, config_for, quick, visitor
from web import create_app
from web.__main__ import run
from web.database import db
from web.people import account, actor_of, set_active
from web.work import reading, work


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what pages ask of it, stories ask of both."""
    return sqlite

ROLES = ("Project Manager", "Project Team", "Stakeholder", "Sponsor")
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def app(data: Path, clock: TestClock) -> Iterator[Flask]:
    """An app with the real procedure, deployed."""
    made = quick(create_app(config_for(data), clock=clock))
    with made.app_context(), work() as unit:
        engine.deploy(unit, processes.bundle(), THE_SYSTEM)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def people(app: Flask) -> dict[str, str]:
    """Login -> person id of five people without a project."""
    names = {
        "ada": "Ada Admin",
        "paula": "Paula Manager",
        "tom": "Tom Team",
        "sam": "Sam Stake",
        "suse": "Suse Sponsor",
    }
    with app.app_context():
        return {
            login: add_account(login, name, *(["Administrator"] if login == "ada" else []))
            for login, name in names.items()
        }


@pytest.fixture
def typed(people: dict[str, str]) -> dict[str, Any]:
    """A registration as somebody types it."""
    team = zip(ROLES, ("paula", "tom", "sam", "suse"), strict=True)
    return {
        "title": f"Apollo {SCRIPT}",
        "id": "apollo",
        "purpose": "To the moon",
        "start": "2026-04-01",
        "zone": "Europe/Berlin",
        **{f"members.{role}": people[login] for role, login in team},
        "settings.weekly_due": "FRI 17:00",
        "settings.update_close_days": "2",
        "settings.review_step": "P1M",
        "settings.review_after_days": "14",
        "settings.preread_days": "2",
        "settings.quorum": "half",
        "settings.approval_rule": "stakeholders",
        "settings.change_completion": "matrix",
        "settings.change_order": "parallel",
        "settings.change_veto": "Sponsor",
        "settings.ratify_days": "5",
        "settings.escalation_days": "3 5 7 9",
    }


@pytest.fixture
def admin(app: Flask, people: dict[str, str]) -> Visitor:
    """A browser in which the administrator is signed in."""
    came = visitor(app)
    came.sign_in("ada")
    return came


def test_a_registered_project_puts_a_task_into_the_managers_inbox(
    app: Flask, people: dict[str, str], admin: Visitor, typed: dict[str, Any]
) -> None:
    admin.get("/register")
    done = admin.post("/register", typed)
    assert done.status_code == 302, done.text
    assert done.location == "/projects/apollo"
    page = admin.get(done.location).text
    assert all(name in page for name in ("Paula Manager", "Tom Team", "Sam Stake", "Suse Sponsor"))
    assert SCRIPT not in page
    with app.app_context():
        unit = reading()
        found = processes.project(unit, "apollo")
        tasks = engine.inbox(unit, actor_of(unit, people["paula"]), "todo")
        registered = engine.events(unit, subject="apollo", limit=500)
    assert (found.zone, str(found.planned_start), found.settings.review_step) == ("Europe/Berlin", "2026-04-01", "P1M")
    assert tasks
    assert people["ada"] in {one.person for one in registered}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "", "title"),
        ("id", "No Slug", "small letters, digits and hyphens"),
        ("start", "soon", "year-month-day"),
        ("zone", "Moon/Base", "zone"),
        ("members.Sponsor", "", "Sponsor"),
        ("members.Stakeholder", "nobody", "Stakeholder"),
        ("settings.preread_days", "many", "give a whole number from 1 to 10"),
        ("settings.review_step", "P1Y", "at least monthly"),
        ("settings.approval_rule", "nobody", "The baseline is signed by: Choose one of"),
    ],
)
def test_a_refused_registration_keeps_everything_and_says_where(
    app: Flask, people: dict[str, str], admin: Visitor, typed: dict[str, Any], field: str, value: str, says: str
) -> None:
    response = admin.post("/register", {**typed, field: value})
    assert response.status_code == 422
    assert says in html.unescape(response.text)
    assert "To the moon" in response.text
    if field != "members.Sponsor":
        assert f'value="{people["suse"]}" checked' in response.text
    with app.app_context():
        assert processes.projects(reading()) == []


def test_the_same_id_twice_is_refused(admin: Visitor, typed: dict[str, Any]) -> None:
    assert admin.post("/register", typed).status_code == 302
    again = admin.post("/register", typed)
    assert again.status_code == 422
    assert "project with this id already" in again.text


def test_the_team_changes_with_a_reason_and_takes_effect_at_once(
    app: Flask, people: dict[str, str], admin: Visitor, typed: dict[str, Any]
) -> None:
    admin.post("/register", typed)
    path = "/projects/apollo/team"
    with app.app_context():
        nina = add_account("nina", "Nina Neu")
    assert admin.post(path, {"person": nina, "role": "Stakeholder"}).status_code == 302
    twice = admin.post(path, {"person": nina, "role": "Stakeholder"})
    assert twice.status_code == 422
    assert "holds the role already" in twice.text
    came = visitor(app)
    came.sign_in("nina")
    assert came.get(path).status_code == 200
    without = admin.post(f"{path}/leave", {"person": nina, "role": "Stakeholder", "reason": ""})
    assert without.status_code == 422
    left = admin.post(f"{path}/leave", {"person": nina, "role": "Stakeholder", "reason": "Elsewhere now"})
    assert left.status_code == 302
    assert came.get(path).status_code == 404, "nobody sees another project"
    last = admin.post(f"{path}/leave", {"person": people["sam"], "role": "Stakeholder", "reason": "Gone"})
    assert last.status_code == 422
    assert "needs a Stakeholder" in last.text


def test_members_see_the_team_and_cannot_change_it(app: Flask, admin: Visitor, typed: dict[str, Any]) -> None:
    admin.post("/register", typed)
    came = visitor(app)
    came.sign_in("paula")
    page = came.get("/projects/apollo/team")
    assert page.status_code == 200
    assert "Add to the team" not in page.text
    assert came.post("/projects/apollo/team", {"person": "x", "role": "Sponsor"}).status_code == 403
    assert came.get("/projects/other/team").status_code == 404


def test_a_deactivated_person_joins_nothing(
    app: Flask, people: dict[str, str], admin: Visitor, typed: dict[str, Any]
) -> None:
    with app.app_context(), work() as unit:
        set_active(unit, people["sam"], False, THE_SYSTEM, "left")
    response = admin.post("/register", typed)
    assert response.status_code == 422
    assert "not an active person" in response.text


def test_registration_by_command(
    app: Flask, people: dict[str, str], data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MILEPOST_DATA", str(data))
    team = ["--manager", "paula", "--team", "tom", "--stakeholder", "sam", "--sponsor", "suse"]
    arguments = ["register", "gemini", "Gemini", "--start", "2026-04-01", *team]
    assert run([*arguments, "--by", "nobody"]) == 1
    assert "no active account nobody" in capsys.readouterr().err
    assert run([*arguments, "--by", "ada"]) == 0
    assert "Registered gemini" in capsys.readouterr().out
    assert run([*arguments, "--by", "ada"]) == 2
    assert "id already" in capsys.readouterr().err
    assert run([*arguments[:-1], "nobody"]) == 1
    with app.app_context():
        assert [one.id for one in processes.projects(reading())] == ["gemini"]
        assert account(reading(), login="paula") is not None
