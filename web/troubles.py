"""What is wrong when the database refuses, told from the driver's code: the same few troubles on every database."""

from __future__ import annotations

import sqlite3
from enum import Enum

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


class Trouble(Enum):
    """What is wrong with the database."""

    BUSY = "busy"
    FULL = "full"
    DAMAGED = "damaged"
    UNUSABLE = "unusable"
    UNKNOWN = "unknown"


FILES = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_IOERR: Trouble.UNUSABLE,
    sqlite3.SQLITE_CANTOPEN: Trouble.UNUSABLE,
    sqlite3.SQLITE_READONLY: Trouble.UNUSABLE,
    sqlite3.SQLITE_CORRUPT: Trouble.UNUSABLE,
}
SERVERS = {
    "55P03": Trouble.BUSY,  # a lock was not to be had in time
    "57014": Trouble.BUSY,  # a statement took too long
    "25P03": Trouble.BUSY,  # a transaction lay idle too long
    "53300": Trouble.BUSY,  # too many connections
    "40": Trouble.BUSY,  # two transactions in each other's way
    "53100": Trouble.FULL,
    "08": Trouble.UNUSABLE,  # the connection
    "57": Trouble.UNUSABLE,  # the server is being stopped or started
    "58": Trouble.UNUSABLE,  # its disk
    "28": Trouble.UNUSABLE,  # who may come in
    "3D": Trouble.UNUSABLE,  # no such database
    "25": Trouble.UNUSABLE,  # a standby, which only reads
    "42501": Trouble.UNUSABLE,  # not allowed to
    "XX": Trouble.DAMAGED,
}
"""By SQLSTATE, or by its class: https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def trouble_of(error: SQLAlchemyError) -> Trouble:
    """Which trouble the database has."""
    if isinstance(error, NoConnectionFree):
        return Trouble.BUSY
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        return FILES.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, Trouble.UNKNOWN)
    state = getattr(cause, "sqlstate", None)
    if state:
        return SERVERS.get(state) or SERVERS.get(state[:2]) or Trouble.UNKNOWN
    return Trouble.UNUSABLE if isinstance(error, OperationalError) else Trouble.UNKNOWN  # no server gave it a code
