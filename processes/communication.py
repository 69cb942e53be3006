"""What was communicated to whom, and when: one row for each recipient (clause 5.4e)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from engine import Unit, names
from processes.people import everybody
from processes.tables import CommunicationRow
from processes.writing import Writing


@dataclass(frozen=True)
class Communication:
    """One message to one person."""

    about: str
    key: str
    record: str | None
    recipient: str
    name: str
    channel: str
    result: str
    at: datetime


def tell(
    writing: Writing, about: str, *, key: str = "", record: str | None = None, to: Collection[str] | None = None
) -> Mapping[str, str]:
    """Put a message before these people, or before every member; give {person: role}. It appears in their inbox."""
    told = everybody(writing.unit, writing.project)
    if to is not None:
        told = {person: told.get(person, "") for person in to}
    for person in told:
        row = CommunicationRow(
            id=uuid4().hex,
            project=writing.project,
            about=about,
            key=key,
            record=record,
            recipient=person,
            channel="inbox",
            result="delivered",
            instance=writing.instance,
            at=writing.unit.clock(),
        )
        writing.add(row)
    return told


def communications(
    unit: Unit, project: str, *, about: str | None = None, recipient: str | None = None, instance: str | None = None
) -> list[Communication]:
    """What was communicated in a project, oldest first."""
    query = select(CommunicationRow).where(CommunicationRow.project == project)
    if about is not None:
        query = query.where(CommunicationRow.about == about)
    if recipient is not None:
        query = query.where(CommunicationRow.recipient == recipient)
    if instance is not None:
        query = query.where(CommunicationRow.instance == instance)
    rows = list(unit.session.scalars(query.order_by(CommunicationRow.at, CommunicationRow.id)))
    printed = names(unit, {row.recipient for row in rows})
    return [
        Communication(
            row.about, row.key, row.record, row.recipient, printed[row.recipient], row.channel, row.result, row.at
        )
        for row in rows
    ]
