"""Tables as rows of named cells: CSV in Unicode, and the sheet of an XLSX workbook that holds the plan."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from processes.errors import PlanFileRefused
from processes.exchange.columns import named

Rows = Iterator[tuple[int, Sequence[Any]]]
"""Line number, cells; the first row holds the names of the columns."""

MOST_ROWS = 10_000
"""Rows that are looked at; no plan has so many milestones."""
NEEDED = ("id", "name", "target")
"""Columns without which nothing is a plan."""
_MOST_ABOVE = 10
"""Lines above the names of the columns, such as a title."""
_MOST_UNPACKED, _MOST_SHEETS, _MOST_CELLS = 200 * 1024 * 1024, 20, 200
_MOST_MARKUP, _MOST_STYLES = 16 * 1024 * 1024, 1024 * 1024
"""Bytes of a workbook's own XML, and of its styles: each megabyte takes half a second to read, of styles more. Ten
thousand lines of a plan are about six."""
_MARKUP = (b"<!DOCTYPE", b"<!ENTITY")
_LOCKED = b"\xd0\xcf\x11\xe0"
"""How files of the older Office begin, and workbooks behind a password."""
_SAID = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)
"""A first line by which a spreadsheet says what separates cells."""


def csv_rows(content: bytes, notes: list[str]) -> Rows:  # noqa: ARG001  a table in text has nothing to be noted
    """The rows of a CSV in UTF-8 or UTF-16, separated by commas, semicolons or tabs. Raises PlanFileRefused."""
    text = _text(content)
    head = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    said = _SAID.fullmatch(head.strip())
    separator = said[1] if said else max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begun = 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row) and not (said and begun == 1):
                yield begun, row[:_MOST_CELLS]
            begun = rows.line_num + 1
    except csv.Error as error:
        what = "a quotation mark is opened and not closed" if "unexpected end" in str(error) else str(error)
        raise PlanFileRefused(f"Line {begun} is no CSV: {what}.") from None


def xlsx_rows(content: bytes, notes: list[str]) -> Rows:
    """The rows of the first sheet of a workbook that names the columns, dates as dates. Raises PlanFileRefused.

    What should be known about the sheets goes into the notes.
    """
    from openpyxl import load_workbook  # noqa: PLC0415  ten megabytes that are wanted once in a project

    if content.startswith(_LOCKED):
        raise PlanFileRefused("The workbook is behind a password, or of the old kind .xls. Save it as .xlsx without.")
    try:
        _sound(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets
        yield from _rows_of(sheets[:_MOST_SHEETS], notes)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RuntimeError,
        SyntaxError,
        EOFError,
        OSError,
    ):
        raise PlanFileRefused("The file is no XLSX workbook that can be read. Save it again, or as CSV.") from None


def _rows_of(sheets: Sequence[Any], notes: list[str]) -> Rows:
    """The rows of the first sheet that names the columns; of the first one where none does."""
    for sheet in sheets:
        rows = _filled(sheet)
        above = list(islice(rows, _MOST_ABOVE))
        if any(is_head(cells) for _number, cells in above):
            others = [one.title for one in sheets if one is not sheet]
            if others:
                notes.append(f"Read from the sheet “{sheet.title}”. Not looked at: {', '.join(others)}.")
            yield from chain(above, rows)
            return
    yield from _filled(sheets[0])


def _filled(sheet: Any) -> Rows:
    """The rows of a sheet that hold something; what comes after ten thousand empty ones is never reached."""
    last = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=60), start=1):
        if any(cell is not None and str(cell).strip() for cell in row):
            last = number
            yield number, row
        elif number - last > MOST_ROWS:
            return


def is_head(cells: Sequence[Any]) -> bool:
    """Whether a row names the columns that a plan needs."""
    places, _unused = named(cells)
    return all(name in places for name in NEEDED)


def headed(rows: Rows) -> tuple[Sequence[Any], Rows]:
    """The row that names the columns, and those below it; up to ten lines above are passed over.

    The first row where none names them. Raises PlanFileRefused for nothing at all.
    """
    above = list(islice(rows, _MOST_ABOVE))
    if not above:
        raise PlanFileRefused("The file is empty.")
    at = next((at for at, (_number, cells) in enumerate(above) if is_head(cells)), 0)
    return above[at][1], chain(above[at + 1 :], rows)


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise PlanFileRefused("The file is not text in UTF-8. Save it as “CSV UTF-8”.") from None
    if "\0" in text:
        raise PlanFileRefused("The file is no text. Save it as “CSV UTF-8”.")
    return text


def _sound(content: bytes) -> None:
    """Refuse what would unpack to more than anybody writes, and markup that refers to other files."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        markup = sum(one.file_size for one in parts if not one.filename.startswith("xl/media/"))
        whole = sum(one.file_size for one in parts)
        styles = sum(one.file_size for one in parts if "styles" in one.filename.casefold())
        if markup > _MOST_MARKUP or styles > _MOST_STYLES or whole > _MOST_UNPACKED or len(parts) > 1000:
            raise PlanFileRefused("The workbook is too large when unpacked. Keep one plain sheet with the milestones.")
        for one in parts:
            if one.filename.endswith((".xml", ".rels")):
                _without_doctype(packed, one)


def _without_doctype(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Raises PlanFileRefused for a part with a DOCTYPE or an entity, however far down it stands."""
    tail = b""
    with packed.open(part) as stream:
        while piece := stream.read(1 << 20):
            if any(mark in tail + piece for mark in _MARKUP):
                raise PlanFileRefused("The workbook holds markup that is not allowed. Save it again, or as CSV.")
            tail = piece[-16:]
