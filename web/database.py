"""The database: one SQLAlchemy over the engine's metadata, with SQLite made to serialise writers and to be durable."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, create_engine, event

from engine import Base

db = SQLAlchemy(metadata=Base.metadata)

WRITE: ContextVar[bool] = ContextVar("milepost_write", default=True)
"""Whether a transaction begun now is going to write. Requests that only read turn it off."""

BUSY_SECONDS = 15
OPTIONS = {"hide_parameters": True}
"""Errors of the database end in the log, and must not carry the values that people typed."""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON")


def connect_database(app: Flask) -> None:
    """Bind the session to the app's database and prepare each of its connections."""
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = OPTIONS
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def prepare(engine: Engine) -> Engine:
    """Attach the listeners that every connection of Milepost needs; returns the same engine.

    A SQLite transaction that reads first and writes later fails as soon as somebody else wrote in between, whatever
    the timeout; so transactions that are going to write take the write lock at their beginning.
    """
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def open_engine(url: str) -> Engine:
    """An engine outside any app, for commands: prepared like the app's."""
    return prepare(create_engine(url, **OPTIONS))


@contextmanager
def only_reading() -> Iterator[None]:
    """Transactions begun inside do not take the write lock."""
    token = WRITE.set(False)
    try:
        yield
    finally:
        WRITE.reset(token)


def _on_connect(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # the driver's own BEGIN comes too late, and never IMMEDIATE
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()


def _on_begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if WRITE.get() else "BEGIN")
