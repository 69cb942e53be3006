"""Rows of projects: what they are, who takes part, and what was communicated to whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class ProjectRow(Base):
    """A project under the SOP. `settings` is the JSON of `processes.projects.Settings`."""

    __tablename__ = "project"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    purpose: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20), index=True)
    planned_start: Mapped[date]
    registered_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)


class MemberRow(Base):
    """A role that a person holds in a project for a time."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_person_until", "person", "until"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)
    person: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class CommunicationRow(Base):
    """One message to one person: what about, through which channel, and whether it arrived."""

    __tablename__ = "communication"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)
    about: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(60))
    record: Mapped[str | None] = mapped_column(String(32))
    recipient: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(20))
    instance: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]
