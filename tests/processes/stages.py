"""The states from which tests of the processes start: each is made once on one kind of database, and copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

import engine as milepost
import processes
from engine import THE_SYSTEM
from tests.databases import Databases, opened, tables
from tests.processes.world import PEOPLE, START, HeldClock, World


@dataclass(frozen=True)
class Stage:
    """A state from which tests start: `act` makes it out of another, once on one kind of database."""

    name: str
    before: Stage | None
    act: Callable[[World], object]

    def prepared(self, databases: Databases, folders: pytest.TempPathFactory) -> tuple[str, datetime]:
        """The URL of a database to be copied, and the time there."""

        def make() -> tuple[str, datetime]:
            source, now = tables(databases, folders), START
            if self.before is not None:
                source, now = self.before.prepared(databases, folders)
            url = databases.copy(source, folders.mktemp("stage"))
            with _world(url, now) as made:
                self.act(made)
                made.session.commit()
                return url, made.clock.now

        return databases.shared(self.name, make)


def begins_at(stage: Stage, name: str) -> Any:
    """A fixture of this name: a world of the test's own that has come as far as the stage."""

    @pytest.fixture(name=name)
    def fixture(databases: Databases, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
        source, now = stage.prepared(databases, tmp_path_factory)
        url = databases.copy(source, tmp_path)
        with _world(url, now) as made:
            yield made
        databases.drop(url)

    return fixture


@contextmanager
def _world(url: str, now: datetime) -> Iterator[World]:
    engine = opened(url)
    clock = HeldClock()
    clock.now = now
    with Session(engine) as session:
        yield World(session, clock)
    engine.dispose()


def _deploy(world: World) -> None:
    for person, (name, _) in PEOPLE.items():
        milepost.add_person(world.unit, person, name, THE_SYSTEM)
    milepost.deploy(world.unit, processes.bundle(), THE_SYSTEM)


DEPLOYED = Stage("a deployed procedure", None, _deploy)
"""People and the deployed SOP; no project yet."""
RUNNING = Stage("a running project", DEPLOYED, World.baseline)
"""A project with an approved baseline."""
