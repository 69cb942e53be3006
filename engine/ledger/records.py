"""Records: typed content under a hash, in revisions that supersede one another and are never edited."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, Select, exists, select
from sqlalchemy.orm import aliased

from engine.errors import NotFound, Refused, SignatureVoid
from engine.ledger.canonical import canonical
from engine.ledger.events import log
from engine.ledger.newest import last_revision, newest_row
from engine.ledger.sections import check_content
from engine.ledger.voiding import void_superseded
from engine.tables import RecordRow
from engine.unit import Unit
from engine.values import Actor, Draft, Shown, StandIn

FORMAT = 1
"""The version of the envelope's shape."""


@dataclass(frozen=True)
class Record:
    """One sealed revision. `text` is the canonical envelope, `sha256` its hash, `supersedes` the id it replaces."""

    id: str
    type: str
    subject: str
    key: str
    revision: int
    title: str
    content: Mapping[str, Any] = field(repr=False)
    text: str = field(repr=False)
    sha256: str
    supersedes: str | None
    definition: str
    instance: str
    task: str | None
    sealed_at: datetime
    sealed_by: str
    seq: int = field(compare=False)
    """The number of its event; 0 as long as that is not written."""
    clauses: tuple[str, ...] = ()
    superseded: bool = False
    """Whether a newer revision stood in the database when this was read."""
    behalf: str | None = None
    """For whom it was sealed, by person id; None if in the own name."""
    behalf_name: str = ""

    @property
    def sections(self) -> Sequence[Mapping[str, Any]]:
        """What people read, in order."""
        return self.content["sections"]

    @property
    def data(self) -> Mapping[str, Any]:
        """The same for programs."""
        return self.content["data"]

    @property
    def number(self) -> str:
        """How the record is called in print: type, key and revision."""
        return "/".join(part for part in (self.type, self.key, f"r{self.revision}") if part)

    @property
    def intact(self) -> bool:
        """Whether the hash recomputed from what is kept is the hash that was sealed."""
        return hashlib.sha256(self.text.encode()).hexdigest() == self.sha256


def compose(
    unit: Unit, draft: Draft, *, definition: str, instance: str, behalf: StandIn | None = None
) -> dict[str, Any]:
    """The envelope that sealing this draft now would hash: the same facts give the same envelope.

    It says by which absence and for whom it is sealed, if not in the own name.
    `supersedes` in it is the hash of the revision it replaces, so revisions form a chain.
    Raises Refused when the content is not of the shape that `sections` describes.
    """
    return _envelope(draft, newest_row(unit, draft.type, draft.subject, draft.key), definition, instance, behalf)


def preview(unit: Unit, draft: Draft, *, definition: str, instance: str, behalf: StandIn | None = None) -> Shown:
    """What somebody signs who completes the task that seals this draft. Raises Refused as `compose` does."""
    envelope = compose(unit, draft, definition=definition, instance=instance, behalf=behalf)
    return Shown(hashlib.sha256(canonical(envelope)).hexdigest(), envelope)


def seal(
    unit: Unit,
    draft: Draft,
    *,
    by: Actor,
    definition: str,
    instance: str,
    task: str | None = None,
    element: str | None = None,
    role: str = "",
    shown: str | None = None,
    behalf: StandIn | None = None,
) -> Record:
    """Seal the draft as the next revision for its type, subject and key, with its event.

    Signatures on older revisions are void from then on. The hash is `preview`'s if nothing has changed since; give
    what was shown as `shown` to make sure: another hash then raises SignatureVoid and nothing is sealed.
    Raises Refused as `compose` does.
    """
    last, was_signed = last_revision(unit, draft)
    envelope = _envelope(draft, last, definition, instance, behalf)
    text = canonical(envelope)
    sha256 = hashlib.sha256(text).hexdigest()
    if shown is not None and shown != sha256:
        raise SignatureVoid()
    row = RecordRow(
        id=uuid4().hex,
        type=draft.type,
        subject=draft.subject,
        key=draft.key,
        revision=envelope["revision"],
        title=draft.title,
        content=text.decode(),
        sha256=sha256,
        supersedes=last.id if last else None,
        definition_id=definition,
        instance_id=instance,
        task_id=task,
        sealed_at=unit.clock(),
        sealed_by=by.person,
        salt=secrets.token_hex(16),
    )
    facts = {"type": row.type, "key": row.key, "revision": row.revision, "sha256": sha256}
    log(
        unit, "record.sealed", "record", row.id, by, subject=row.subject, instance=instance, task=task, element=element,
        role=role, old=last.sha256 if last else None, new=sha256, facts=facts, row=row,
    )  # fmt: skip
    if was_signed:
        void_superseded(unit, row, by)
    return _record(row)


def record(unit: Unit, record_id: str) -> Record:
    """The record of this id. Raises NotFound."""
    found = _read(unit, _query().where(RecordRow.id == record_id))
    if not found:
        raise NotFound("There is no such record.")
    return found[0]


def current(unit: Unit, type: str, subject: str, key: str = "") -> Record | None:
    """The newest revision of a document, or None when it was never sealed."""
    row = newest_row(unit, type, subject, key)
    return _record(row) if row else None


def in_instance(unit: Unit, type: str, instance: str) -> Record | None:
    """The record of this type that the instance sealed last, whatever its key; None when it has sealed none."""
    query = _query().where(RecordRow.type == type, RecordRow.instance_id == instance)
    found = _read(unit, query.order_by(RecordRow.seq.desc()).limit(1))
    return found[0] if found else None


def revisions(unit: Unit, type: str, subject: str, key: str = "") -> list[Record]:
    """All revisions of a document, oldest first."""
    query = _query().where(RecordRow.type == type, RecordRow.subject == subject, RecordRow.key == key)
    return _read(unit, query.order_by(RecordRow.revision))


def records(
    unit: Unit,
    *,
    subjects: Collection[str] | None = None,
    type: str | None = None,
    instance: str | None = None,
    newest: bool = False,
    limit: int = 100,
    offset: int = 0,
) -> list[Record]:
    """Records, last sealed first, of these `subjects` or (None) of all; `newest` leaves superseded ones out."""
    query = _query()
    if subjects is not None:
        query = query.where(RecordRow.subject.in_(list(subjects)))
    if type is not None:
        query = query.where(RecordRow.type == type)
    if instance is not None:
        query = query.where(RecordRow.instance_id == instance)
    if newest:
        query = query.where(~superseded(RecordRow))
    return _read(unit, query.order_by(RecordRow.seq.desc()).limit(limit).offset(offset))


def superseded(row: Any) -> ColumnElement[bool]:
    """The condition that a newer revision of the same document exists."""
    newer = aliased(RecordRow)
    same = (newer.type == row.type, newer.subject == row.subject, newer.key == row.key)
    return exists().where(*same, newer.revision > row.revision)


_ALL = select(RecordRow, superseded(RecordRow))


def _query() -> Select[Any]:
    return _ALL


def _read(unit: Unit, query: Select[Any]) -> list[Record]:
    return [_record(row, bool(old)) for row, old in unit.session.execute(query)]


def _envelope(
    draft: Draft, last: RecordRow | Row[Any] | None, definition: str, instance: str, behalf: StandIn | None
) -> dict[str, Any]:
    check_content(draft.content)
    acting = {"absence": behalf.absence, "for": behalf.person, "name": behalf.name} if behalf else None
    return {
        **({"acting": acting} if acting else {}),
        "v": FORMAT,
        "type": draft.type,
        "subject": draft.subject,
        "key": draft.key,
        "revision": last.revision + 1 if last else 1,
        "title": draft.title,
        "clauses": list(draft.clauses),
        "supersedes": last.sha256 if last else None,
        "definition": definition,
        "instance": instance,
        "content": dict(draft.content),
    }


def _record(row: RecordRow, old: bool = False) -> Record:
    try:
        envelope = json.loads(row.content)
        content, clauses = envelope["content"], tuple(envelope["clauses"])
        acting = envelope.get("acting") or {"for": None, "name": ""}
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"The record {row.id} cannot be read: what is kept of it was altered. Run verify.") from error
    return Record(
        id=row.id,
        type=row.type,
        subject=row.subject,
        key=row.key,
        revision=row.revision,
        title=row.title,
        content=content,
        text=row.content,
        sha256=row.sha256,
        supersedes=row.supersedes,
        definition=row.definition_id,
        instance=row.instance_id,
        task=row.task_id,
        sealed_at=row.sealed_at,
        sealed_by=row.sealed_by,
        seq=row.seq or 0,
        clauses=clauses,
        superseded=old,
        behalf=acting["for"],
        behalf_name=acting["name"],
    )
