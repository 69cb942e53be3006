"""Rows of projects: what they are, their settings and holds, who takes part, what was communicated to whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class ProjectRow(Base):
    """A project under the SOP. `settings` is the JSON of `processes.settings.Settings`."""

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


class SettingChangeRow(Base):
    """A setting of a project that somebody changed, or wants to: S1, S2, ... in the project.

    `state` is in-force, proposed, declined or replaced: the sponsor decides on what asks less than before, and every
    stakeholder on what asks less than the SOP.
    """

    __tablename__ = "setting_change"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    setting: Mapped[str] = mapped_column(String(40))
    old: Mapped[str] = mapped_column(Text)
    new: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(Text)


class SettingAgreementRow(Base):
    """One stakeholder's agreement to a setting to which all of them have to agree. Never changed."""

    __tablename__ = "setting_agreement"
    __table_args__ = (
        ForeignKeyConstraint(["project", "change"], ["setting_change.project", "setting_change.id"]),
    )

    project: Mapped[str] = mapped_column(String(64), primary_key=True)
    change: Mapped[str] = mapped_column(String(20), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    remark: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class HoldRow(Base):
    """A time in which a project is on hold: H1, H2, ... in the project, with its reason and the date of its end."""

    __tablename__ = "hold"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    held_at: Mapped[datetime]
    until: Mapped[datetime]
    comment: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    remark: Mapped[str] = mapped_column(Text)


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
