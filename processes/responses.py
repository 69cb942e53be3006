"""What people answered to a document: bound to the hash of what they had before them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from engine import Record, Unit
from processes.tables import ResponseRow
from processes.writing import Writing


def respond(
    writing: Writing,
    about: str,
    record: Record,
    person: str,
    decision: str,
    *,
    comment: str = "",
    proposed: date | None = None,
) -> None:
    """Write down what a person, or the program for one who kept silent, answers to one revision."""
    row = ResponseRow(
        project=writing.project,
        about=about,
        key=record.key,
        sha256=record.sha256,
        person=person,
        by=writing.by.person,
        decision=decision,
        proposed=proposed,
        comment=comment,
        instance=writing.instance or "",
        at=writing.unit.clock(),
    )
    writing.add(row, ident=f"{writing.project}/{about}/{record.key}")


def responses(unit: Unit, project_id: str, about: str, key: str = "", sha256: str | None = None) -> list[ResponseRow]:
    """The newest answer of each person to a document, or to one revision of it, in the order of answering."""
    query = select(ResponseRow).where(
        ResponseRow.project == project_id, ResponseRow.about == about, ResponseRow.key == key
    )
    if sha256 is not None:
        query = query.where(ResponseRow.sha256 == sha256)
    newest: dict[str, ResponseRow] = {}
    for row in unit.session.scalars(query.order_by(ResponseRow.id)):
        newest.pop(row.person, None)
        newest[row.person] = row
    return list(newest.values())
