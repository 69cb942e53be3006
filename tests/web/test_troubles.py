"""A PostgreSQL server that is gone, locked or out of patience is told in sentences, without its password."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.exc import InternalError

from tests.databases import ADVISORY, Databases, Kept
from tests.factories import Visitor
from web.__main__ import run
from web.database import db, only_reading
from web.work import work


@pytest.fixture
def databases(postgresql: Databases) -> Databases:
    """All of this is about a server."""
    return postgresql


def connected(url: str) -> psycopg.Connection:
    """Somebody else, with a client of their own."""
    where = make_url(url)
    return psycopg.connect(host=where.query["host"], user=where.username, dbname=where.database)


def test_writers_wait_for_each_other_and_not_for_ever(
    app: Flask, kept: Kept, people: dict[str, str], guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.sign_in("ada")
    guest.get("/people/new")
    monkeypatch.setattr("web.database.SETTINGS", "SET lock_timeout = '50ms'")
    with app.app_context():
        db.engine.dispose()
    with connected(kept.database) as other:
        other.execute("SELECT * FROM person FOR UPDATE")
        other.execute("LOCK TABLE event IN EXCLUSIVE MODE")
        response = guest.post("/people/new", {"login": "late", "name": "Late Comer"})
        assert response.status_code == 503
        assert "Nothing was saved" in response.text
        assert response.headers["Retry-After"] == "15"
        assert guest.get("/people").status_code == 200, "reading goes on"
    assert guest.post("/people/new", {"login": "late", "name": "Late Comer"}).status_code == 200


def test_a_server_that_was_started_anew_is_met_again(
    app: Flask, kept: Kept, people: dict[str, str], guest: Visitor
) -> None:
    guest.sign_in("ada")
    with connected(kept.database) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert guest.get("/people").status_code == 200


def test_ready_needs_a_server_that_answers(app: Flask, kept: Kept, databases: Databases, guest: Visitor) -> None:
    databases.drop(kept.database)
    response = guest.get("/readyz")
    assert response.status_code == 503
    assert response.json["problems"] == ["the database does not answer"]
    page = guest.get("/sign-in")
    assert page.status_code == 503
    assert "The database cannot be used" in page.text


@pytest.mark.parametrize("command", ["serve", "upgrade", "verify"])
def test_a_command_says_who_does_not_answer_and_no_password(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MILEPOST_DATABASE", "postgresql://milepost:s3cret@127.0.0.1:1/records")
    assert run([command, "--data", str(tmp_path / "data")]) == 1
    said = capsys.readouterr()
    assert "The database records at 127.0.0.1 does not answer" in said.err
    assert "Traceback" not in said.err
    assert "s3cret" not in said.out + said.err


def test_a_reading_page_cannot_write(app: Flask, people: dict[str, str]) -> None:
    with app.app_context(), only_reading():
        with pytest.raises(InternalError, match="read-only"):
            db.session.execute(text("UPDATE person SET name = name"))
        db.session.rollback()


def test_writers_take_turns(app: Flask, kept: Kept, people: dict[str, str]) -> None:
    """The second writer's transaction begins when the first one's has ended, and sees what it wrote."""
    seen: list[str] = []
    known = {"id": people["tom"]}

    def second() -> None:
        with app.app_context(), work() as unit:
            seen.append(unit.session.execute(text("SELECT name FROM person WHERE id = :id"), known).scalar_one())

    thread = threading.Thread(target=second)
    with app.app_context(), work() as unit:
        unit.session.execute(text("UPDATE person SET name = 'Thomas' WHERE id = :id"), known)
        thread.start()
        with connected(kept.database) as other:
            while not other.execute(f"{ADVISORY} AND NOT granted").fetchall():
                assert thread.is_alive()
    thread.join()
    assert seen == ["Thomas"]
