"""What every test may ask for: a database brought to today's version, an app over it, people, and browsers.

A test that asks for a database runs twice, on SQLite and on PostgreSQL; `on_sqlite` marks one that is about files.
Rooms are imported inside the fixtures, so that tests of one room run without the others.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from xdist.workermanage import WorkerController

    from tests.databases import Databases, Kept
    from tests.factories import SmallProcedure, TestClock, Visitor

settings.register_profile("milepost", deadline=None)
settings.load_profile("milepost")  # a slow machine is no finding; what must be quick measures itself


SERVER, ENDING = pytest.StashKey[str](), pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """What ends with the test run. Ctrl-C reaches its children, also where a shell began the run in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[ENDING] = ExitStack()
    config.add_cleanup(config.stash[ENDING].close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """One PostgreSQL server for all processes of a test run, started by the first of them."""
    from tests.server import running_server

    if SERVER not in node.config.stash:
        node.config.stash[SERVER] = node.config.stash[ENDING].enter_context(running_server())
    node.workerinput["postgresql"] = node.config.stash[SERVER]


@pytest.fixture(scope="session")
def shared(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes of the test run."""
    ours = tmp_path_factory.getbasetemp()
    return ours if worker_id == "master" else ours.parent


@pytest.fixture(scope="session")
def sqlite(shared: Path) -> Iterator[Databases]:
    """Databases that are files."""
    from tests.databases import Files

    databases = Files(shared)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def postgresql(shared: Path, worker_id: str, request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Databases on a PostgreSQL server: the whole run's, or, where one process runs all tests, one of its own."""
    from tests.databases import Served
    from tests.server import running_server

    given = getattr(request.config, "workerinput", {})
    with nullcontext(given["postgresql"]) if given else running_server() as server:
        databases = Served(shared, server, worker_id)
        yield databases
        databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Where this test keeps its data."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def database(databases: Databases, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with every table and nothing in it, for tests that do without an app."""
    from tests.databases import opened, tables

    url = databases.copy(tables(databases, tmp_path_factory), tmp_path)
    made = opened(url)
    yield made
    made.dispose()
    databases.drop(url)


@pytest.fixture
def kept(
    databases: Databases, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kept]:
    """A data folder of this test's own with a database at today's version, which the environment names."""
    from tests.databases import Kept, empty

    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    url = databases.copy(empty(databases, tmp_path_factory), folder)
    if databases.name != "sqlite":
        monkeypatch.setenv("MILEPOST_DATABASE", url)
    yield Kept(folder, url)
    databases.drop(url)


@pytest.fixture
def data(kept: Kept) -> Path:
    """The data folder of this test."""
    return kept.folder


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
    """An app over a real database, with the small procedure; nobody is known yet."""
    from tests.factories import config_for, quick
    from web import create_app
    from web.database import db

    made = quick(create_app(config_for(data), clock=clock, procedure=procedure, roles=procedure.roles))
    yield made
    made.extensions["milepost"].jobs.close()
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
