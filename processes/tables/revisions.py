"""Rows of the SOP itself: its revisions, and who owns and approves it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class RevisionRow(Base):
    """One look at the SOP: a revision that was drafted, or the finding that nothing changes. R1, R2, ..."""

    __tablename__ = "sop_revision"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int] = mapped_column(unique=True)
    instance: Mapped[str] = mapped_column(String(32), index=True)
    proposal: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20))
    description: Mapped[str] = mapped_column(Text)
    author: Mapped[str | None] = mapped_column(String(64))
    approver: Mapped[str | None] = mapped_column(String(64))
    record: Mapped[str | None] = mapped_column(String(32))
    effective_on: Mapped[date | None]
    readers: Mapped[list[str]] = mapped_column(JSON)
    opened_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class DutyRow(Base):
    """A duty that a person has for the SOP itself, for a time: to own it, or to approve its revisions."""

    __tablename__ = "sop_duty"
    __table_args__ = (Index("ix_sop_duty_person_until", "person", "until"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
