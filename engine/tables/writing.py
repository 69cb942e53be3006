"""Writing rows without the ORM: those of several tables at once, in as few statements as the database takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Dialect, Insert, LargeBinary, Table, Update, bindparam, insert, update

Values = Mapping[str, Any]
_Shape = tuple[tuple[Table, tuple[str, ...]], ...]
_Changed = tuple[Table, tuple[str, ...], tuple[str, ...]]
_KNOWN = "known_"


@dataclass(frozen=True)
class Change:
    """What a row of a table is to hold, by column name, if it holds what is `known` of it."""

    table: Table
    known: Values
    values: Values


def insert_all(connection: Connection, rows: Mapping[Table, Sequence[Values]]) -> None:
    """Insert rows, by column name, into their tables; all rows of one table give the same columns.

    PostgreSQL gets one statement for all of them, which reads the rows out of JSON: what a completion costs there is
    mostly the number of its statements. Bytes cannot stand in JSON, so their tables take a statement each, as every
    table does elsewhere.
    """
    at_once = _left(connection, rows)
    if at_once:
        statement = _together(connection.dialect, _shape(at_once), None)
        connection.exec_driver_sql(statement, _texts(at_once))


def change_and_insert(connection: Connection, change: Change, rows: Mapping[Table, Sequence[Values]]) -> bool:
    """Change a row and insert others as `insert_all` does, in one statement if possible; say whether that was done.

    Where the row does not hold what is known of it, nothing is inserted either, except into tables with bytes.
    """
    table, known, values = change.table, change.known, change.values
    if connection.dialect.name == "postgresql":
        at_once = _left(connection, rows)
        statement = _together(connection.dialect, _shape(at_once), (table, tuple(known), tuple(values)))
        given = (*values.values(), *known.values(), *_texts(at_once))
        return bool(connection.exec_driver_sql(statement, given).scalar())
    named = {_KNOWN + name: value for name, value in known.items()}
    if connection.execute(_update(table, tuple(known)), {**values, **named}).rowcount == 0:
        return False
    insert_all(connection, rows)
    return True


def _left(connection: Connection, rows: Mapping[Table, Sequence[Values]]) -> dict[Table, Sequence[Values]]:
    """Insert what needs a statement of its own, and give what can go into one for all."""
    at_once: dict[Table, Sequence[Values]] = {}
    for table, given in rows.items():
        if given and connection.dialect.name == "postgresql" and not _has_bytes(table):
            at_once[table] = given
        elif given:
            connection.execute(_insert(table), given)
    return at_once


def _shape(rows: Mapping[Table, Sequence[Values]]) -> _Shape:
    return tuple((table, tuple(given[0])) for table, given in rows.items())


def _texts(rows: Mapping[Table, Sequence[Values]]) -> tuple[str, ...]:
    return tuple(orjson.dumps(given).decode() for given in rows.values())


@lru_cache(maxsize=256)
def _insert(table: Table) -> Insert:
    return insert(table)


@lru_cache(maxsize=256)
def _update(table: Table, known: tuple[str, ...]) -> Update:
    return update(table).where(*(table.columns[name] == bindparam(_KNOWN + name) for name in known))


@lru_cache(maxsize=256)
def _has_bytes(table: Table) -> bool:
    return any(isinstance(column.type, LargeBinary) for column in table.columns)


@lru_cache(maxsize=256)
def _together(dialect: Dialect, shape: _Shape, change: _Changed | None) -> str:
    """PostgreSQL's one statement: the insertions, after the change and only if that came about, if there is one."""
    condition = " WHERE EXISTS (SELECT FROM changed)" if change else ""
    parts = [f"part_{number} AS ({_insertion(dialect, *one)}{condition})" for number, one in enumerate(shape)]
    if change:
        parts.insert(0, f"changed AS ({_changing(dialect, *change)} RETURNING 1)")
    return f"WITH {', '.join(parts)} SELECT {'count(*) FROM changed' if change else '1'}"


def _insertion(dialect: Dialect, table: Table, names: Iterable[str]) -> str:
    columns = [table.columns[name] for name in names]
    listed = ", ".join(_quoted(dialect, column.name) for column in columns)
    typed = ", ".join(f"{_quoted(dialect, column.name)} {_type(dialect, column)}" for column in columns)
    source = f"json_to_recordset(%s::json) AS given ({typed})"
    return f"INSERT INTO {_quoted(dialect, table.name)} ({listed}) SELECT {listed} FROM {source}"


def _changing(dialect: Dialect, table: Table, known: Iterable[str], names: Iterable[str]) -> str:
    """The values come before what is known."""

    def equals(name: str) -> str:
        return f"{_quoted(dialect, name)} = %s::{_type(dialect, table.columns[name])}"

    to, where = ", ".join(map(equals, names)), " AND ".join(map(equals, known))
    return f"UPDATE {_quoted(dialect, table.name)} SET {to} WHERE {where}"


def _quoted(dialect: Dialect, name: str) -> str:
    return dialect.identifier_preparer.quote(name)


def _type(dialect: Dialect, column: Column[Any]) -> str:
    return column.type.compile(dialect=dialect)
