"""The shape of a record's content: sections that people read, and data that programs read.

    {"sections": [{"heading": str,
                   "text": str,                                                 (may be left out)
                   "fields": [{"label": str, "value": str | number | bool | None}],   (may be left out)
                   "table": {"columns": [str], "rows": [[str]]}}],              (may be left out)
     "data": {...}}

Pages and PDFs show the sections, in their order, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.errors import Refused

Scalar = str | int | float | bool | None
Cell = str | int | date | None


@dataclass(frozen=True)
class Field:
    """One labelled value. None prints as a dash, so that what was left empty is seen to be empty."""

    label: str
    value: Scalar | date = None

    def to_json(self) -> dict[str, Any]:
        """Its JSON form; a date as ISO text."""
        return {"label": self.label, "value": _day(self.value)}


@dataclass(frozen=True)
class Table:
    """A table: as many cells in each row as there are columns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]] = ()

    def to_json(self) -> dict[str, Any]:
        """Its JSON form; dates as ISO text, nothing as an empty cell."""
        return {"columns": list(self.columns), "rows": [[_cell(cell) for cell in row] for row in self.rows]}


@dataclass(frozen=True)
class Section:
    """One part of a record under its heading: a text, labelled values, a table, or several of them in this order."""

    heading: str
    fields: Sequence[Field] = ()
    table: Table | None = None
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """Its JSON form, without the parts it does not have."""
        shape: dict[str, Any] = {"heading": self.heading}
        if self.text:
            shape["text"] = self.text
        if self.fields:
            shape["fields"] = [field.to_json() for field in self.fields]
        if self.table is not None:
            shape["table"] = self.table.to_json()
        return shape


def content_of(sections: Sequence[Section], data: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a record: what people read, and the same for programs (JSON values only)."""
    return {"sections": [section.to_json() for section in sections], "data": dict(data)}


def check_content(value: Any) -> None:
    """Make sure that a record's content has the shape above. Raises Refused, naming the place that does not fit."""
    if not isinstance(value, Mapping) or set(value) != {"sections", "data"}:
        raise Refused('A record\'s content has exactly two parts, "sections" and "data".')
    if not isinstance(value["data"], Mapping):
        raise Refused('A record\'s "data" is a JSON object.')
    if not isinstance(value["sections"], Sequence) or isinstance(value["sections"], str) or not value["sections"]:
        raise Refused('A record has at least one section in "sections".')
    for at, section in enumerate(value["sections"]):
        _check_section(section, f"sections[{at}]")


def _check_section(section: Any, where: str) -> None:
    _want(
        isinstance(section, Mapping) and set(section) <= {"heading", "text", "fields", "table"},
        where,
        "a section has a heading, and text, fields or a table",
    )
    _want(isinstance(section.get("heading"), str) and section["heading"], f"{where}.heading", "a text is needed")
    _want(isinstance(section.get("text", ""), str), f"{where}.text", "a text is needed")
    _want(isinstance(section.get("fields", []), list), f"{where}.fields", "a list is needed")
    for at, field in enumerate(section.get("fields", [])):
        _want(
            isinstance(field, Mapping)
            and set(field) == {"label", "value"}
            and isinstance(field["label"], str)
            and isinstance(field["value"], Scalar),
            f"{where}.fields[{at}]",
            "a field has a label and one value: text, number, yes or no, or nothing",
        )
    if "table" in section:
        _check_table(section["table"], f"{where}.table")


def _check_table(table: Any, where: str) -> None:
    _want(isinstance(table, Mapping) and set(table) == {"columns", "rows"}, where, "a table has columns and rows")
    columns, rows = table["columns"], table["rows"]
    _want(_texts(columns) and columns, f"{where}.columns", "a list of texts is needed")
    _want(isinstance(rows, list), f"{where}.rows", "a list of rows is needed")
    for at, row in enumerate(rows):
        _want(_texts(row) and len(row) == len(columns), f"{where}.rows[{at}]", f"{len(columns)} texts are needed")


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _want(true: Any, where: str, sentence: str) -> None:
    if not true:
        raise Refused(f"The record cannot be sealed. At {where}: {sentence}.")


def _day(value: Scalar | date) -> Scalar:
    return value.isoformat() if isinstance(value, date) else value


def _cell(value: Cell) -> str:
    return "" if value is None else str(_day(value))
