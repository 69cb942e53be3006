"""Rows of closures, and of the proposals to change the SOP that come out of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class ClosureRow(Base):
    """A closure of a project: K1, then K2 if that was taken back. `cut` is what was open, and the figures."""

    __tablename__ = "closure"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    instance: Mapped[str] = mapped_column(String(32), index=True)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    why_open: Mapped[str] = mapped_column(Text)
    cut: Mapped[dict[str, Any]] = mapped_column(JSON)
    respondents: Mapped[list[str]] = mapped_column(JSON)
    opened_at: Mapped[datetime]
    feedback_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ProposalRow(Base):
    """A proposal to change the SOP: P1, P2, ... in the organisation, judged by the owner of the SOP."""

    __tablename__ = "proposal"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    project: Mapped[str | None] = mapped_column(ForeignKey("project.id"))
    closure: Mapped[str | None] = mapped_column(String(20))
    clause: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20))
    judged_by: Mapped[str | None] = mapped_column(String(64))
    judged_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(Text)
