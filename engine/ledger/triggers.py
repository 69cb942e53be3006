"""The database's own guard: evidence is added, never changed or removed.

An administrator of the database can drop these triggers; what happens then is for `verify` to see. They keep the
program, a script or a slip of the hand from changing what proves something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Table, UniqueConstraint

from engine.tables import EVIDENCE

FUNCTION = "milepost_refuse_change"


def tables() -> tuple[Table, ...]:
    """The tables that are only ever added to."""
    return tuple(row.__table__ for row in EVIDENCE)  # type: ignore[misc]


def refuse_changes(connection: Connection) -> None:
    """Make the database of this connection refuse changes to evidence. May be called again."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def allow_changes(connection: Connection) -> None:
    """Take the triggers away, for a migration that must rebuild a table; `refuse_changes` puts them back."""
    for table in tables():
        for name in _names(table, connection.dialect.name):
            on = f" ON {table.name}" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")


def statements(dialect: str) -> tuple[str, ...]:
    """The statements that install the triggers on "sqlite" or "postgresql". Raises ValueError for another database."""
    if dialect == "sqlite":
        return tuple(one for table in tables() for one in _sqlite(table))
    if dialect == "postgresql":
        return (_POSTGRESQL, *(one for table in tables() for one in _postgresql(table)))
    raise ValueError(f"there are no triggers for {dialect}")


def _names(table: Table, dialect: str) -> Iterator[str]:
    yield f"{table.name}_no_update"
    yield f"{table.name}_no_delete"
    yield f"{table.name}_no_replace" if dialect == "sqlite" else f"{table.name}_no_truncate"


def _sqlite(table: Table) -> Iterator[str]:
    """INSERT OR REPLACE takes a row away without firing a delete trigger, so it needs a trigger of its own."""
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table.name} is evidence: it is never changed or removed'); END"
    update, delete, replace = _names(table, "sqlite")
    yield f"CREATE TRIGGER IF NOT EXISTS {update} BEFORE UPDATE ON {table.name} {refusal}"
    yield f"CREATE TRIGGER IF NOT EXISTS {delete} BEFORE DELETE ON {table.name} {refusal}"
    taken = " OR ".join(_same(columns) for columns in _unique(table))
    condition = f"WHEN EXISTS (SELECT 1 FROM {table.name} WHERE {taken})"
    yield f"CREATE TRIGGER IF NOT EXISTS {replace} BEFORE INSERT ON {table.name} {condition} {refusal}"


def _unique(table: Table) -> Iterator[list[str]]:
    """The sets of columns of which no two rows have the same values."""
    yield [column.name for column in table.primary_key.columns]
    for constraint in sorted(table.constraints, key=lambda one: str(one.name)):
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns]


def _same(columns: Iterable[str]) -> str:
    return "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns) + ")"


def _postgresql(table: Table) -> Iterator[str]:
    refusal = f"EXECUTE FUNCTION {FUNCTION}()"
    update, delete, truncate = _names(table, "postgresql")
    yield f"CREATE OR REPLACE TRIGGER {update} BEFORE UPDATE ON {table.name} FOR EACH ROW {refusal}"
    yield f"CREATE OR REPLACE TRIGGER {delete} BEFORE DELETE ON {table.name} FOR EACH ROW {refusal}"
    yield f"CREATE OR REPLACE TRIGGER {truncate} BEFORE TRUNCATE ON {table.name} FOR EACH STATEMENT {refusal}"


_POSTGRESQL = f"""CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
MESSAGE = TG_TABLE_NAME || ' is evidence: it is never changed or removed'; END $$"""
