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


def from_csv(text: str, start: date | None = None) -> History:
    """The history in a CSV file with the columns milestone, recorded_on, date and state, and perhaps others.

    Cells are separated by commas, semicolons or tabs. A date may name its weekday, as may a column `weekday`; it must
    fit. What was recorded on the first day is the plan: the last date that this day gives a milestone is its baseline.
    Of one milestone, rows count in the order of the file; a file whose newest rows come first is read from its end. The
    start is the earliest date that lay in the past when the plan was made, or that day itself, unless given.

    Raises HistoryRefused, naming the line, for rows that cannot be.
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
    text = text.removeprefix("\ufeff")
    head = next((line for line in io.StringIO(text) if line.strip()), "")
    separator = max(",;\t", key=head.count)
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
            if any(cell.strip() for cell in row):
                yield _fact(dict(zip(names, row, strict=False)), lines.line_num)
    except csv.Error as error:
        raise HistoryRefused(f"Line {lines.line_num} is no CSV: {error}.") from error


def _fact(row: Mapping[str, str], number: int) -> Fact:
    name, kind = row.get("milestone", "").strip(), row.get("state", "").strip().casefold()
    try:
        recorded_on = written_day(row.get("recorded_on", ""))
        day = None if kind == REMOVED else written_day(row.get("date", ""), row.get("weekday", ""))
    except NoDay as error:
        raise HistoryRefused(f"Line {number} cannot be read: {error}.") from error
    if not name or kind not in KINDS or recorded_on is None or (day is None and kind != REMOVED):
        raise HistoryRefused(
            f"Line {number} needs a milestone, the day of recording, a state ({', '.join(KINDS)}),"
            " and a date unless removed."
        )
    if kind == ACTUAL and day and day > recorded_on:
        raise HistoryRefused(f"Line {number} says that {name} was reached after the day on which that was recorded.")
    return Fact(name, recorded_on, day, kind)
