"""A database as one file that fits every kind of database: a manifest with hashes, and the rows table by table.

In the archive, `manifest.json` names each table with its columns, its number of rows and the SHA-256 of its lines;
`tables/<name>.jsonl` holds a JSON array for each row, in the order of its key. Parents come before their children.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Integer, Table, bindparam, func, insert, select, text
from sqlalchemy.exc import DataError

from web.errors import CopyRefused
from web.migrations import current, head
from web.migrations.tables import METADATA

FORMAT = "milepost backup 2"
MANY, FEW = 500, 8
"""Rows held in memory at a time: of small rows, and of rows that carry whole files."""
LARGE = frozenset({"attachment", "bundle_file"})

Progress = Callable[[int], None]
"""Told how many rows have been dealt with since it was told last."""


def rows_in(connection: Connection) -> int:
    """How many rows there are in all."""
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in METADATA.sorted_tables)


def pack(connection: Connection, packed: zipfile.ZipFile, made_at: str, progress: Progress) -> dict[str, Any]:
    """Write every row that the connection's transaction sees, a few at a time; gives the manifest.

    Raises CopyRefused for a database of another version.
    """
    at = current(connection)
    if at != head():
        raise CopyRefused(f"The database is at version {at}, this Milepost needs {head()}. Run: ./milepost upgrade")
    tables = [_pack_table(connection, packed, table, progress) for table in METADATA.sorted_tables]
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": made_at,
        "version": at,
        "events": next(one["rows"] for one in tables if one["name"] == "event"),
        "tables": tables,
    }
    manifest["sha256"] = _seal(manifest)
    packed.writestr("manifest.json", json.dumps(manifest, indent=2))
    return manifest


def _pack_table(connection: Connection, packed: zipfile.ZipFile, table: Table, progress: Progress) -> dict[str, Any]:
    many = FEW if table.name in LARGE else MANY
    query = select(table).order_by(*table.primary_key.columns)
    hashed, count = hashlib.sha256(), 0
    with packed.open(_member(table.name), "w", force_zip64=True) as out:
        for rows in connection.execution_options(yield_per=many).execute(query).partitions(many):
            for row in rows:
                values = [_told(column.type, value) for column, value in zip(table.columns, row, strict=True)]
                line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                hashed.update(line)
                out.write(line)
            count += len(rows)
            progress(len(rows))
    columns = [column.name for column in table.columns]
    return {"name": table.name, "columns": columns, "rows": count, "sha256": hashed.hexdigest()}


def read_manifest(packed: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest of a backup. Raises CopyRefused when it is not this version's, or was altered."""
    manifest = json.loads(packed.read("manifest.json"))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CopyRefused("It was not made by this Milepost. Nothing was changed.")
    if manifest.get("sha256") != _seal(manifest):
        raise CopyRefused("It is damaged: its manifest has another hash than it says. Nothing was changed.")
    if manifest["version"] != head():
        raise CopyRefused(
            f"It holds a database of version {manifest['version']}, this Milepost needs {head()}. Restore it with the "
            "Milepost that made it, and upgrade that. Nothing was changed."
        )
    return manifest


def unpack(connection: Connection, packed: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress) -> None:
    """Insert every row of a backup into a database whose tables are empty, in the connection's transaction.

    Raises CopyRefused for lines that have another hash than the manifest says, and for what this database cannot hold.
    """
    told = {one["name"]: one for one in manifest["tables"]}
    for table in METADATA.sorted_tables:
        _unpack_table(connection, packed, table, told[table.name], progress)
        if connection.dialect.name == "postgresql":
            _number_on(connection, table)


def _unpack_table(
    connection: Connection, packed: zipfile.ZipFile, table: Table, told: dict[str, Any], progress: Progress
) -> None:
    columns = [table.c[name] for name in told["columns"]]
    kinds = {one.key: JSON(none_as_null=True) if isinstance(one.type, JSON) else one.type for one in columns}
    statement = insert(table).values({name: bindparam(name, type_=kind) for name, kind in kinds.items()})
    hashed = hashlib.sha256()
    with packed.open(_member(table.name)) as lines:
        for batch in _batches(lines, FEW if table.name in LARGE else MANY):
            for line in batch:
                hashed.update(line)
            rows = [dict(zip(kinds, map(_meant, json.loads(line)), strict=True)) for line in batch]
            try:
                connection.execute(statement, rows)
            except DataError as error:
                cause = " ".join(str(error.orig).split())
                raise CopyRefused(
                    f"The table {table.name} holds what this database cannot keep ({cause}). Nothing was changed."
                ) from None
            progress(len(batch))
    if hashed.hexdigest() != told["sha256"]:
        raise CopyRefused(
            f"It is damaged: its table {table.name} has another hash than its manifest. Nothing was changed."
        )


def _batches(lines: Any, many: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == many:
            yield batch
            batch = []
    if batch:
        yield batch


def _number_on(connection: Connection, table: Table) -> None:
    """Let a table whose rows PostgreSQL numbers go on after the highest number."""
    column = table.autoincrement_column
    if column is None or not isinstance(column.type, Integer):
        return
    connection.execute(
        text(
            "SELECT setval(pg_get_serial_sequence(:table, :column), greatest(max, 1), max > 0)"
            f" FROM (SELECT coalesce(max({column.name}), 0) AS max FROM {table.name}) AS rows"
            " WHERE pg_get_serial_sequence(:table, :column) IS NOT NULL"
        ),
        {"table": table.name, "column": column.name},
    )


def _told(kind: Any, value: Any) -> Any:
    """A value as it stands in a line: what JSON has no word for is wrapped."""
    if value is None:
        return None
    if isinstance(kind, JSON):
        return {"json": value}
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, datetime):  # before date: every instant is a day, too
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value


def _meant(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    [(word, value)] = told.items()
    read = _WORDS.get(word)
    return read(value) if read else value


_WORDS: dict[str, Callable[[str], Any]] = {
    "base64": base64.b64decode, "at": datetime.fromisoformat, "on": date.fromisoformat,
}  # fmt: skip


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _seal(manifest: dict[str, Any]) -> str:
    """SHA-256 over everything that the manifest says, the hashes of the tables included."""
    told = {name: value for name, value in manifest.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
