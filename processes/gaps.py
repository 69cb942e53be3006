"""Gaps: what was not done as the SOP asks, written by the program itself, sealed, and counted once for each cause.

Whoever finds a gap calls `write_gap`. It leaves a sealed record, a row that lists and figures count, and a line of the
central log. A gap is never taken back: what is done later is another event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

import engine
from engine import Unit, Work, names
from processes.log import write
from processes.projects import project
from processes.records.gap import gap_record
from processes.tables import GapRow
from processes.vocabulary import GAP_KINDS
from processes.writing import Writing


@dataclass(frozen=True)
class Gap:
    """One gap: G1, G2, ... in its project. `at` is when it came about, `written_at` when it was written.

    `about` is the id of what it concerns: a period, a review, a change, a document's revision. `person` is who had to
    do it, or "" where nobody in particular had to. `record` and `instance` are ids.
    """

    id: str
    project: str
    kind: str
    clause: str
    about: str
    person: str
    name: str
    milestone: str | None
    text: str
    at: datetime
    written_at: datetime
    by: str
    instance: str
    record: str

    @property
    def title(self) -> str:
        """What kind of gap it is, as people say it."""
        return GAP_KINDS[self.kind][0] if self.kind in GAP_KINDS else self.kind


def write_gap(
    work: Work,
    kind: str,
    about: str,
    text: str,
    *,
    clause: str = "",
    person: str = "",
    at: datetime | None = None,
    cause: str = "",
    **logged: Any,
) -> str:
    """Write a gap of a kind of `GAP_KINDS` in the name of the program; give its id.

    Without a clause it is that of its kind; without an instant it came about now. `cause` tells gaps of a kind apart:
    `about` and the person, if nothing else is said; a gap that has been written for its cause is not written again.
    `logged` is what the line of the log says besides: period, milestone, event_on. Raises KeyError for another kind.
    """
    project_id = work.subject
    writing = Writing(work.unit, engine.THE_SYSTEM, project_id, work.instance, work.task, work.call.element)
    origin = f"{kind}:{cause or f'{about}:{person}'}"[:200]
    query = select(GapRow.id).where(GapRow.project == project_id, GapRow.origin == origin)
    if (written := work.unit.session.scalar(query)) is not None:
        return written
    now = work.unit.clock()
    row = GapRow(
        project=project_id, kind=kind, clause=clause or GAP_KINDS[kind][2], about=about, person=person, text=text,
        milestone=logged.get("milestone"), origin=origin, at=at or now, written_at=now, by=writing.by.person,
        instance=work.instance, **_numbered(work),
    )  # fmt: skip
    printed = names(work.unit, [person])[person] if person else ""
    sealed = engine.seal(
        work.unit, gap_record(project(work.unit, project_id), row, printed), by=writing.by,
        definition=work.definition, instance=work.instance, element=writing.element,
    )  # fmt: skip
    row.record = sealed.id
    return _keep(writing, row, **logged)


def declare_gap(work: Work, kind: str, about: str, text: str, record: str, **logged: Any) -> str:
    """Count what a person says in a sealed record of their own as the gap that it is; give its id."""
    writing, now = Writing.of(work), work.unit.clock()
    row = GapRow(
        project=work.subject, kind=kind, clause=GAP_KINDS[kind][2], about=about, person=writing.by.person, text=text,
        milestone=None, origin=f"{kind}:{about}:{record}", at=now, written_at=now, by=writing.by.person,
        instance=work.instance, record=record, **_numbered(work),
    )  # fmt: skip
    return _keep(writing, row, **logged)


def _numbered(work: Work) -> dict[str, Any]:
    last = work.unit.session.scalar(select(func.max(GapRow.sequence)).where(GapRow.project == work.subject)) or 0
    return {"id": f"G{last + 1}", "sequence": last + 1}


def _keep(writing: Writing, row: GapRow, **logged: Any) -> str:
    """The row with its event, and the line of the log."""
    zone = project(writing.unit, row.project).zone
    writing.add(row)
    write(writing, zone, GAP_KINDS[row.kind][1], row.text, clause=row.clause, person=row.person, **logged)
    writing.unit.session.flush()
    return row.id


def gaps(
    unit: Unit,
    project_id: str,
    *,
    kind: str | None = None,
    clause: str | None = None,
    person: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[Gap]:
    """The gaps of a project that fit all that is asked, the first one first; days are those of the project's zone."""
    query = select(GapRow).where(GapRow.project == project_id).order_by(GapRow.sequence)
    for column, wanted in ((GapRow.kind, kind), (GapRow.clause, clause), (GapRow.person, person)):
        if wanted is not None:
            query = query.where(column == wanted)
    about = project(unit, project_id)
    rows = [
        row
        for row in unit.session.scalars(query)
        if (since is None or about.day(row.at) >= since) and (until is None or about.day(row.at) <= until)
    ]
    printed = names(unit, {row.person for row in rows if row.person})
    return [
        Gap(row.id, row.project, row.kind, row.clause, row.about, row.person, printed.get(row.person, ""),
            row.milestone, row.text, row.at, row.written_at, row.by, row.instance, row.record)
        for row in rows
    ]  # fmt: skip
