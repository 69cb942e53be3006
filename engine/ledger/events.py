"""The audit log: one event per change, numbered without gaps, written in the transaction of the change.

An event's payload is canonical JSON and holds facts only. Who it was and what that person wrote stand in the personal
row beside it; the payload holds SHA-256(salt || canonical content) of that, so that the one can be erased
without breaking the other.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.ledger.canonical import canonical, instant
from engine.ledger.unwritten import head, keep, kept
from engine.tables import Base, EventRow, PersonalRow
from engine.unit import Unit
from engine.values import Actor

FORMAT = 1
"""The version of the payload's shape."""


@dataclass(frozen=True)
class Event:
    """One line of the audit log, with what is personal about it."""

    seq: int
    at: datetime
    kind: str
    entity: str
    entity_id: str
    subject: str
    instance: str | None
    task: str | None
    element: str | None
    role: str
    person: str
    name: str
    old: Any
    new: Any
    facts: Mapping[str, Any]
    said: Mapping[str, Any]
    reason: str


def log(
    unit: Unit,
    kind: str,
    entity: str,
    entity_id: str,
    by: Actor,
    *,
    subject: str = "",
    instance: str | None = None,
    task: str | None = None,
    element: str | None = None,
    role: str = "",
    old: Any = None,
    new: Any = None,
    facts: Mapping[str, Any] | None = None,
    said: Mapping[str, Any] | None = None,
    reason: str = "",
    row: Base | Sequence[Base] | None = None,
) -> None:
    """Add one event to the log of this unit of work, and the evidence rows it vouches for.

    `old`, `new` and `facts` stand in the hashed payload in clear: states, numbers, dates, ids of things, hashes.
    `said` and `reason` are what a person wrote or who is meant (names, person ids): committed to, not in clear.
    Each row is written with the event; its digest covers every column, so it must be complete. A column `seq` of it
    gets the event's number.
    Nothing is written or numbered here: `unwritten` says when it is. Raises Refused for values that JSON cannot hold,
    and OutOfReach.
    """
    unit.reach(subject)
    rows = () if row is None else (row,) if isinstance(row, Base) else tuple(row)
    at, salt = unit.clock(), secrets.token_hex(16)
    personal = canonical({"name": by.name, "person": by.person, "reason": reason, "said": dict(said or {})})
    payload = {
        "v": FORMAT,
        "at": instant(at),
        "kind": kind,
        "entity": entity,
        "id": entity_id,
        "subject": subject,
        "instance": instance,
        "task": task,
        "element": element,
        "role": role,
        "old": old,
        "new": new,
        "facts": dict(facts or {}),
        "software": unit.software,
        "person": commitment(salt, personal),
    }
    canonical(payload)  # refused where it was said, not when it is written
    keep(
        unit.session,
        {
            "at": at,
            "kind": kind,
            "entity": entity,
            "entity_id": entity_id,
            "subject": subject,
            "instance_id": instance,
        },
        payload,
        {"salt": salt, "person": by.person, "content": personal.decode()},
        rows,
    )


def commitment(salt: str, content: bytes) -> str:
    """SHA-256(salt || content) in hex: says nothing about the content to whoever lacks the salt."""
    return hashlib.sha256(bytes.fromhex(salt) + content).hexdigest()


def upcoming(unit: Unit) -> int:
    """The number that the next event of this unit of work gets. Those before it are numbered and written by that."""
    return head(unit.session) + 1


def logged(session: Session, kinds: Collection[str]) -> list[Event]:
    """The events of these kinds that the session's transaction has logged so far, oldest first; asks no database."""
    return [
        _event(SimpleNamespace(**event), SimpleNamespace(**personal))
        for event, personal in kept(session)
        if event["kind"] in kinds
    ]


def events(
    unit: Unit,
    *,
    entity: str | None = None,
    entity_id: str | None = None,
    subject: str | None = None,
    instance: str | None = None,
    kind: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Event]:
    """Events that fit all that is given, newest first."""
    query = select(EventRow, PersonalRow).outerjoin(PersonalRow, PersonalRow.seq == EventRow.seq)
    asked = {
        EventRow.entity: entity,
        EventRow.entity_id: entity_id,
        EventRow.subject: subject,
        EventRow.instance_id: instance,
        EventRow.kind: kind,
    }
    query = query.where(*(column == value for column, value in asked.items() if value is not None))
    rows = unit.session.execute(query.order_by(EventRow.seq.desc()).limit(limit).offset(offset))
    return [_event(row, personal) for row, personal in rows]


def _event(row: EventRow | Any, personal: PersonalRow | Any | None) -> Event:
    payload = json.loads(row.payload)
    content = json.loads(personal.content) if personal else {}
    return Event(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        entity=row.entity,
        entity_id=row.entity_id,
        subject=row.subject,
        instance=row.instance_id,
        task=payload["task"],
        element=payload["element"],
        role=payload["role"],
        person=content.get("person", ""),
        name=content.get("name", ""),
        old=payload["old"],
        new=payload["new"],
        facts=payload["facts"],
        said=content.get("said", {}),
        reason=content.get("reason", ""),
    )
