"""Rows of absences: who stands in for whom, when that ended early, and what was done for somebody. Only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.base import Base


class AbsenceRow(Base):
    """A person is away from one day to another, both included, and names a deputy. Days are ISO dates in `zone`."""

    __tablename__ = "absence"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), index=True)
    deputy: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(64))
    """The one project that it is about; "" for all of them."""
    role: Mapped[str] = mapped_column(String(100))
    """The one role that it is about; "" for all of them."""
    first_day: Mapped[str] = mapped_column(String(10))
    last_day: Mapped[str] = mapped_column(String(10))
    zone: Mapped[str] = mapped_column(String(64))
    begins_at: Mapped[datetime]
    """Never before it was recorded."""
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))


class AbsenceEndRow(Base):
    """Says that an absence ended before its last day, or did not come about."""

    __tablename__ = "absence_end"

    absence_id: Mapped[str] = mapped_column(
        ForeignKey("absence.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    person: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))


class ActingRow(Base):
    """Says that a task, and the signature given with it, was done for an absent person, by which absence."""

    __tablename__ = "acting"

    task_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    absence_id: Mapped[str] = mapped_column(ForeignKey("absence.id", deferrable=True, initially="DEFERRED"), index=True)
    person: Mapped[str] = mapped_column(String(64))
    """Who did it."""
    absent: Mapped[str] = mapped_column(String(64))
    absent_name: Mapped[str] = mapped_column(String(200))
    instance_id: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))
