"""Inserting rows without the ORM: those of several tables at once, in as few statements as the database takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Dialect, Insert, LargeBinary, Table, insert

Values = Mapping[str, Any]
_Shape = tuple[tuple[Table, tuple[str, ...]], ...]


def insert_all(connection: Connection, rows: Mapping[Table, Sequence[Values]]) -> None:
    """Insert rows, by column name, into their tables; all rows of one table give the same columns.

    PostgreSQL gets one statement for all of them, which reads the rows out of JSON: what a completion costs there is
    mostly the number of its statements. Bytes cannot stand in JSON, so their tables take a statement each, as every
    table does elsewhere.
    """
    at_once: dict[Table, Sequence[Values]] = {}
    for table, given in rows.items():
        if not given:
            continue
        if connection.dialect.name == "postgresql" and not _has_bytes(table):
            at_once[table] = given
        else:
            connection.execute(_insert(table), given)
    if at_once:
        shape = tuple((table, tuple(given[0])) for table, given in at_once.items())
        texts = tuple(orjson.dumps(given).decode() for given in at_once.values())
        connection.exec_driver_sql(_together(connection.dialect, shape), texts)


@lru_cache(maxsize=256)
def _insert(table: Table) -> Insert:
    return insert(table)


@lru_cache(maxsize=256)
def _has_bytes(table: Table) -> bool:
    return any(isinstance(column.type, LargeBinary) for column in table.columns)


@lru_cache(maxsize=256)
def _together(dialect: Dialect, shape: _Shape) -> str:
    *before, last = (_one(dialect, table, names) for table, names in shape)
    parts = ", ".join(f"part_{number} AS ({one})" for number, one in enumerate(before))
    return f"WITH {parts} {last}" if parts else last


def _one(dialect: Dialect, table: Table, names: Iterable[str]) -> str:
    quote = dialect.identifier_preparer.quote
    columns = [table.columns[name] for name in names]
    listed = ", ".join(quote(column.name) for column in columns)
    typed = ", ".join(f"{quote(column.name)} {column.type.compile(dialect=dialect)}" for column in columns)
    source = f"json_to_recordset(%s::json) AS given ({typed})"
    return f"INSERT INTO {quote(table.name)} ({listed}) SELECT {listed} FROM {source}"
