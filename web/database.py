"""The database: one SQLAlchemy over the engine's metadata; SQLite or PostgreSQL, on which writers take turns alike."""

from __future__ import annotations

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import psycopg
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from engine import Base
from web.errors import DataUnusable

db = SQLAlchemy(metadata=Base.metadata)

WRITE: ContextVar[bool] = ContextVar("milepost_write", default=True)
"""Whether a transaction begun now is going to write. Requests turn it off until their own unit of work begins."""
TASK: ContextVar[str | None] = ContextVar("milepost_task", default=None)
"""The task to whose subject a transaction begun now keeps, if it writes; None where it may write about anything."""
STEADY: ContextVar[bool] = ContextVar("milepost_steady", default=False)
"""Whether a transaction begun now only reads, and must see one state of the database throughout."""

BUSY_SECONDS = 15
CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
IDLE_SECONDS = 300
QUIET_SECONDS = 5
"""A connection that was given back less long ago than this is taken to be alive, unless its server said otherwise."""
SINCE = "milepost.since"
TURN = 0x6D696C65
"""The advisory lock under which PostgreSQL's writers take turns. Those that keep to one subject share it."""
SUBJECT = 0x6D696C65
"""With the hash of a subject, the advisory lock of those that keep to it: beside others, and one after the other."""
WITHIN = "milepost.within"
"""Where a connection's info holds the subject to which its transaction keeps."""
READS = "milepost.reads"
"""Where a connection's info says whether its transaction only reads."""
_BEGIN_LOOKING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TURN = f"SELECT pg_advisory_xact_lock({TURN})"
_SHARED_TURN = (
    f"SELECT subject, pg_advisory_xact_lock_shared({TURN}), pg_advisory_xact_lock({SUBJECT}, hashtext(subject))"
    " FROM task WHERE id = %s"
)
OPTIONS = {"hide_parameters": True}
"""Errors of the database end in the log, and must not carry the values that people typed."""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON")
SETTINGS = "; ".join(
    (
        "SET TIME ZONE 'UTC'",
        f"SET lock_timeout = '{BUSY_SECONDS}s'",
        f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'",
    )
)
HASTE = f"SET statement_timeout = '{STATEMENT_SECONDS}s'"
"""What only serves pages: a statement of theirs that takes so long helps nobody any more."""


def connect_database(app: Flask, threads: int = 8) -> None:
    """Bind the session to the app's database and prepare each of its connections; one for each thread that serves."""
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options_for(app.config["SQLALCHEMY_DATABASE_URI"], threads)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine, hasty=True)


def options_for(url: str, threads: int = 2) -> dict[str, Any]:
    """The options of an engine on this database, for as many threads."""
    if make_url(url).get_backend_name() == "sqlite":
        return OPTIONS
    return {
        **OPTIONS,
        "pool_size": threads,
        "max_overflow": 4,  # commands, health and whatever runs beside the threads
        "pool_timeout": BUSY_SECONDS,
        "connect_args": {"connect_timeout": CONNECT_SECONDS, "application_name": "milepost"},
    }


def prepare(engine: Engine, *, hasty: bool = False) -> Engine:
    """Attach the listeners that every connection of Milepost needs; returns the same engine.

    A SQLite transaction that reads first and writes later fails as soon as somebody else wrote in between, whatever
    the timeout; so transactions that are going to write take the write lock at their beginning. On PostgreSQL they
    take an advisory lock instead: what is right on the one is right on the other. Only those that keep to one subject
    go beside those that keep to another, up to the ledger's head, where everybody takes turns again.
    """
    event.listen(engine, "connect", _on_connect)
    if hasty:
        event.listen(engine, "connect", _make_haste)
    event.listen(engine, "begin", _on_begin)
    if engine.dialect.name != "sqlite":
        event.listen(engine, "rollback", _on_rollback)
        event.listen(engine, "checkin", _on_checkin)
        event.listen(engine, "checkout", _on_checkout)
    return engine


def open_engine(url: str, threads: int = 2) -> Engine:
    """An engine outside any app, for commands and workers: prepared like the app's."""
    return prepare(create_engine(url, **options_for(url, threads)))


@contextmanager
def only_reading() -> Iterator[None]:
    """Transactions begun inside do not take the write lock, and see one state of the database."""
    tokens = WRITE.set(False), STEADY.set(True)
    try:
        yield
    finally:
        WRITE.reset(tokens[0])
        STEADY.reset(tokens[1])


def _on_connect(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # the driver's own BEGIN comes too late, and never IMMEDIATE
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
    else:
        connection.autocommit = True  # the driver's own BEGIN would be a question of its own; see _on_begin
        connection.execute(SETTINGS.encode())


def _make_haste(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        connection.execute(HASTE.encode())


def _on_checkin(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[SINCE] = time.monotonic()


def _on_checkout(connection: psycopg.Connection[Any], record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Let go of a connection whose server was stopped or started anew, so that nobody meets it with an error.

    The server says so on the connection: something can be read from it. Where not even that came through, the
    connection has been idle for a while. Only then is the server asked.
    """
    since = record.info.get(SINCE)
    if since is None or (time.monotonic() - since < QUIET_SECONDS and not _can_be_read(connection)):
        return
    try:
        connection.execute(b"")
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _can_be_read(connection: psycopg.Connection[Any]) -> bool:
    if connection.closed:
        return True
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    return bool(watch.poll(0))


def _on_begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if WRITE.get() else "BEGIN")
        return
    connection.info.pop(WITHIN, None)
    connection.info[READS] = STEADY.get() and not WRITE.get()
    if WRITE.get():
        _take_turn(connection, TASK.get())
    else:
        connection.exec_driver_sql(_BEGIN_LOOKING if STEADY.get() else "BEGIN")


def _take_turn(connection: Connection, task: str | None) -> None:
    """Wait until this transaction may write: in the whole database, or about the subject of a task, which is noted.

    Whoever writes in the whole database takes no other lock but the ledger's, and whoever keeps to a subject takes
    that one's only: nobody waits for somebody who waits.
    """
    if task is None:
        connection.exec_driver_sql(f"BEGIN; {_TURN}")
        return
    connection.exec_driver_sql("BEGIN")
    found = connection.exec_driver_sql(_SHARED_TURN, (task,)).first()
    if found is None:
        connection.exec_driver_sql(_TURN)
    else:
        connection.info[WITHIN] = found[0]


def _on_rollback(connection: Connection) -> None:
    """End what only read as if it were kept: whenever it rolls back, the driver gives up all prepared statements."""
    if connection.invalidated or not connection.info.get(READS):
        return
    driver: Any = connection.connection.dbapi_connection
    if driver.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
        with suppress(psycopg.Error):  # whatever it is, the rollback that follows meets it too
            driver.commit()


def reach(url: str) -> None:
    """Make sure that a PostgreSQL server answers for this database. Raises DataUnusable, without its password."""
    try:
        engine = open_engine(url)
        with only_reading(), engine.connect():
            pass
        engine.dispose()
    except (OperationalError, NoSuchModuleError) as error:
        where = make_url(url)
        cause = " ".join(str(getattr(error, "orig", error)).split())
        raise DataUnusable(
            f"The database {where.database} at {where.host or 'the local socket'} does not answer: {cause}"
        ) from None
