"""An app that knows kinds of job made for tests, and what those jobs have done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from engine import Unit
from tests.factories import SmallProcedure, TestClock, config_for, quick
from web import create_app
from web.database import db, only_reading
from web.jobs import DbosJobs, JobsState, Kind, state
from web.logs import set_up_logs


@dataclass
class Post:
    """Letters that jobs put on a pile: a table for what is written, and a list of every attempt."""

    attempts: list[str] = field(default_factory=list)
    failing: int = 0
    """How many attempts fail from now on."""
    begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    given_up: list[str] = field(default_factory=list)

    def kinds(self) -> tuple[Kind, ...]:
        """What can be asked for."""
        return (
            Kind("letter", self.write, tries=3),
            Kind("carried letter", self.write_carried, outside=self.carry),
            Kind("cared for", self.write, tries=1, gave_up=self.hear),
        )

    def write(self, unit: Unit, payload: Mapping[str, Any]) -> bool:
        """Put a letter on the pile, and then perhaps fail."""
        name = payload["name"]
        self.attempts.append(name)
        unit.session.execute(text("INSERT INTO letter VALUES (:name)"), {"name": name})
        if self.failing:
            self.failing -= 1
            raise ConnectionError
        return True

    def carry(self, payload: Mapping[str, Any]) -> str:
        """Take a letter to its reader, who is at home once the test allows it."""
        self.begun.set()
        assert self.may_end.wait(20)
        return f"{payload['name']} carried"

    def write_carried(self, unit: Unit, payload: Mapping[str, Any]) -> bool:
        """Put what became of the carried letter on the pile."""
        return self.write(unit, {"name": payload["outside"]})

    def hear(self, unit: Unit, payload: Mapping[str, Any], cause: str) -> None:
        """A letter was given up."""
        self.given_up.append(f"{payload['name']}: {cause}")
        unit.session.execute(text("INSERT INTO letter VALUES (:name)"), {"name": "sorry"})


@pytest.fixture
def post() -> Post:
    """The pile of letters of this test."""
    return Post()


@pytest.fixture
def app(data: Path, clock: TestClock, procedure: SmallProcedure, post: Post) -> Iterator[Flask]:
    """An app that can write letters."""
    set_up_logs("text")
    made = create_app(config_for(data), clock=clock, procedure=procedure, roles=procedure.roles, kinds=post.kinds())
    quick(made)
    with made.app_context():
        db.session.execute(text("CREATE TABLE letter (name VARCHAR(100))"))
        db.session.commit()
    yield made
    made.extensions["milepost"].jobs.close()
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def jobs(app: Flask) -> DbosJobs:
    """The app's jobs, with their tables in place."""
    made: DbosJobs = app.extensions["milepost"].jobs
    made.prepare()
    return made


@pytest.fixture
def pile(app: Flask) -> Any:
    """Call it for the letters that are there."""

    def look() -> list[str]:
        with app.app_context(), only_reading():
            found = [name for (name,) in db.session.execute(text("SELECT name FROM letter ORDER BY name"))]
            db.session.rollback()
            return found

    return look


@pytest.fixture
def standing(app: Flask, jobs: DbosJobs) -> Callable[[], JobsState]:
    """Call it for how it stands with the jobs."""

    def look() -> JobsState:
        with app.app_context(), only_reading():
            found = state(jobs, db.session(), failed=True)
            db.session.rollback()
            return found

    return look


def dbos_table(app: Flask, name: str) -> str:
    """What a table of DBOS is called in the app's database."""
    with app.app_context():
        return name if db.engine.dialect.name == "sqlite" else f"dbos.{name}"
