"""Rows of progress tracking: periods, updates, returns, the central log, gaps. New rows supersede old ones."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class PeriodRow(Base):
    """One period of tracking: an ISO week, with the instants until which updates are asked for."""

    __tablename__ = "period"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    instance: Mapped[str] = mapped_column(String(32), unique=True)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    close_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None] = mapped_column(String(64))
    comment: Mapped[str] = mapped_column(Text)


class UpdateRow(Base):
    """What was reported, or not reported, on one milestone in one period. The newest row of a person counts."""

    __tablename__ = "progress_update"
    __table_args__ = (Index("ix_progress_update_project_period", "project", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    period: Mapped[str] = mapped_column(String(10))
    attempt: Mapped[int]
    milestone: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    percent: Mapped[int]
    forecast: Mapped[date | None]
    actual: Mapped[date | None]
    late: Mapped[bool]
    missed: Mapped[bool]
    at: Mapped[datetime]
    instance: Mapped[str] = mapped_column(String(32))


class ReturnRow(Base):
    """An update that the project manager sent back for correction."""

    __tablename__ = "returned_update"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    period: Mapped[str] = mapped_column(String(10), index=True)
    person: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(64))
    comment: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class LogEntryRow(Base):
    """One line of the central log. A correction is a new entry that names the one it corrects."""

    __tablename__ = "log_entry"
    __table_args__ = (Index("ix_log_entry_project_period", "project", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    period: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    clause: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    milestone: Mapped[str | None] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(20))
    impact_days: Mapped[int | None]
    event_on: Mapped[date]
    entered_at: Mapped[datetime]
    person: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(64))
    attempt: Mapped[int]
    corrects: Mapped[int | None]
    instance: Mapped[str] = mapped_column(String(32))


class GapRow(Base):
    """What was not done as the SOP asks: G1, G2, ... in the project, once for each cause. Never changed."""

    __tablename__ = "gap"
    __table_args__ = (UniqueConstraint("project", "origin"),)

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    clause: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(60))
    person: Mapped[str] = mapped_column(String(64))
    milestone: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    written_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    instance: Mapped[str] = mapped_column(String(32), index=True)
    record: Mapped[str] = mapped_column(String(32))
