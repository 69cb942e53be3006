"""The columns of a plan's table: their names, what else they are called, and how one cell is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from processes.calendar import WEEKDAYS

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
_DAY = re.compile(r"(?:(?P<weekday>[^\W\d_]+)[.,]?\s+)?(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?")


class Unreadable(ValueError):
    """A cell that says nothing that can be used; the text is a sentence for people."""


def named(head: Sequence[Any]) -> tuple[dict[str, int], list[str]]:
    """Column name -> place for the columns that are known, the first of each; and the headings that are not."""
    found: dict[str, int] = {}
    unused = []
    for at, cell in enumerate(head):
        heading = " ".join(str(cell if cell is not None else "").split())
        name = _NAMES.get(heading.casefold().replace("_", " "))
        if name is None or name in found:
            unused += [heading] if heading else []
        else:
            found[name] = at
    return found, unused


def plain(cell: Any) -> str:
    """A cell as text; what a spreadsheet was kept from taking for a formula is given back."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = " ".join(str(cell).split())
    return text[1:] if re.match(r"'[=+\-@]", text) else text


def day(cell: Any, weekday: Any = None) -> str:
    """A date as ISO text, “” for none. A weekday beside or before it must fit. Raises Unreadable."""
    text = plain(cell)
    if not text:
        return ""
    match = _DAY.fullmatch(text)
    if match is None:
        raise Unreadable(f"“{text}” is no date. Write year-month-day, such as 2026-05-15.")
    try:
        found = date.fromisoformat(match["day"])
    except ValueError:
        raise Unreadable(f"There is no day {match['day']}.") from None
    for said in (match["weekday"], plain(weekday)):
        if said and said.upper()[:3] != WEEKDAYS[found.weekday()]:
            raise Unreadable(f"{found} is a {found:%A}, not “{said}”.")
    return found.isoformat()


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
