"""A milestone history read from CSV: the columns milestone, recorded_on, date and state, in the order of recording."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from processes.errors import HistoryRefused
from processes.metrics.history import ACTUAL, EXPECTED, KINDS, REMOVED, Fact, History, Promise
from processes.written_days import NoDay, written_day

_COLUMNS = ("milestone", "recorded_on", "date", "state")
_CONTROLS = {code: " " for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\r"}
"""Characters that command a terminal: in a name they are told as spaces."""
_TOLD = 10
"""Lines that a refusal names."""


def from_csv(text: str, start: date | None = None) -> History:
    """The history in a CSV file with the columns milestone, recorded_on, date and state, and perhaps others.

    Cells are separated by commas, semicolons or tabs. A date may name its weekday, as may a column `weekday`; it must
    fit. What was recorded on the first day is the plan: the last date that this day gives a milestone is its baseline.
    Of one milestone, rows count in the order of the file; a file whose newest rows come first is read from its end. The
    start is the earliest date that lay in the past when the plan was made, or that day itself, unless given.

    Raises HistoryRefused, naming every line and column, for rows that cannot be: figures of the rest would be wrong.
    """
    facts = _oldest_first(tuple(_facts(text)))
    if not facts:
        raise HistoryRefused("The file holds no milestones.")
    first = min(fact.recorded_on for fact in facts)
    plan = [fact for fact in facts if fact.recorded_on == first and fact.date]
    promised = {fact.milestone: fact.date for fact in plan if fact.kind == EXPECTED and fact.date}
    begun = [fact.date for fact in plan if fact.date and fact.date <= first]
    promises = tuple(Promise(name, day) for name, day in promised.items())
    return History(start or min(begun, default=first), promises, facts)


def out_of_order(history: History) -> tuple[str, ...]:
    """Milestones of which a later row was recorded on an earlier day. The later row counts, but should be looked at."""
    return _falling(history.facts)


def never_there(history: History) -> tuple[str, ...]:
    """Milestones of which nothing is told but that they were removed: perhaps another name was meant."""
    told = {fact.milestone for fact in history.facts if fact.kind != REMOVED}
    return tuple(dict.fromkeys(fact.milestone for fact in history.facts if fact.milestone not in told))


def _falling(facts: Sequence[Fact]) -> tuple[str, ...]:
    last: dict[str, date] = {}
    found: dict[str, None] = {}
    for fact in facts:
        if fact.recorded_on < last.get(fact.milestone, fact.recorded_on):
            found[fact.milestone] = None
        last[fact.milestone] = fact.recorded_on
    return tuple(found)


def _oldest_first(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Turned round if the file begins with the newest: no row was recorded after the one above it, over three days or
    more, and the rows of one milestone fall, too."""
    newest_first = all(b.recorded_on <= a.recorded_on for a, b in pairwise(facts)) and _falling(facts)
    return facts[::-1] if newest_first and len({fact.recorded_on for fact in facts}) > 2 else facts


def _facts(text: str) -> Iterator[Fact]:
    text = text.removeprefix("\ufeff").translate(_CONTROLS)
    head = next((line for line in io.StringIO(text) if line.strip()), "")
    separator = max(",;\t", key=head.count)
    wrong: list[str] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    try:
        names = [name.strip().casefold() for name in next((row for row in lines if any(row)), [])]
        missing = [name for name in _COLUMNS if name not in names]
        if missing:
            said = f"The first line must name the columns {', '.join(_COLUMNS)}; {missing[0]} is missing."
            raise HistoryRefused(said)
        if doubled := [name for name in (*_COLUMNS, "weekday") if names.count(name) > 1]:
            raise HistoryRefused(f"The first line names the column {doubled[0]} twice. Which one counts?")
        for row in lines:
            if not any(cell.strip() for cell in row):
                continue
            try:
                yield _fact(dict(zip(names, row, strict=False)))
            except NoDay as error:
                wrong.append(f"Line {lines.line_num}, {error}.")
    except csv.Error as error:
        wrong.append(f"Line {lines.line_num} is no CSV: {error}.")
    if wrong:
        more = [f"{len(wrong) - _TOLD} more lines cannot be read."] if len(wrong) > _TOLD else []
        raise HistoryRefused("\n".join([*wrong[:_TOLD], *more]))


def _fact(row: Mapping[str, str]) -> Fact:
    name, kind = row.get("milestone", "").strip(), row.get("state", "").strip().casefold()
    if not name:
        raise NoDay("milestone: the name is missing")
    if kind not in KINDS:
        raise NoDay(f"state: “{kind[:20]}” is none of {', '.join(KINDS)}")
    recorded_on = _day(row, "recorded_on")
    day = None if kind == REMOVED else _day(row, "date", row.get("weekday", ""))
    if kind == ACTUAL and day and day > recorded_on:
        raise NoDay(f"date: no milestone is reached on {day}, after {recorded_on}, the day of recording")
    return Fact(name, recorded_on, day, kind)


def _day(row: Mapping[str, str], column: str, weekday: str = "") -> date:
    try:
        day = written_day(row.get(column, ""), weekday)
    except NoDay as error:
        raise NoDay(f"{column}: {error}") from None
    if day is None:
        raise NoDay(f"{column}: the day is missing")
    return day
