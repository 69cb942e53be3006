"""Tables as rows of named cells: CSV in Unicode, and the first sheet of an XLSX workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from processes.errors import PlanFileRefused

Rows = Iterator[tuple[int, Sequence[Any]]]
"""Line number, cells; the first row holds the names of the columns."""

MOST_ROWS = 10_000
"""Rows that are looked at; no plan has so many milestones."""
_MOST_UNPACKED = 200 * 1024 * 1024
_MARKUP = (b"<!DOCTYPE", b"<!ENTITY")


def csv_rows(content: bytes) -> Rows:
    """The rows of a CSV in UTF-8 or UTF-16, separated by commas, semicolons or tabs. Raises PlanFileRefused."""
    text = _text(content)
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in lines:
            if any(cell.strip() for cell in row):
                yield lines.line_num, row
    except csv.Error as error:
        raise PlanFileRefused(f"Line {lines.line_num} is no CSV: {error}.") from None


def xlsx_rows(content: bytes) -> Rows:
    """The rows of the first sheet of a workbook, dates as dates. Raises PlanFileRefused."""
    from openpyxl import load_workbook  # noqa: PLC0415  ten megabytes that are wanted once in a project

    try:
        _sound(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=60), start=1):
            if any(cell is not None and str(cell).strip() for cell in row):
                yield number, row
    except (
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        SyntaxError,
        EOFError,
    ):
        raise PlanFileRefused("The file is no XLSX workbook that can be read. Save it again, or as CSV.") from None


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
        if sum(one.file_size for one in parts) > _MOST_UNPACKED or len(parts) > 1000:
            raise PlanFileRefused("The workbook is too large when unpacked. Keep one sheet with the milestones.")
        for one in parts:
            if one.filename.endswith((".xml", ".rels")):
                with packed.open(one) as part:
                    start = part.read(4096)
                if any(mark in start for mark in _MARKUP):
                    raise PlanFileRefused("The workbook holds markup that is not allowed. Save it again, or as CSV.")
