"""Administrators look after people: adding, roles, codes, leaving; and the very first one."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from argon2 import PasswordHasher
from flask import Flask

from engine import THE_SYSTEM, deploy, events, start
from tests.databases import Databases, on_sqlite
from tests.factories import PASSWORD, PROJECT, TestClock, Visitor, small_bundle, visitor
from web.people import account, has_administrator, offer_setup
from web.people.setup import HOURS
from web.work import milepost, reading, work


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what pages ask of it, stories ask of both."""
    return sqlite

SCRIPT = "<script>alert(1)</script>"


def code_in(text: str) -> str:
    found = re.search(r"data-code>([^<]+)<", text)
    assert found
    return found[1]


def test_somebody_added_comes_in_with_the_code_that_is_shown_once(
    app: Flask, people: dict[str, str], guest: Visitor
) -> None:
    guest.sign_in("ada")
    guest.get("/people/new")
    shown = guest.post("/people/new", {"login": "Nina", "name": "Nina  Neu", "roles": ["Compliance", "Pope"]})
    assert shown.headers["Cache-Control"] == "no-store"
    code = code_in(shown.text)
    came = visitor(app)
    assert came.sign_in("nina", code).location == "/password"
    with app.app_context():
        found = account(reading(), login="nina")
        assert found is not None
        assert (found.name, found.organisation_roles) == ("Nina Neu", frozenset({"Compliance"}))
        kinds = [one.kind for one in events(reading(), entity_id=found.person)]
        said = [one for one in events(reading(), kind="person.account-added") if one.entity_id == found.person]
    assert kinds == ["person.signed-in", "person.account-added", "person.added"]
    assert (said[0].person, said[0].new) == (people["ada"], ["Compliance"])
    assert code not in guest.get(f"/people/{found.person}").text


@pytest.mark.parametrize(
    ("login", "name", "says"),
    [
        ("ada", "Another Ada", "Somebody has this login already"),
        ("no spaces", "Name", "Use 1 to 64 small letters"),
        ("", "Name", "Use 1 to 64 small letters"),
        ("new", "  ", "Give the name as it is to be printed"),
        ("new", "x" * 201, "Give the name as it is to be printed"),
        ("new", "bell\u0007", "Give the name as it is to be printed"),
    ],
)
def test_a_refused_person_keeps_what_was_typed(
    people: dict[str, str], guest: Visitor, login: str, name: str, says: str
) -> None:
    guest.sign_in("ada")
    response = guest.post("/people/new", {"login": login, "name": name, "roles": "Compliance"})
    assert response.status_code == 422
    assert says in response.text
    assert f'value="{login}"' in response.text
    assert 'value="Compliance" checked' in response.text
    assert 'aria-invalid="true"' in response.text


def test_a_name_with_script_in_it_is_text(people: dict[str, str], guest: Visitor) -> None:
    guest.sign_in("ada")
    guest.post("/people/new", {"login": "eve", "name": SCRIPT})
    page = guest.get("/people").text
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


def test_a_person_page_shows_roles_and_the_tasks_that_wait(app: Flask, people: dict[str, str], guest: Visitor) -> None:
    with app.app_context(), work() as unit:
        deploy(unit, small_bundle(), THE_SYSTEM)
        start(unit, "hello", PROJECT, {}, THE_SYSTEM, title="First greeting")
    guest.sign_in("ada")
    page = guest.get(f"/people/{people['paula']}").text
    assert "Project Manager" in page
    assert "Say hello" in page
    assert "Say hello" not in guest.get(f"/people/{people['sam']}").text
    assert guest.get("/people/nobody").status_code == 404


def test_deactivating_asks_why_signs_out_and_takes_the_roles(
    app: Flask, people: dict[str, str], guest: Visitor
) -> None:
    came = visitor(app)
    came.sign_in("paula")
    guest.sign_in("ada")
    path = f"/people/{people['paula']}/active"
    assert guest.post(path, {"active": "no", "reason": " "}).status_code == 422
    assert came.get("/password").status_code == 200
    assert guest.post(path, {"active": "no", "reason": "Left the company"}).status_code == 302
    assert came.get("/password").status_code == 302
    with app.app_context():
        event = events(reading(), kind="person.deactivated")[0]
    assert (event.entity_id, event.person, event.reason) == (people["paula"], people["ada"], "Left the company")
    assert guest.post(path, {"active": "yes", "reason": "Came back"}).status_code == 302
    assert came.sign_in("paula").status_code == 302


def test_the_last_administrator_stays(app: Flask, people: dict[str, str], guest: Visitor) -> None:
    guest.sign_in("ada")
    ada = people["ada"]
    refused = guest.post(f"/people/{ada}/active", {"active": "no", "reason": "Tired"})
    assert refused.status_code == 422
    assert "last administrator" in refused.text
    refused = guest.post(f"/people/{ada}/roles", {"roles": ["Compliance"]})
    assert refused.status_code == 422
    assert "last administrator" in refused.text
    assert guest.post(f"/people/{people['tom']}/roles", {"roles": ["Administrator"]}).status_code == 302
    assert guest.post(f"/people/{ada}/roles", {"roles": ["Compliance"]}).status_code == 302
    assert guest.get("/people").status_code == 403, "the roles change at once"
    with app.app_context():
        changed = events(reading(), kind="person.roles-changed")[0]
    assert (changed.old, changed.new) == (["Administrator", "Process Admin"], ["Compliance"])


def test_a_new_code_ends_the_sessions_and_the_old_password(app: Flask, people: dict[str, str], guest: Visitor) -> None:
    came = visitor(app)
    came.sign_in("sam")
    guest.sign_in("ada")
    code = code_in(guest.post(f"/people/{people['sam']}/password").text)
    assert came.get("/password").status_code == 302
    assert came.sign_in("sam", PASSWORD).status_code == 422
    assert came.sign_in("sam", code.upper().lower()).location == "/password"


def test_who_follows_a_mail_and_comes_by_a_code_arrives_where_the_mail_leads(
    app: Flask, people: dict[str, str], guest: Visitor
) -> None:
    guest.sign_in("ada")
    code = code_in(guest.post(f"/people/{people['sam']}/password").text)
    came = visitor(app)
    came.get("/sign-in?next=/projects%3Fa%3Db")
    asked = came.post("/sign-in", {"login": "sam", "password": code, "next": "/projects?a=b"})
    assert asked.location == "/password?next=/projects?a%3Db"
    came.get(asked.location)
    new = {"new_password": "eight wooden boats", "repeated_password": "eight wooden boats"}
    assert came.post(asked.location, new).location == "/projects?a=b"
    came.get("/password")
    away = came.post("/password?next=//elsewhere.example", {**new, "password": "eight wooden boats"})
    assert away.location == "/inbox"


def test_a_code_that_has_run_out_is_told_to_administrators(
    people: dict[str, str], guest: Visitor, clock: TestClock
) -> None:
    guest.sign_in("ada")
    guest.post(f"/people/{people['sam']}/password")
    assert "Has a one-time code<" in guest.get("/people").text
    clock.turn(days=8)
    guest.sign_in("ada")
    assert "One-time code has run out" in guest.get("/people").text
    assert "cannot come in. Give a new one." in guest.get(f"/people/{people['sam']}").text


def test_the_first_visitor_with_the_code_becomes_administrator(app: Flask, guest: Visitor, clock: TestClock) -> None:
    assert guest.get("/setup").status_code == 404, "no code has been printed"
    with app.app_context():
        code = offer_setup(milepost().config, clock())
    assert guest.get("/sign-in").location == "/setup"
    kept = (app.extensions["milepost"].config.data / "setup.json").read_text()
    assert code not in kept
    guest.get("/setup")
    asked = {"login": "root", "name": "Rita Root", "new_password": PASSWORD, "code": "wrong-wrong-wrong"}
    refused = guest.post("/setup", asked)
    assert refused.status_code == 422
    assert "not the code" in refused.text
    assert 'value="Rita Root"' in refused.text
    assert PASSWORD not in refused.text
    weak = guest.post("/setup", {**asked, "code": code, "new_password": "short"})
    assert weak.status_code == 422
    assert guest.post("/setup", {**asked, "code": f" {code.upper()} "}).location == "/people"
    assert guest.get("/people").status_code == 200
    assert guest.get("/setup").status_code == 404
    assert visitor(app).post("/setup", {**asked, "code": code}).status_code in (400, 404, 422)
    with app.app_context():
        assert has_administrator(reading())
        assert account(reading(), login="root") is not None


def test_a_setup_code_expires_and_only_the_last_one_counts(app: Flask, guest: Visitor, clock: TestClock) -> None:
    with app.app_context():
        first = offer_setup(milepost().config, clock())
        offer_setup(milepost().config, clock())
    guest.get("/setup")
    asked = {"login": "root", "name": "Rita Root", "new_password": PASSWORD, "code": first}
    assert guest.post("/setup", asked).status_code == 422
    clock.turn(hours=HOURS)
    assert guest.get("/setup").status_code == 404


@on_sqlite
def test_others_write_while_a_password_is_being_hashed(
    app: Flask, people: dict[str, str], guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.sign_in("ada")
    wrote: list[int] = []
    plain = PasswordHasher.hash

    def meanwhile(hasher: PasswordHasher, password: str) -> str:
        with closing(sqlite3.connect(milepost().config.database_file, timeout=0)) as other:
            wrote.append(other.execute("UPDATE person SET name = name").rowcount)
            other.commit()
        return plain(hasher, password)

    monkeypatch.setattr(PasswordHasher, "hash", meanwhile)
    guest.get("/people/new")
    assert guest.post("/people/new", {"login": "late", "name": "Late Comer"}).status_code == 200
    guest.get(f"/people/{people['tom']}")
    assert guest.post(f"/people/{people['tom']}/password").status_code == 200
    guest.get("/password")
    new = {"password": PASSWORD, "new_password": "zwölf große Boote", "repeated_password": "zwölf große Boote"}
    assert guest.post("/password", new).status_code == 302
    assert len(wrote) == 3
