"""The states from which stories start: each is made once on one kind of database, and copied for whoever changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

import engine
import processes
from engine import THE_SYSTEM
from processes.demo import PEOPLE, replay
from tests.databases import Databases, Kept, empty
from tests.factories import PASSWORD, TestClock, config_for, quick
from tests.stories.office import START, Office
from web import create_app
from web.commands.demo import give_account, unit_at
from web.database import db
from web.work import work

TODAY = date(2026, 3, 11)
"""The day on which the demo is prepared: a Wednesday."""


def opened(kept: Kept, now: datetime = START) -> Office:
    """An office over a data folder."""
    clock = TestClock(now)
    config = config_for(kept.folder, database=kept.database)
    app = quick(create_app(config, clock=clock))
    return Office(app, clock)


def closed(office: Office) -> None:
    """Let the database go, so that it can be copied or dropped."""
    office.app.extensions["milepost"].jobs.close()
    with office.app.app_context():
        db.engine.dispose()


@dataclass(frozen=True)
class Stages:
    """Prepared data folders on one kind of database."""

    databases: Databases
    folders: pytest.TempPathFactory

    def demo(self) -> Kept:
        """As `demo` prepares it."""
        return self._made("demo", self._empty, live_through, datetime.combine(TODAY, datetime.min.time(), UTC))

    def sop(self) -> Kept:
        """The SOP deployed, the demo's people with accounts, and no project yet."""

        def deploy(office: Office) -> None:
            with office.writing() as unit:
                for one in PEOPLE:
                    engine.add_person(unit, one.id, one.name, THE_SYSTEM)
                engine.deploy(unit, processes.bundle(), THE_SYSTEM)
            _accounts(office.app)

        return self._made("sop", self._empty, deploy)

    def signing(self) -> Kept:
        """A plan waits for the signatures of both stakeholders."""
        return self._made("signing", self.sop, Office.plan)

    def running(self) -> Kept:
        """A project with an approved baseline."""

        def sign(office: Office) -> None:
            for login in ("greta", "samuel"):
                office.do(login, "sign-baseline", {"decision": "approved"})

        return self._made("running", self.signing, sign)

    def deciding(self) -> Kept:
        """A change, raised by Tomas, waits for the decision of both stakeholders."""
        return self._made("deciding", self.running, lambda office: office.raise_change("tomas"))

    @contextmanager
    def kept_in(self, folder: Path, source: Kept, now: datetime = START) -> Iterator[Office]:
        """An office in a new data folder, begun as a copy of another."""
        kept = self._copied(folder, source)
        office = opened(kept, now)
        yield office
        closed(office)
        self.databases.drop(kept.database)

    def _copied(self, folder: Path, source: Kept) -> Kept:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Kept(folder, self.databases.copy(source.database, folder))

    def _empty(self) -> Kept:
        return Kept(Path(), empty(self.databases, self.folders))

    def _made(
        self, name: str, source: Callable[[], Kept], act: Callable[[Office], object], now: datetime = START
    ) -> Kept:
        def make() -> Kept:
            kept = self._copied(self.folders.mktemp(name), source())
            office = opened(kept, now)
            act(office)
            closed(office)
            return kept

        return self.databases.shared(name, make)


def live_through(office: Office) -> None:
    """Replay both of the demo's projects to the day before TODAY, and give everybody an account."""
    with office.app.app_context():
        replay(unit_at, lambda _done, _total: None, TODAY)
    _accounts(office.app)


def _accounts(app: Flask) -> None:
    with app.app_context(), work() as unit:
        for persona in PEOPLE:
            give_account(unit, persona, PASSWORD)
