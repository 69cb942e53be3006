"""Rows of what runs: instances, their tasks, timers, messages and incidents. They follow the engine's state."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.base import Base


class PersonRow(Base):
    """Somebody who can act. The id is never used again for another person."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)


class InstanceRow(Base):
    """One run of a definition about one subject. `state` holds its live tree only; `open` indexes its open rows."""

    __tablename__ = "instance"
    __table_args__ = (UniqueConstraint("process", "key"), Index("ix_instance_subject_status", "subject", "status"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"), index=True)
    process: Mapped[str] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=0)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    open: Mapped[str] = mapped_column(Text, default="{}")
    started_at: Mapped[datetime] = mapped_column(index=True)
    started_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    repaired_at: Mapped[datetime | None]
    """When somebody first repaired it; never taken back."""


class TaskRow(Base):
    """One user task of an instance: open, completed or cancelled."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_status_assignee", "status", "assignee"),
        Index("ix_task_status_subject_role", "status", "subject", "role"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    element: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(100))
    assignee: Mapped[str | None] = mapped_column(String(64))
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_at: Mapped[datetime | None]
    key: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))
    due: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    definition_id: Mapped[str | None] = mapped_column(String(32))
    """The definition under which it ended, if its instance has followed to another since; else the instance's."""


class DraftRow(Base):
    """Answers somebody has begun and not handed in."""

    __tablename__ = "draft"

    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    answers: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class TrailRow(Base):
    """One element that an instance has been through; what its path is drawn from."""

    __tablename__ = "trail"
    __table_args__ = (Index("ix_trail_instance_id_at", "instance_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    element: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(20))
    flows: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    person: Mapped[str] = mapped_column(String(64))
    definition_id: Mapped[str | None] = mapped_column(String(32))
    """The definition that was in force, if the instance has followed to another since; else the instance's."""


class TimerRow(Base):
    """A timer that an instance waits for, with the instant at which it is due."""

    __tablename__ = "timer"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    element: Mapped[str] = mapped_column(String(200))
    due: Mapped[datetime] = mapped_column(index=True)


class StartTimerRow(Base):
    """A time at which a process starts by itself, for the newest version of it; `text` is how the diagram says it."""

    __tablename__ = "start_timer"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"))
    process: Mapped[str] = mapped_column(String(200), index=True)
    element: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[datetime] = mapped_column(index=True)
    left: Mapped[int | None]
    anchor: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(Text)


class TimerFaultRow(Base):
    """A timer that was due at an instant and could not elapse: how often it was tried, and when it is tried again."""

    __tablename__ = "timer_fault"

    timer_id: Mapped[str] = mapped_column(ForeignKey("timer.id", ondelete="CASCADE"), primary_key=True)
    due: Mapped[datetime]
    tries: Mapped[int]
    cause: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    retry_at: Mapped[datetime]


class WaitRow(Base):
    """A message that an instance waits for."""

    __tablename__ = "wait"
    __table_args__ = (Index("ix_wait_message_correlation", "message", "correlation"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    element: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(String(200))
    correlation: Mapped[str] = mapped_column(String(200))


class MessageRow(Base):
    """A message between instances: pending until somebody waits for it, then delivered once."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_status_name_correlation", "status", "name", "correlation"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(200))
    correlation: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    sent_by: Mapped[str | None] = mapped_column(String(32))
    sent_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20))
    delivered_to: Mapped[str | None] = mapped_column(String(32))
    delivered_at: Mapped[datetime | None]


class IncidentRow(Base):
    """A step that failed, with its cause; open until somebody retries it and it works."""

    __tablename__ = "incident"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    task: Mapped[str] = mapped_column(String(32))
    element: Mapped[str] = mapped_column(String(200))
    cause: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), index=True)
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))
