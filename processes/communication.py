"""What was communicated to whom, and when: one row for each recipient (clause 5.4e)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

import engine
from engine import Unit, names
from processes.calendar import iso
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


def mailed(unit: Unit, project: str, instance: str, about: str, key: str) -> dict[str, list[tuple[str, str]]]:
    """Recipient -> (when, result) of the mails that told of something, as far as they are sent or failed.

    A mail is named after the first event that it tells of; several events of one transaction are told in one mail.
    """
    told = {
        f"event:{one.seq}:{one.said['recipient']}": one.said["recipient"]
        for one in engine.events(unit, kind="communication.added", instance=instance, limit=10_000)
        if one.said.get("recipient") and (one.new["about"], one.new["key"]) == (about, key)
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for kind in ("mail.sent", "mail.failed"):
        for one in engine.events(unit, kind=kind, subject=project, limit=100_000):
            person = told.get(str((one.facts or {}).get("cause")))
            if person is not None:
                result = f"{kind.removeprefix('mail.')}: {one.said.get('result') or 'no reply'}"
                found.setdefault(person, []).append((iso(one.at), result))
    return found


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
