"""Evidence rows as the log sees them: the name of a row, and one digest over all of its columns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Table, inspect

from engine.ledger.canonical import canonical, digest, instant
from engine.tables import Base, Instant


def claim(row: Base) -> dict[str, str]:
    """What an event says about an evidence row: its table, its key, and the digest over all of its columns.

    The row must be complete: what is not set when its event is written counts as null.
    Raises Refused for a value that cannot be kept as canonical JSON.
    """
    table, values = told(row)
    return {"table": str(table.name), "key": key_of(table, values), "sha256": row_digest(table, values)}


def told(row: Base) -> tuple[Table, dict[str, Any]]:
    """The table of a row, and its values by column."""
    table, names = _shape(type(row))
    return table, {column: getattr(row, name) for column, name in names}


@cache
def _shape(kind: type[Base]) -> tuple[Table, tuple[tuple[str, str], ...]]:
    """The table of a kind of row, and each column with the attribute that holds it."""
    mapper = inspect(kind)
    table = mapper.local_table
    return table, tuple((column.key, mapper.get_property_by_column(column).key) for column in table.columns)


def is_numbered(row: Base) -> bool:
    """Whether the row holds the number of the event that vouches for it, in a column `seq`."""
    return "seq" in _shape(type(row))[0].columns


def key_of(table: Table, values: Mapping[str, Any]) -> str:
    """The primary key of a row as text; several columns as a canonical JSON array."""
    parts = [values[column.key] for column in table.primary_key.columns]
    return str(parts[0]) if len(parts) == 1 else canonical([str(part) for part in parts]).decode()


def row_digest(table: Table, values: Mapping[str, Any]) -> str:
    """SHA-256 over every column of a row, by name.

    Bytes stand in it as their own SHA-256, instants as UTC text. Takes values as Python holds them and as the
    database's driver gives them; what cannot be read as its column's type is taken as it stands, so that it differs.
    """
    return digest({column.key: plain(column.type, values[column.key]) for column in table.columns})


def plain(kind: Any, value: Any) -> Any:
    """One column's value as JSON, the same from Python's value and from the driver's."""
    if isinstance(value, bytes):
        mark = "" if isinstance(kind, LargeBinary) else "bytes "
        return mark + hashlib.sha256(value).hexdigest()
    if isinstance(value, datetime):
        return instant(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, str) and isinstance(kind, (DateTime, Instant)):
        return _stored_instant(value)
    if isinstance(value, str) and isinstance(kind, LargeBinary):
        return "text " + value
    return int(value) if isinstance(value, bool) else value


def _stored_instant(text: str) -> str:
    """An instant as SQLite keeps it, as the ledger writes it."""
    try:
        return instant(datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC))
    except ValueError:
        return "unreadable " + text
