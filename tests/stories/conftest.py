"""What stories begin with: the replayed demo, and an office in the states from which most stories start.

Each is made once in a session and copied for whoever changes it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

import engine
import processes
from engine import THE_SYSTEM, Clock, Unit
from processes.demo import PEOPLE, replay
from tests.factories import PASSWORD, TestClock, config_for
from tests.stories.attacks import unmoved
from tests.stories.office import START, Office
from web import create_app
from web.commands.demo import give_account
from web.database import db
from web.work import work

TODAY = date(2026, 11, 23)
"""The day on which the demo is prepared: a Monday."""


def opened(data: Path, now: datetime = START) -> Office:
    """An office over a data folder."""
    clock = TestClock(now)
    app = create_app(config_for(data), clock=clock, procedure=processes.procedure(), roles=processes.roles)
    return Office(app, clock)


def closed(office: Office) -> None:
    """Let the database go: the last connection to close writes the log back into the file."""
    with office.app.app_context():
        db.engine.dispose()


@contextmanager
def kept_in(folder: Path, source: Path | None, now: datetime = START) -> Iterator[Office]:
    """An office in a new data folder, begun as a copy of another."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if source is not None:
        shutil.copy(source / "milepost.sqlite", folder / "milepost.sqlite")
    office = opened(folder, now)
    yield office
    closed(office)


def _accounts(app: Flask) -> None:
    with app.app_context(), work() as unit:
        for persona in PEOPLE:
            give_account(unit, persona, PASSWORD)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """A data folder as `demo` prepares one: both projects lived through, everybody with an account."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(empty_database, folder / "milepost.sqlite")
    with kept_in(folder, None, datetime.combine(TODAY, datetime.min.time(), UTC)) as office:

        @contextmanager
        def at(clock: Clock) -> Iterator[Unit]:
            with work() as unit:
                yield replace(unit, clock=clock)

        with office.app.app_context():
            replay(at, lambda _done, _total: None, TODAY)
        _accounts(office.app)
    return folder


@pytest.fixture(scope="session")
def sop_data(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """The SOP deployed, the demo's people with accounts, and no project yet."""
    folder = tmp_path_factory.mktemp("sop")
    shutil.copy(empty_database, folder / "milepost.sqlite")
    with kept_in(folder, None) as office:
        with office.writing() as unit:
            for one in PEOPLE:
                engine.add_person(unit, one.id, one.name, THE_SYSTEM)
            engine.deploy(unit, processes.bundle(), THE_SYSTEM)
        _accounts(office.app)
    return folder


@pytest.fixture(scope="session")
def signing_data(tmp_path_factory: pytest.TempPathFactory, sop_data: Path) -> Path:
    """A plan that waits for the signatures of both stakeholders."""
    folder = tmp_path_factory.mktemp("signing")
    with kept_in(folder, sop_data) as office:
        office.plan()
    return folder


@pytest.fixture(scope="session")
def running_data(tmp_path_factory: pytest.TempPathFactory, signing_data: Path) -> Path:
    """A project with an approved baseline."""
    folder = tmp_path_factory.mktemp("running")
    with kept_in(folder, signing_data) as office:
        for login in ("greta", "samuel"):
            office.do(login, "sign-baseline", {"decision": "approved"})
    return folder


@pytest.fixture(scope="session")
def deciding_data(tmp_path_factory: pytest.TempPathFactory, running_data: Path) -> Path:
    """A change, raised by Tomas, that waits for the decision of both stakeholders."""
    folder = tmp_path_factory.mktemp("deciding")
    with kept_in(folder, running_data) as office:
        office.raise_change("tomas")
    return folder


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[[Path], Office]]:
    """Open an office of the test's own that begins as a copy of a prepared one."""
    made: list[Office] = []

    def go(source: Path, now: datetime = START) -> Office:
        folder = tmp_path / f"office{len(made)}"
        folder.mkdir(mode=0o700)
        shutil.copy(source / "milepost.sqlite", folder / "milepost.sqlite")
        made.append(opened(folder, now))
        return made[-1]

    yield go
    for office in made:
        closed(office)


@pytest.fixture
def office(begin: Callable[[Path], Office], sop_data: Path) -> Office:
    """No project yet."""
    return begin(sop_data)


@pytest.fixture
def signing(begin: Callable[[Path], Office], signing_data: Path) -> Office:
    """A plan waits for its signatures."""
    return begin(signing_data)


@pytest.fixture
def running(begin: Callable[[Path], Office], running_data: Path) -> Office:
    """A project runs."""
    return begin(running_data)


@pytest.fixture
def deciding(begin: Callable[[Path], Office], deciding_data: Path) -> Office:
    """A change waits for its decisions."""
    return begin(deciding_data)


@pytest.fixture
def attacked(deciding: Office) -> Iterator[Office]:
    """A change waits for Greta and Samuel. Whatever is tried: afterwards the plan stands and the ledger is whole."""
    yield deciding
    unmoved(deciding)
