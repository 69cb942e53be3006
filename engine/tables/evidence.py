"""Rows that prove: only ever inserted. Each one's digest stands in the event of the transaction that wrote it.

References are checked at the commit: a unit of work writes its rows in whatever order is quickest.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.base import Base


class EventRow(Base):
    """One line of the audit log. `payload` is canonical JSON (RFC 8785), `leaf` its RFC 6962 leaf hash in hex."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_entity_entity_id", "entity", "entity_id"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    entity: Mapped[str] = mapped_column(String(60))
    entity_id: Mapped[str] = mapped_column(String(400))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), index=True)
    payload: Mapped[str] = mapped_column(Text)
    leaf: Mapped[str] = mapped_column(String(64))


class PersonalRow(Base):
    """Who stands behind an event; the event itself holds only SHA-256(salt || canonical content)."""

    __tablename__ = "personal"

    seq: Mapped[int] = mapped_column(
        ForeignKey("event.seq", deferrable=True, initially="DEFERRED"), primary_key=True, autoincrement=False
    )
    salt: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[str] = mapped_column(Text)


class SubmissionRow(Base):
    """The answers with which a task was completed, and the hash of what was shown with the form."""

    __tablename__ = "submission"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(32), unique=True)
    instance_id: Mapped[str] = mapped_column(
        ForeignKey("instance.id", deferrable=True, initially="DEFERRED"), index=True
    )
    element: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(200))
    form_digest: Mapped[str] = mapped_column(String(64))
    answers: Mapped[str] = mapped_column(Text)
    shown: Mapped[str | None] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))


class RecordRow(Base):
    """One revision of a record. `content` is its canonical envelope, `sha256` the hash that signatures name.

    `seq` is the number of the event that tells of it: the order of sealing, whatever the clock says.
    """

    __tablename__ = "record"
    __table_args__ = (UniqueConstraint("type", "subject", "key", "revision"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    key: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    supersedes: Mapped[str | None] = mapped_column(String(32))
    definition_id: Mapped[str] = mapped_column(String(32))
    instance_id: Mapped[str] = mapped_column(String(32), index=True)
    task_id: Mapped[str | None] = mapped_column(String(32))
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(unique=True)
    salt: Mapped[str] = mapped_column(String(32))


class SignatureRow(Base):
    """A person's signature on one revision of a record."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("task_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", deferrable=True, initially="DEFERRED"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(100))
    meaning: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(20))
    instance_id: Mapped[str] = mapped_column(String(32))
    task_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    seq: Mapped[int] = mapped_column(unique=True)
    salt: Mapped[str] = mapped_column(String(32))


class VoidingRow(Base):
    """Says that a signature no longer counts, because what it stood on has been superseded."""

    __tablename__ = "voiding"

    signature_id: Mapped[str] = mapped_column(
        ForeignKey("signature.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]


class AttachmentRow(Base):
    """A file that somebody handed in with answers."""

    __tablename__ = "attachment"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    person: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))


class CommentRow(Base):
    """What somebody said about a task of an instance."""

    __tablename__ = "comment"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(
        ForeignKey("instance.id", deferrable=True, initially="DEFERRED"), index=True
    )
    task_id: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))
