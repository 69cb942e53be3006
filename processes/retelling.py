"""Whether the procedure's rows are what the log tells of them: each row is put together again from its events.

Whoever changes, adds or takes away a row past the program leaves the log as it was, and that says otherwise.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Table, func, select, type_coerce
from sqlalchemy.types import NullType

import engine
from engine import Event, Fault, Instant, Unit
from processes import tables
from processes.approvals import NAMED
from processes.calendar import iso
from processes.tables import ProjectRow, RequiredApprovalRow
from processes.writing import BULKY, digest, kind_of, plain

Row = dict[str, Any]
Told = Mapping[str, Mapping[str, list[Row]]]
"""Table -> what its events call a row -> the rows that go by that name; of most there is one."""

ALL = 2**31
KINDS = tuple(getattr(tables, name) for name in tables.__all__)
TABLES: tuple[Table, ...] = tuple(kind.__table__ for kind in KINDS)
_OF_KIND = {kind_of(kind): kind.__tablename__ for kind in KINDS}
_NAMED_ONCE = {"at"}
"""Columns of an approver's row that its event does not repeat."""


def verify_rows(unit: Unit) -> tuple[Fault, ...]:
    """Every row of the procedure that is not what its events say, that none tells of, or that is gone.

    Takes the log for what it says: verify that before. Memory grows with the largest project.
    """
    found: list[Fault] = []
    seen: Counter[str] = Counter()
    shared = [table for table in TABLES if _about(table) is None]
    begun = {one.entity_id for one in engine.events(unit, kind="project.added", limit=ALL)}
    for project in sorted(begun | set(unit.session.scalars(select(ProjectRow.id)))):
        told = _told(engine.events(unit, subject=project, limit=ALL))
        for table in TABLES:
            if (about := _about(table)) is not None:
                rows = _rows(unit, table, about, project)
                seen[table.name] += len(rows)
                found += _compared(table, rows, told)
    for table in shared:
        found += _compared(table, _rows(unit, table), _told(engine.events(unit, entity=table.name, limit=ALL)))
    for table in TABLES:
        count = unit.session.scalar(select(func.count()).select_from(table)) or 0
        if table not in shared and count != seen[table.name]:
            found.append(Fault(table.name, "", f"{count - seen[table.name]} rows are about no project at all."))
    return tuple(found)


def _about(table: Table) -> Column[Any] | None:
    """The column that says which project a row is about; None for a table whose rows are about several, or none."""
    if table is ProjectRow.__table__:
        return table.c.id
    column = table.columns.get("project")
    return None if column is None or column.nullable else column


def _rows(unit: Unit, table: Table, about: Column[Any] | None = None, project: str = "") -> list[Row]:
    """Rows as an event would say them; what does not fit its column is taken as it stands."""
    query = select(*(type_coerce(column, NullType()).label(column.key) for column in table.columns))
    if about is not None:
        query = query.where(about == project)
    found = unit.session.execute(query.order_by(*table.primary_key.columns)).mappings()
    return [{column.key: _read(column, row[column.key]) for column in table.columns} for row in found]


def _read(column: Column[Any], value: Any) -> Any:
    try:
        if isinstance(column.type, JSON) and isinstance(value, str):
            value = json.loads(value)
        if isinstance(column.type, Instant) and isinstance(value, str):
            value = datetime.strptime(value, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return f"unreadable {value}"
    if isinstance(column.type, Boolean) and value in (0, 1):
        return bool(value)
    if isinstance(value, datetime):
        return iso(value)
    return digest(value) if column.key in BULKY and value is not None else plain(value)


def _told(events: Iterable[Event]) -> Told:
    """What events, the newest first, say that there is."""
    found: defaultdict[str, defaultdict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for one in reversed(list(events)):
        kind, _, what = one.kind.rpartition(".")
        if one.kind == NAMED:
            found[one.entity][one.entity_id] += _named(one)
        elif _OF_KIND.get(kind) == one.entity and what in ("added", "changed"):
            rows = found[one.entity][one.entity_id]
            said = {**(one.new or {}), **one.said}
            if what == "added":
                rows.append(said)
            elif rows:
                rows[-1] |= {name: value for name, value in said.items() if name != "was"}
    return found


def _named(event: Event) -> Iterator[Row]:
    """The rows of those who were named to approve a document."""
    for person, role in event.said["people"].items():
        yield {
            "person": person, "role": role, "sha256": event.new["sha256"], "round": event.new["round"],
            "rule": event.new["rule"],
        }  # fmt: skip


def _compared(table: Table, rows: list[Row], told: Told) -> Iterator[Fault]:
    """Rows by the name that events give them; where it is no key, the same number of each has to be there."""
    of_this = told.get(table.name, {})
    if table is RequiredApprovalRow.__table__ or any(column.autoincrement is True for column in table.primary_key):
        yield from _listed(table, rows, of_this)
        return
    left = {name: said[-1] for name, said in of_this.items() if said}
    for row in rows:
        name = _key(table, row)
        said = left.pop(name, None)
        if said is None:
            yield Fault(table.name, name, "No event tells of this row: it was added past the log.")
        elif other := [column for column in row if row[column] != said.get(column)]:
            yield Fault(table.name, name, f"The log says otherwise of it: {', '.join(other)}.")
    for name in left:
        yield Fault(table.name, name, "The row is gone: the log tells of it.")


def _listed(table: Table, rows: list[Row], told: Mapping[str, list[Row]]) -> Iterator[Fault]:
    named = table is RequiredApprovalRow.__table__
    left = Counter(
        _text(table, {**_place(name), **one} if named else one) for name, said in told.items() for one in said
    )
    for row in rows:
        text = _text(table, row)
        left[text] -= 1
        if left[text] < 0:
            yield Fault(table.name, _key(table, row), "The log says otherwise of this row, or nothing at all.")
    for text, count in left.items():
        if count > 0:
            yield Fault(table.name, "", f"{count} rows are gone or altered: the log tells of {text}.")


def _place(name: str) -> Row:
    """The document that an event about its approvers names."""
    project, kind, *key = name.split("/", 2)
    return {"project": project, "document_type": kind, "key": "".join(key)}


def _text(table: Table, row: Mapping[str, Any]) -> str:
    """A row without the number that the database gave it."""
    out = _NAMED_ONCE if table is RequiredApprovalRow.__table__ else {"id"}
    kept = {column.key: row.get(column.key) for column in table.columns if column.key not in out}
    return engine.canonical(kept).decode()


def _key(table: Table, row: Mapping[str, Any]) -> str:
    return "/".join(str(row[column.key]) for column in table.primary_key.columns)
