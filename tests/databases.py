"""Where tests keep data: an SQLite file or a PostgreSQL database, each begun as a copy of a prepared one."""
# ruff: noqa: PLC0415

from __future__ import annotations

import fcntl
import pickle
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psycopg
import pytest
from sqlalchemy import make_url

if TYPE_CHECKING:
    from sqlalchemy import Engine

Made = TypeVar("Made")


on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""For a test about the database's file, or one for which a second database would show nothing new."""


ADVISORY = """SELECT mode FROM pg_locks WHERE locktype = 'advisory'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
"""Asks a PostgreSQL server for the advisory locks of one database; others of the test run have theirs."""


@dataclass(frozen=True)
class Kept:
    """A data folder, and the URL of the database that belongs to it."""

    folder: Path
    database: str


class Databases(ABC):
    """Databases of one kind. What is prepared in one is made once in a test run, and copied for whoever changes it."""

    name: str

    def __init__(self, shared: Path) -> None:
        """`shared` is a folder of all processes of the test run."""
        self._shared = shared
        self._prepared: dict[str, object] = {}
        self._engines: list[Engine] = []

    @abstractmethod
    def new(self, folder: Path) -> str:
        """The URL of a database without tables; where it is a file, it lies in the folder."""

    @abstractmethod
    def copy(self, source: str, folder: Path) -> str:
        """The URL of a copy of a database that nobody is connected to."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Take a database away, whoever is connected to it."""

    def prepared(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes, made once."""
        if name not in self._prepared:
            self._prepared[name] = make()
        return self._prepared[name]  # type: ignore[return-value]

    def shared(self, name: str, make: Callable[[], Made]) -> Made:
        """What one process of the test run makes for all of them: the URL of a database, or plain facts."""
        return self.prepared(name, lambda: self._first(name, make))

    def _first(self, name: str, make: Callable[[], Made]) -> Made:
        note = self._shared / f"{self.name} {name}.made"
        with note.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not note.exists():
                note.write_bytes(pickle.dumps(make()))
        return pickle.loads(note.read_bytes())  # noqa: S301  written by ourselves, a line above

    def engine(self, url: str) -> Engine:
        """An engine that several tests share, on a database that they leave as it is."""
        self._engines.append(opened(url))
        return self._engines[-1]

    def close(self) -> None:
        """The end of the test run."""
        for engine in self._engines:
            engine.dispose()


class Files(Databases):
    """SQLite."""

    name = "sqlite"

    def new(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'milepost.sqlite'}"

    def copy(self, source: str, folder: Path) -> str:
        shutil.copy(make_url(source).database or "", folder / "milepost.sqlite")
        return self.new(folder)

    def drop(self, url: str) -> None:
        """The folder goes with its test."""


class Served(Databases):
    """PostgreSQL, on the server of this URL; `process` tells the databases of one process of the run from another's."""

    name = "postgresql"

    def __init__(self, shared: Path, server: str, process: str = "test") -> None:
        super().__init__(shared)
        self._server, self._process = make_url(server), process
        self._numbers = count(1)

    def new(self, folder: Path) -> str:
        return self._made("")

    def copy(self, source: str, folder: Path) -> str:
        return self._made(f"TEMPLATE {make_url(source).database} STRATEGY file_copy")

    def drop(self, url: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement of the server's administrator."""
        where = self._server
        with psycopg.connect(
            host=where.query["host"], user=where.username, dbname=where.database, autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def _made(self, like: str) -> str:
        name = f"{self._process}_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} {like}")
        return self._server.set(database=name).render_as_string(hide_password=False)


def opened(url: str) -> Engine:
    """An engine as the program opens one."""
    from web.database import open_engine

    return open_engine(url)


def bare(databases: Databases, folders: pytest.TempPathFactory) -> str:
    """A new database with the tables of the rooms that are loaded, and no trigger that guards them."""
    from engine import Base

    url = databases.new(folders.mktemp("bare"))
    engine = opened(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return url


def tables(databases: Databases, folders: pytest.TempPathFactory) -> str:
    """The same, made once; to be copied."""
    return databases.prepared("tables", lambda: bare(databases, folders))


def empty(databases: Databases, folders: pytest.TempPathFactory) -> str:
    """A database of today's version with nothing in it; to be copied."""

    def make() -> str:
        from web.migrations import upgrade

        url = databases.new(folders.mktemp("prepared"))
        engine = opened(url)
        upgrade(engine)
        engine.dispose()  # the last connection to close writes SQLite's log back into the file
        return url

    return databases.shared("empty", make)
