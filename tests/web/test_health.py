"""Whether the server is up, and whether it can work."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import text

from tests.databases import on_sqlite
from tests.factories import TestClock, Visitor
from web.jobs.beats import Beats
from web.work import work


def test_up_says_so_even_when_it_cannot_work(guest: Visitor) -> None:
    assert guest.get("/healthz").json == {"status": "up"}


def look(app: Flask) -> None:
    """A worker says that it lives."""
    with app.app_context(), work() as unit:
        Beats("one", "host", 1, unit.clock).beat(unit.session)


def test_ready_needs_somebody_who_looks_for_timers(app: Flask, guest: Visitor, clock: TestClock) -> None:
    assert guest.get("/readyz").status_code == 503
    look(app)
    ready = guest.get("/readyz")
    said = {"status": "ready", "problems": [], "workers": 1, "oldest_job_seconds": None}
    assert (ready.status_code, ready.json) == (200, said)
    clock.turn(seconds=11)
    late = guest.get("/readyz")
    assert late.status_code == 503
    assert "not been looked at" in late.json["problems"][0]


def test_a_server_that_leaves_jobs_to_workers_is_ready_without_one_and_says_so(app: Flask, guest: Visitor) -> None:
    parts = app.extensions["milepost"]
    parts.config = replace(parts.config, tick=False)
    ready = guest.get("/readyz")
    assert (ready.status_code, ready.json["workers"]) == (200, 0)


def test_ready_needs_this_versions_tables(app: Flask, guest: Visitor) -> None:
    look(app)
    with app.app_context(), work() as unit:
        unit.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    response = guest.get("/readyz")
    assert response.status_code == 503
    assert "0000" in response.json["problems"][0]


@on_sqlite
def test_ready_needs_a_database(app: Flask, guest: Visitor) -> None:
    look(app)
    with app.app_context():
        from web.database import db  # noqa: PLC0415

        db.engine.dispose()
    app.extensions["milepost"].config.database_file.write_bytes(b"this is no database at all" * 100)
    response = guest.get("/readyz")
    assert response.status_code == 503
    assert response.json["problems"] == ["the database does not answer"]
