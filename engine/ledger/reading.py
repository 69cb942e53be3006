"""Reading a table under scrutiny: as the driver gives it, a few rows at a time, whatever stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Table, select, type_coerce
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.types import LargeBinary, NullType

from engine.ledger.verdict import Fault

MANY, FEW = 500, 8
"""Rows held in memory at a time: of small rows, and of rows that carry whole files."""

Report = Callable[[Fault], None]


def rows_of(session: Session, table: Table, report: Report, *order: Column[Any]) -> Iterator[dict[str, Any]]:
    """Every row of a table as {column: value}, in the given order or that of its key, without holding them all.

    Values come as the driver gives them, so that a value that does not fit its column is read and compared like any
    other. A table that cannot be read at all is reported as a fault, and the rows end there.
    """
    large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    raw = [type_coerce(column, NullType()).label(column.key) for column in table.columns]
    query = select(*raw).order_by(*(order or table.primary_key.columns))
    try:
        for row in session.execute(query, execution_options={"yield_per": FEW if large else MANY}).mappings():
            yield dict(row)
    except SQLAlchemyError as error:
        report(Fault(table.name, "", f"The table cannot be read to its end: {error.args[0]}"))
