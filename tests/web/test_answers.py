"""Every error of every room ends in a page that says what happened and what to do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Blueprint, Flask, abort
from sqlalchemy import event

import engine
import forms
import processes
from tests.databases import on_sqlite
from tests.factories import Visitor
from web import answers, errors
from web.database import db
from web.people import public

WHEN = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def family(root: type[BaseException]) -> set[type[BaseException]]:
    return {root}.union(*(family(one) for one in root.__subclasses__()))


@pytest.fixture
def raising(app: Flask, guest: Visitor) -> Callable[..., object]:
    """Open a page that raises this error, and give the response."""
    blueprint = Blueprint("trouble", __name__)
    now: list[BaseException] = []

    def raise_it() -> str:
        raise now.pop()

    blueprint.add_url_rule("/trouble", "page", public(raise_it))
    app.register_blueprint(blueprint)

    def go(error: BaseException, **more: object) -> object:
        now.append(error)
        return guest.get("/trouble", **more)

    return go


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (engine.NotFound(), 404, "nothing under this address"),
        (engine.NotAllowed(), 403, "role"),
        (engine.Stale(), 409, "changed since"),
        (engine.TaskClosed(who=engine.SYSTEM, when=WHEN), 409, "By Milepost"),
        (engine.TaskClaimed(who="Tom", when=WHEN), 409, "1 March 2026, 08:30 UTC"),
        (engine.SignatureRefused(), 422, "signature"),
        (engine.SignatureVoid(), 422, "changed since"),
        (engine.NobodyWaits(), 422, "No running instance"),
        (
            engine.DiagramRefused([engine.Finding("A", "x", "error", "Name <this> flow.", "a.bpmn")]),
            422,
            "&lt;this&gt; flow",
        ),
        (engine.StepFailed(), 500, "incidents"),
        (errors.TooManyAttempts(until=WHEN), 429, "08:30 UTC"),
        (errors.Busy(), 503, "few seconds"),
    ],
)
def test_each_refusal_has_its_page(raising: Callable, error: BaseException, status: int, says: str) -> None:
    response = raising(error)
    assert response.status_code == status
    assert says in response.text
    assert "<h1" in response.text
    assert "Traceback" not in response.text


def test_no_error_of_any_room_is_unknown() -> None:
    for root in (engine.EngineError, forms.FormsError, processes.ProcessesError, errors.WebError):
        for kind in family(root):
            assert answers.answer_for(kind.__new__(kind)) is not answers.UNKNOWN, kind


def test_a_script_gets_the_same_as_json(raising: Callable) -> None:
    finding = engine.Finding("A", "no-name", "error", "Name this flow.", "a.bpmn")
    response = raising(engine.DiagramRefused([finding]), headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json["findings"] == [
        {"element": "A", "rule": "no-name", "severity": "error", "sentence": "Name this flow.", "file": "a.bpmn"}
    ]


def test_what_nobody_expected_shows_a_number_and_no_inside(raising: Callable, app: Flask) -> None:
    response = raising(RuntimeError("the password is swordfish"))
    assert response.status_code == 500
    assert "Number of this error" in response.text
    assert "swordfish" not in response.text


def test_unknown_addresses_and_methods(guest: Visitor) -> None:
    missing = guest.get("/no/such/page")
    assert missing.status_code == 404
    assert "nothing under this address" in missing.text
    guest.get("/sign-in")
    wrong = guest.post("/healthz")
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]


def test_other_http_errors_have_the_same_page(app: Flask, guest: Visitor) -> None:
    blueprint = Blueprint("odd", __name__)
    blueprint.add_url_rule("/odd", "page", public(lambda: abort(418)))
    app.register_blueprint(blueprint)
    response = guest.get("/odd")
    assert response.status_code == 418
    assert "<h1" in response.text


@contextmanager
def written_elsewhere(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another program holds the database's one place for writers."""
    with app.app_context():
        db.engine.dispose()
    monkeypatch.setattr("web.database.PRAGMAS", ("busy_timeout=50", "foreign_keys=ON"))
    other = sqlite3.connect(app.extensions["milepost"].config.database_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@on_sqlite
def test_a_locked_database_saves_nothing_and_says_so(
    app: Flask, people: dict[str, str], guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.sign_in("ada")
    guest.get("/people/new")
    with written_elsewhere(app, monkeypatch):
        response = guest.post("/people/new", {"login": "late", "name": "Late Comer"})
        assert response.status_code == 503
        assert "Nothing was saved" in response.text
        assert response.headers["Retry-After"] == "15"
    assert guest.post("/people/new", {"login": "late", "name": "Late Comer"}).status_code == 200


@on_sqlite
def test_the_page_about_a_locked_database_does_not_wait_for_it_again(
    app: Flask, people: dict[str, str], guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.sign_in("ada")
    guest.get("/people/new")
    with written_elsewhere(app, monkeypatch):
        response = guest.post("/people/new", {"login": "late", "name": "Late Comer"})
    assert response.status_code == 503
    assert "Ada Admin" in response.text  # who is signed in could be read, beside whoever writes


@on_sqlite
def test_a_full_disk_saves_nothing_and_says_so(app: Flask, people: dict[str, str], guest: Visitor) -> None:
    """SQLite's own limit on the size of a file raises the very error of a full disk."""
    guest.sign_in("ada")
    guest.get("/people/new")
    with app.app_context():

        def limit(connection: sqlite3.Connection, *_more: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}").close()

        db.engine.dispose()
        event.listen(db.engine, "connect", limit)
        statuses = [
            guest.post("/people/new", {"login": f"p{number}", "name": "x" * 190}).status_code for number in range(60)
        ]
        full = guest.post("/people/new", {"login": "last", "name": "x" * 190})
        event.remove(db.engine, "connect", limit)
        db.engine.dispose()
    assert full.status_code == 503
    assert "The disk is full" in full.text
    listed = guest.get("/people").text
    assert "last" not in logins_in(listed)
    assert statuses.count(200) == sum(f"p{number}" in logins_in(listed) for number in range(60))


def logins_in(text: str) -> set[str]:
    return set(re.findall(r'text-secondary">([^<]+)</span></span>', text))
