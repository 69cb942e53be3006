"""What the events say about evidence rows, held outside the database under scrutiny and compared row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager


class Claims:
    """The digests that events give for rows. Kept in a private file of SQLite's, so that memory stays flat."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute(
            "CREATE TABLE claim (tab TEXT, key TEXT, sha256 TEXT, seq INTEGER, seen INTEGER DEFAULT 0,"
            " PRIMARY KEY (tab, key)) WITHOUT ROWID"
        )

    def add(self, table: str, key: str, sha256: str, seq: int) -> int | None:
        """Note what an event claims; give the number of an earlier event that claims the same row, or None."""
        try:
            self._connection.execute("INSERT INTO claim VALUES (?, ?, ?, ?, 0)", (table, key, sha256, seq))
        except sqlite3.IntegrityError:
            [(earlier,)] = self._connection.execute("SELECT seq FROM claim WHERE tab = ? AND key = ?", (table, key))
            return int(earlier)
        return None

    def see(self, table: str, key: str) -> tuple[str, int] | None:
        """The digest claimed for a row that exists and the event that claims it; None when no event knows the row."""
        found = self._connection.execute(
            "SELECT sha256, seq FROM claim WHERE tab = ? AND key = ?", (table, key)
        ).fetchone()
        if found is not None:
            self._connection.execute("UPDATE claim SET seen = 1 WHERE tab = ? AND key = ?", (table, key))
        return found

    def unseen(self) -> Iterable[tuple[str, str, int]]:
        """(table, key, event) of every row that an event claims and that was not there."""
        return self._connection.execute("SELECT tab, key, seq FROM claim WHERE seen = 0 ORDER BY seq, tab, key")


@contextmanager
def open_claims() -> Iterator[Claims]:
    """Claims for the length of one verification; nothing of them stays."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("BEGIN")
        yield Claims(connection)
