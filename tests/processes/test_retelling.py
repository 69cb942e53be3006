"""Rows changed, added or taken away past the program: `verify` names each, in every table that the procedure keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, Table, delete, insert, select, update

import engine
import processes
from engine import THE_SYSTEM, Base, Instant
from processes import tables
from processes.tables import MemberRow, RequiredApprovalRow
from processes.writing import BULKY, PERSONAL, Writing
from tests.processes.world import World

KINDS: list[type[Base]] = sorted(
    (getattr(tables, name) for name in tables.__all__),
    key=lambda one: Base.metadata.sorted_tables.index(one.__table__),
)
"""What others refer to comes first."""
WRITTEN = [kind for kind in KINDS if kind is not RequiredApprovalRow]
"""Those whose rows leave an event each. Approvers are named by one event for all."""
IN_CLEAR = {
    "about", "action", "applied_as", "base_sha256", "baseline", "before", "cause", "change", "channel", "circulated",
    "claim", "clause", "closure", "corrects", "course", "document_type", "id", "impact", "instance", "key", "kind",
    "meeting", "milestone", "outcome", "period", "priority", "process", "project", "proposal", "record", "report",
    "result", "reverted_as", "role", "rule", "setting", "sha256", "source", "state", "status", "type", "version",
    "zone", "after", "decision",
}  # fmt: skip
"""Columns of text that name no person and hold nothing that somebody wrote: ids, hashes, words of a fixed list."""


def sample(column: Column[Any], number: int) -> Any:
    """Some value for a column; `number` tells two of them apart."""
    if column.key == "project" or (column.table.name == "project" and column.key == "id"):
        return "apollo"
    for refers in column.foreign_keys:
        return sample(refers.column, number)
    for kind, value in (
        (JSON, {"some": [number, "text"]}), (Boolean, bool(number % 2)), (Date, date(2026, 3, number)),
        (Instant, datetime(2026, 3, number, 7, 30, 0, 250, tzinfo=UTC)), (Integer, number), (Float, number + 0.5),
    ):  # fmt: skip
        if isinstance(column.type, kind):
            return value
    return f"{column.key} {number}"


def numbered(table: Table) -> bool:
    """Whether the database numbers the rows."""
    return any(column.autoincrement is True for column in table.primary_key)


def values(table: Table, number: int) -> dict[str, Any]:
    """A row of a table, without a number that the database gives."""
    given = [one for one in table.columns if not (one.primary_key and one.autoincrement is True)]
    return {one.key: sample(one, number) for one in given}


@pytest.fixture
def kept(running: World) -> World:
    """A project in which every table has two rows that the program wrote."""
    writing = Writing(running.unit, THE_SYSTEM, "apollo")
    for kind in WRITTEN:
        for number in (11, 12) if kind.__tablename__ != "project" else ():
            row = kind(**values(kind.__table__, number))
            writing.add(row, ident="apollo/any" if numbered(kind.__table__) else "")
        running.session.flush()
    running.session.commit()
    assert processes.verify_rows(running.unit) == ()
    return running


def key(table: Table, row: dict[str, Any]) -> str:
    return "/".join(str(row[one.key]) for one in table.primary_key.columns)


def last(world: World, table: Table) -> tuple[Any, str]:
    """The condition that finds the last row of a table, and its key."""
    newest = select(table).order_by(*[one.desc() for one in table.primary_key])
    row = dict(world.session.execute(newest).mappings().first())
    return [one == row[one.key] for one in table.primary_key.columns], key(table, row)


def found(world: World) -> dict[str, set[str]]:
    """Table -> the keys of what does not fit; what was written is taken back."""
    named: dict[str, set[str]] = {}
    for one in processes.verify_rows(world.unit):
        named.setdefault(one.table, set()).add(one.key)
    world.session.rollback()
    return named


def test_every_row_that_was_altered_is_named_with_every_column(kept: World) -> None:
    altered = {}
    for kind in WRITTEN:
        table = kind.__table__
        where, name = last(kept, table)
        other = {column: value for column, value in values(table, 21).items() if not table.columns[column].primary_key}
        kept.session.execute(update(table).where(*where).values(other))
        altered[table.name, name] = set() if numbered(table) else set(other) - {"project"}
    faults = {(one.table, one.key): one.what for one in processes.verify_rows(kept.unit)}
    kept.session.rollback()
    assert altered.keys() <= faults.keys()
    for fault, columns in altered.items():
        assert columns <= set(faults[fault].rstrip(".").rpartition(": ")[2].split(", ")), fault


def test_every_row_that_was_taken_away_is_named(kept: World) -> None:
    gone = {}
    for kind in reversed(KINDS):
        where, name = last(kept, kind.__table__)
        if kind.__tablename__ != "project":
            kept.session.execute(delete(kind).where(*where))
            gone[kind.__tablename__] = {"" if numbered(kind.__table__) or kind is RequiredApprovalRow else name}
    assert found(kept) == gone


def test_every_row_that_was_added_is_named(kept: World) -> None:
    forged = {}
    for kind in WRITTEN:
        table = kind.__table__
        if table.name != "project":
            kept.session.execute(insert(table).values(values(table, 25)))
            forged[table.name] = {last(kept, table)[1]}
    kept.session.execute(insert(RequiredApprovalRow).values(values(RequiredApprovalRow.__table__, 25)))
    assert found(kept).keys() == {*forged, "required_approval"}


def test_a_role_that_somebody_gave_themselves_in_the_database_is_named(running: World) -> None:
    forged = {"id": "f" * 32, "project": "apollo", "person": "tom", "role": "Sponsor", "since": running.clock.now}
    running.session.execute(insert(MemberRow).values(forged))
    (fault,) = processes.verify_rows(running.unit)
    assert (fault.table, fault.key) == ("member", "f" * 32)


def test_no_event_shows_who_somebody_is_or_what_was_written() -> None:
    """A new column of text is either committed to, or named here as one that says nothing about a person."""
    shown = {
        f"{kind.__tablename__}.{one.key}" for kind in WRITTEN for one in kind.__table__.columns
        if not isinstance(one.type, (Boolean, Date, Integer, Float, Instant))
        and one.key not in PERSONAL | BULKY | IN_CLEAR
    }  # fmt: skip
    assert shown == set()
    assert not PERSONAL & IN_CLEAR


def test_what_a_closure_says_of_people_is_only_committed_to(running: World) -> None:
    processes.close(running.unit, "apollo", running.actor("pm"), "It is done")
    (event,) = engine.events(running.unit, kind="closure.added")
    assert event.said["reason"] == "It is done"
    assert set(event.said["respondents"]) == {"tom", "tia", "sue", "sam"}
    assert not {"reason", "respondents", "why_open"} & set(event.new)
