"""Rows of review meetings: the meeting, what was said on each milestone, items, decisions and actions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class MeetingRow(Base):
    """A review meeting: scheduled, then held or not held. `cut` is what the project's data said when frozen.

    `entitled` are those whose presence, or signed answer, makes a quorum, and `needed` how many of them; `course` is
    how it went on without one: reschedule, information, circulation. `circulated` is the record put to them in writing.
    """

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("project", "sequence"),)

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    instance: Mapped[str] = mapped_column(String(32), index=True)
    state: Mapped[str] = mapped_column(String(20))
    scheduled_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(300))
    agenda: Mapped[str] = mapped_column(Text)
    invitees: Mapped[list[str]] = mapped_column(JSON)
    called_by: Mapped[str] = mapped_column(String(64))
    freeze_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    cut: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    distributed_at: Mapped[datetime | None]
    attendees: Mapped[list[str] | None] = mapped_column(JSON)
    apologies: Mapped[list[str] | None] = mapped_column(JSON)
    delegates: Mapped[str] = mapped_column(Text)
    quorum: Mapped[bool | None]
    held: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    held_at: Mapped[datetime | None]
    entitled: Mapped[list[str] | None] = mapped_column(JSON)
    needed: Mapped[int | None]
    course: Mapped[str | None] = mapped_column(String(20))
    answer_by: Mapped[datetime | None]
    circulated: Mapped[str | None] = mapped_column(String(32))


class MeetingMoveRow(Base):
    """A meeting that was moved, or called off (`to_at` is None), and what became of a report that had gone out."""

    __tablename__ = "meeting_move"
    __table_args__ = (Index("ix_meeting_move_project_meeting", "project", "meeting"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    meeting: Mapped[str] = mapped_column(String(20))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    report: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class LineRow(Base):
    """What a held review said about one milestone."""

    __tablename__ = "meeting_line"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    meeting: Mapped[str] = mapped_column(String(20), primary_key=True)
    milestone: Mapped[str] = mapped_column(String(40), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(Text)


class ItemRow(Base):
    """A blocker, constraint or risk that a held review discussed, and what becomes of it."""

    __tablename__ = "meeting_item"
    __table_args__ = (Index("ix_meeting_item_project_meeting", "project", "meeting"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    meeting: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    disposition: Mapped[str] = mapped_column(Text)


class DecisionRow(Base):
    """A decision of a held review: D1, D2, ... in the project; with the change it led to."""

    __tablename__ = "decision"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    meeting: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(64))
    votes: Mapped[str] = mapped_column(Text)
    change: Mapped[str | None] = mapped_column(String(20))


class ActionRow(Base):
    """An action item of a held review: A1, A2, ... in the project. `instance` follows it, once that has begun."""

    __tablename__ = "action"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    meeting: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(64))
    due: Mapped[date]
    priority: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(20))
    instance: Mapped[str | None] = mapped_column(String(32), index=True)


class ActionStepRow(Base):
    """What was said about an action item: done, not-done, closed or reopened; `due` is the date given with the last."""

    __tablename__ = "action_step"
    __table_args__ = (Index("ix_action_step_project_action", "project", "action"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    action: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    person: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None]
    at: Mapped[datetime]
    instance: Mapped[str] = mapped_column(String(32))
