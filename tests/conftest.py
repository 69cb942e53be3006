"""What every test may ask for: a database brought to today's version, an app over it, people, and browsers.

Rooms are imported inside the fixtures, so that tests of one room run without the others.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask

    from tests.factories import SmallProcedure, TestClock, Visitor


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table and nothing in it; copied, never used itself."""
    from web.database import open_engine
    from web.migrations import upgrade

    path = tmp_path_factory.mktemp("database") / "empty.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()  # the last connection to close writes the log back into the file
    return path


@pytest.fixture
def data(tmp_path: Path, empty_database: Path) -> Path:
    """A data folder of this test's own, its database at today's version."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(empty_database, folder / "milepost.sqlite")
    return folder


@pytest.fixture
def clock() -> TestClock:
    """The clock of this test's app."""
    from tests.factories import TestClock

    return TestClock()


@pytest.fixture
def procedure() -> SmallProcedure:
    """The procedure of this test's app; `procedure.join(person, role)` gives a role in the project."""
    from tests.factories import SmallProcedure

    return SmallProcedure()


@pytest.fixture
def app(data: Path, clock: TestClock, procedure: SmallProcedure) -> Iterator[Flask]:
    """An app over real SQLite, with the small procedure; nobody is known yet."""
    from tests.factories import config_for
    from web import create_app
    from web.database import db

    made = create_app(config_for(data), clock=clock, procedure=procedure, roles=procedure.roles)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def people(app: Flask, procedure: SmallProcedure) -> dict[str, str]:
    """Login -> person id of four people: an administrator, a project manager, a team member, a stakeholder."""
    from tests.factories import add_account

    with app.app_context():
        found = {
            "ada": add_account("ada", "Ada Admin", "Administrator", "Process Admin"),
            "paula": add_account("paula", "Paula Manager"),
            "tom": add_account("tom", "Tom Team"),
            "sam": add_account("sam", "Sam Stake"),
        }
    procedure.join(found["paula"], "Project Manager")
    procedure.join(found["tom"], "Project Team")
    procedure.join(found["sam"], "Stakeholder")
    return found


@pytest.fixture
def guest(app: Flask) -> Visitor:
    """A browser with no cookies."""
    from tests.factories import visitor

    return visitor(app)
