"""The columns of a plan's table: their names, what else they are called, and how one cell is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from processes.written_days import NoDay, written_day

COLUMNS = (
    "id", "name", "deliverable", "criterion", "owner", "target", "type", "tolerance", "weight", "after", "actual",
)  # fmt: skip
"""The columns of a plan, in the order in which they are written."""

_ALSO = {
    "id": "milestone id|milestone|key|no|number",
    "name": "title|milestone name|task name|summary",
    "deliverable": "description|result",
    "criterion": "acceptance criterion|criteria|acceptance criteria|accepted when|measure",
    "owner": "responsible|assignee|assigned to|resource names|accountable",
    "target": "target date|date|due|due date|finish|planned|planned date|baseline",
    "type": "kind",
    "tolerance": "tolerance days|tolerance (days)|tolerance in days",
    "weight": "value",
    "after": "predecessors|depends on|dependencies",
    "actual": "actual date|reached|completed|completed on|actual finish",
    "weekday": "day of week|day",
}
_NAMES = {other: name for name, others in _ALSO.items() for other in (name, *others.split("|"))}
_BROKEN = re.compile(r"#(REF|N/A|NAME|VALUE|DIV/0|NULL|NUM|SPILL|CALC)[!?]?", re.ASCII)
"""What spreadsheets show in place of what a formula could not work out."""
_FORMULA = re.compile(r"'*\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
"""How a cell begins that a spreadsheet may take for a formula, its wide forms among them; also behind apostrophes."""


class Unreadable(ValueError):
    """A cell that says nothing that can be used; the text is a sentence for people."""


def named(head: Sequence[Any]) -> tuple[dict[str, int], list[str]]:
    """Column name -> place for the columns that are known, and the headings that are not used.

    A heading that is a column's own name goes before another word for it, and else the first goes before the next.
    """
    headings = [" ".join(str(cell if cell is not None else "").split()) for cell in head]
    meant = [_NAMES.get(heading.casefold().replace("_", " ")) for heading in headings]
    found: dict[str, int] = {}
    for own in (True, False):
        for at, (heading, name) in enumerate(zip(headings, meant, strict=True)):
            if name is not None and (heading.casefold() == name) == own:
                found.setdefault(name, at)
    titled = [at for at, one in enumerate(headings) if one.casefold() == "milestone" and found.get("id") != at]
    if titled and "name" not in found:  # beside an id, what is headed so is what people call it
        found["name"], meant[titled[0]] = titled[0], "name"
    unused = []
    for at, (heading, name) in enumerate(zip(headings, meant, strict=True)):
        if name is None and heading:
            unused.append(heading)
        elif name is not None and found[name] != at:
            unused.append(f"{heading} ({name} is read from column {found[name] + 1}, {headings[found[name]]})")
    return found, unused


def harmless(text: str) -> str:
    """A text so that no spreadsheet takes it for a formula: behind an apostrophe, which `plain` takes away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain(cell: Any) -> str:
    """A cell as text on one line. Raises Unreadable as `lines` does."""
    return " ".join(lines(cell).split())


def lines(cell: Any) -> str:
    """A cell as text with its line breaks; what a spreadsheet was kept from taking for a formula is given back.

    Raises Unreadable for the error that a formula has left.
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = "\n".join(" ".join(line.split()) for line in str(cell).splitlines()).strip()
    if _BROKEN.fullmatch(text):
        raise Unreadable(f"The cell holds {text}, the error of a formula. Mend it there, or write the value.")
    return text[1:].lstrip() if text.startswith("'") and _FORMULA.match(text[1:]) else text


def day(cell: Any, weekday: Any = None) -> str:
    """A date as ISO text, “” for none. A weekday beside or before it must fit. Raises Unreadable."""
    try:
        found = written_day(plain(cell), plain(weekday))
    except NoDay as said:
        raise Unreadable(f"{said}.") from None
    return found.isoformat() if found else ""


def whole(cell: Any) -> int:
    """A whole number, 0 for none. Raises Unreadable."""
    text = plain(cell)
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII):
        raise Unreadable(f"“{text}” is no whole number of days.")
    return int(text)


def number(cell: Any) -> float:
    """A number above 0, 1 for none; a decimal comma is one. Raises Unreadable."""
    text = plain(cell).replace(",", ".")
    if not text:
        return 1
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text, re.ASCII) or not float(text):
        raise Unreadable(f"“{text}” is no number above 0.")
    found = float(text)
    return int(found) if found.is_integer() else found
