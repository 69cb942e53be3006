"""Rows of changes, of the conditions they hold on, and of who must approve which revision of which document."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class ChangeRow(Base):
    """A change of the plan: C1, C2, ... in the project. What it asks for stands in its sealed record alone.

    The base is the plan that its requester had before them when they were asked to write it.
    """

    __tablename__ = "change"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    raised_by: Mapped[str] = mapped_column(String(64))
    raised_at: Mapped[datetime]
    source: Mapped[str | None] = mapped_column(String(20))
    instance: Mapped[str | None] = mapped_column(String(32), index=True)
    base_revision: Mapped[int]
    base_sha256: Mapped[str] = mapped_column(String(64))
    impact: Mapped[str] = mapped_column(String(40))
    shift_days: Mapped[int]
    rule: Mapped[str] = mapped_column(String(40))
    rounds: Mapped[int]
    decided_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    applied_as: Mapped[str | None] = mapped_column(String(32))
    implemented_at: Mapped[datetime | None]
    reverted_at: Mapped[datetime | None]
    reverted_as: Mapped[str | None] = mapped_column(String(32))


class ConditionRow(Base):
    """A condition on which a change was approved, as its signer set it; the action item follows it. Never changed."""

    __tablename__ = "approval_condition"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    change: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    record: Mapped[str] = mapped_column(String(32))
    set_by: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(64))
    due: Mapped[date]
    action: Mapped[str] = mapped_column(String(20))


class RequiredApprovalRow(Base):
    """One person who must approve one revision, by its hash, of one document. The last round of naming counts."""

    __tablename__ = "required_approval"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    document_type: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
