"""A plan from a file, line by line: what can be taken, what cannot and why, and what is still to be filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from processes.errors import PlanFileRefused
from processes.exchange.columns import COLUMNS, Unreadable, day, lines, named, number, plain, whole
from processes.exchange.project_xml import xml_rows
from processes.exchange.sheets import MOST_ROWS, NEEDED, Rows, csv_rows, headed, xlsx_rows
from processes.measurability import measure
from processes.people import Member
from processes.plan_check import field_faults, name_warnings, plan_faults
from processes.vocabulary import MILESTONE_TYPES

_READERS = {"csv": csv_rows, "xlsx": xlsx_rows, "xml": xml_rows}
_KEEP_OUT = frozenset({"id", "target", "actual"})
"""Fields whose faults keep a line from being taken; others can be mended in the form."""
_LONGEST = {"id": 20, "name": 120, "deliverable": 2000, "criterion": 2000}


@dataclass(frozen=True)
class Line:
    """One milestone of the file. `values` has the shape of a row of the plan's form; faults and points are by field."""

    number: int
    values: Mapping[str, Any]
    faults: Mapping[str, str]
    points: Mapping[str, str]

    @property
    def taken(self) -> bool:
        """Whether nothing keeps the line from being taken."""
        return not self.faults


@dataclass(frozen=True)
class Preview:
    """What a file holds. `columns` are those that it has, `unused` headings that mean nothing here; `remarks` concern
    the plan as a whole."""

    format: str
    lines: tuple[Line, ...]
    columns: frozenset[str]
    unused: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def taken(self) -> tuple[Line, ...]:
        """The lines that can be taken."""
        return tuple(one for one in self.lines if one.taken)

    @property
    def refused(self) -> tuple[Line, ...]:
        """The lines that cannot be taken."""
        return tuple(one for one in self.lines if not one.taken)


def preview(name: str, content: bytes, team: Sequence[Member], today: date) -> Preview:
    """What the file of this name (.csv, .xlsx or .xml of Microsoft Project) holds, for a project with this team.

    `today` is the day in the project's zone. Raises PlanFileRefused when no plan can be read from it at all.
    """
    kind = name.rpartition(".")[2].casefold()
    if kind not in _READERS:
        raise PlanFileRefused("Plans are read from .csv, .xlsx, or .xml saved by Microsoft Project.")
    if not content.strip():
        raise PlanFileRefused("The file is empty.")
    notes: list[str] = []
    head, rows = headed(_READERS[kind](content, notes))
    places, unused = _places(head)
    width, people = len(head) if kind == "csv" else MOST_ROWS, _people(team)
    read = [_line(number, cells, places, people, width) for number, cells in _bounded(rows)]
    if not read:
        raise PlanFileRefused("The file names its columns and no milestone.")
    owners = {one.person for one in team}
    judged = _judged(read, owners, today)
    sound = [one.values for one in judged if one.taken]
    checkable = [one for one in sound if one["owner"] and measure(one["criterion"]).sound]
    remarks = (*notes, *plan_faults(checkable, owners=owners), *name_warnings(sound))
    return Preview(kind, judged, frozenset(places), tuple(unused), remarks)


def _places(head: Sequence[Any]) -> tuple[dict[str, int], list[str]]:
    places, unused = named(head)
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise PlanFileRefused(
            f"The first line must name the columns. Needed are id, name and target; {', '.join(missing)} is missing."
            f" Known are: {', '.join(COLUMNS)}."
        )
    return places, unused


def _bounded(rows: Rows) -> Iterable[tuple[int, Sequence[Any]]]:
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise PlanFileRefused(f"The file has more than {MOST_ROWS} lines. No plan has so many milestones.")
        yield row


def _people(team: Sequence[Member]) -> dict[str, str]:
    """Name or id, in small letters -> person; “” for a name that two people have."""
    found: dict[str, str] = {}
    for one in team:
        name = one.name.casefold()
        found[name] = one.person if found.get(name, one.person) == one.person else ""
        found[one.person.casefold()] = one.person
    return found


def _line(
    number_: int, cells: Sequence[Any], places: Mapping[str, int], people: Mapping[str, str], width: int
) -> Line:
    def cell(name: str) -> Any:
        at = places.get(name)
        return cells[at] if at is not None and at < len(cells) else None

    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    points: dict[str, str] = {}
    for name in COLUMNS:
        try:
            values[name] = _value(name, cell)
        except Unreadable as said:
            values[name], faults[name] = {"tolerance": 0, "weight": 1}.get(name, ""), str(said)
    if any(str(beyond).strip() for beyond in cells[width:]):
        faults["line"] = f"It has {len(cells)} cells for {width} columns. Put a text with separators in quotes."
    for name, most in _LONGEST.items():
        if len(values[name]) > most:
            faults[name] = f"At most {most} characters; these are {len(values[name])}."
            values[name] = values[name][:most]
    if values["owner"]:
        named_as, values["owner"] = values["owner"], people.get(values["owner"].casefold(), "")
        if not values["owner"]:
            points["owner"] = f"“{named_as}” is not one person of the project team. Choose the owner in the form."
    return Line(number_, {**values, "actual": values["actual"] or None}, faults, points)


def _value(name: str, cell: Any) -> Any:
    if name in ("target", "actual"):
        return day(cell(name), cell("weekday") if name == "target" else None)
    if name == "tolerance":
        return whole(cell(name))
    if name == "weight":
        return number(cell(name))
    if name == "type":
        text = plain(cell(name)).casefold() or "internal"
        if text not in MILESTONE_TYPES:
            raise Unreadable(f"“{text}” is none of: {', '.join(MILESTONE_TYPES)}.")
        return text
    if name == "after":
        return " ".join(plain(cell(name)).replace(",", " ").replace(";", " ").split())
    return lines(cell(name)) if name in ("deliverable", "criterion") else plain(cell(name))


def _judged(read: Sequence[Line], owners: set[str], today: date) -> tuple[Line, ...]:
    """The lines with what the plan's own rules find: some of it keeps them out, the rest is for the form."""
    found = field_faults([one.values for one in read], owners=owners, today=today)
    by_line: dict[int, dict[str, str]] = {}
    for name, sentences in found.items():
        _, _, rest = name.partition(".")
        at, _, field = rest.partition(".")
        if field:
            by_line.setdefault(int(at), {})[field] = sentences[0]
    found_so = [_with(one, by_line.get(at, {})) for at, one in enumerate(read)]
    kept = {one.values["id"] for one in found_so if one.taken}
    lost = {one.values["id"]: one.number for one in found_so if not one.taken and one.values["id"] not in kept}
    return tuple(_without_lost(one, lost) for one in found_so)


def _without_lost(line: Line, lost: Mapping[str, int]) -> Line:
    """The line, with a point if it comes after a milestone on a line that cannot be taken."""
    named_so = [other for other in line.values["after"].split() if other in lost]
    if not line.taken or not named_so:
        return line
    said = f"{named_so[0]} stands on line {lost[named_so[0]]}, which cannot be taken."
    return Line(line.number, line.values, line.faults, {**line.points, "after": said})


def _with(line: Line, more: Mapping[str, str]) -> Line:
    faults = {name: said for name, said in more.items() if name in _KEEP_OUT} | dict(line.faults)
    points = {name: said for name, said in more.items() if name not in _KEEP_OUT} | dict(line.points)
    judged = measure(line.values["criterion"])
    if line.values["criterion"] and judged.sentences:
        points["criterion"] = judged.sentences[0]
    return Line(line.number, line.values, faults, {name: said for name, said in points.items() if name not in faults})
