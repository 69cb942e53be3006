"""The central log of achievements, setbacks and whatever went otherwise than the SOP asks (5.2c, 5.2d)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from engine import Unit, names
from processes.calendar import day_of, week_of
from processes.tables import LogEntryRow
from processes.writing import Writing


@dataclass(frozen=True)
class LogEntry:
    """One line of the log; `superseded` when the same person handed in the period's update again."""

    id: int
    kind: str
    clause: str
    text: str
    milestone: str | None
    cause: str
    impact_days: int | None
    event_on: date
    entered_at: datetime
    person: str
    name: str
    by: str
    period: str
    corrects: int | None
    instance: str
    superseded: bool


def write(
    writing: Writing,
    zone: str,
    kind: str,
    text: str,
    *,
    clause: str,
    person: str = "",
    period: str = "",
    milestone: str | None = None,
    cause: str = "",
    impact_days: int | None = None,
    event_on: date | None = None,
    attempt: int = 1,
    corrects: int | None = None,
) -> None:
    """Add a line to the log. Without a day it happened today, without a period in the present week of the zone."""
    now = writing.unit.clock()
    today = day_of(now, zone)
    row = LogEntryRow(
        project=writing.project,
        period=period or week_of(today),
        kind=kind,
        clause=clause,
        text=text,
        milestone=milestone,
        cause=cause,
        impact_days=impact_days,
        event_on=event_on or today,
        entered_at=now,
        person=person or writing.by.person,
        by=writing.by.person,
        attempt=attempt,
        corrects=corrects,
        instance=writing.instance or "",
    )
    writing.add(row, ident=f"{writing.project}/{row.period}/{kind}")


def entries(
    unit: Unit,
    project: str,
    *,
    period: str | None = None,
    kinds: Sequence[str] | None = None,
    current: bool = False,
    until: datetime | None = None,
) -> list[LogEntry]:
    """Lines of the log, oldest first. `current` leaves out those that a later submission took the place of."""
    query = select(LogEntryRow).where(LogEntryRow.project == project)
    if period is not None:
        query = query.where(LogEntryRow.period == period)
    if until is not None:
        query = query.where(LogEntryRow.entered_at <= until)
    rows = list(unit.session.scalars(query.order_by(LogEntryRow.id)))
    newest: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.period, row.person)
        newest[key] = max(newest.get(key, 0), row.attempt)
    printed = names(unit, {row.person for row in rows})
    found = [_entry(row, printed, row.attempt < newest[row.period, row.person] and _reported(row)) for row in rows]
    wanted = [one for one in found if kinds is None or one.kind in kinds]
    return [one for one in wanted if not (current and one.superseded)]


def _reported(row: LogEntryRow) -> bool:
    """Whether the line came with an update, which a later one replaces; what the program noted stays."""
    return row.kind in ("achievement", "setback", "nil", "blocker", "help")


def _entry(row: LogEntryRow, printed: dict[str, str], superseded: bool) -> LogEntry:
    return LogEntry(
        id=row.id,
        kind=row.kind,
        clause=row.clause,
        text=row.text,
        milestone=row.milestone,
        cause=row.cause,
        impact_days=row.impact_days,
        event_on=row.event_on,
        entered_at=row.entered_at,
        person=row.person,
        name=printed.get(row.person, row.person),
        by=row.by,
        period=row.period,
        corrects=row.corrects,
        instance=row.instance,
        superseded=superseded,
    )
