"""Rows of milestone acceptance: claims that a milestone is complete, and what was said about each."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base

_OPEN = text("ended_at IS NULL")


class ClaimRow(Base):
    """A claim that a milestone is complete: Q1, Q2, ... in the project. `instance` judges it, once that has begun.

    `met_on` is the day on which the criterion was met, which is not the day of any click; `before` is the status that
    the milestone goes back to if the claim does not hold. A milestone has one open claim at most.
    """

    __tablename__ = "claim"
    __table_args__ = (
        Index("uq_claim_open", "project", "milestone", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    sequence: Mapped[int]
    milestone: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(20))
    claimed_by: Mapped[str] = mapped_column(String(64))
    claimed_at: Mapped[datetime]
    met_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(String(20))
    loops: Mapped[int]
    instance: Mapped[str | None] = mapped_column(String(32), index=True)
    ended_at: Mapped[datetime | None]


class ClaimStepRow(Base):
    """What was said about a claim: claimed, verified, sent back, accepted, taken back, and by whom. Never changed."""

    __tablename__ = "claim_step"
    __table_args__ = (Index("ix_claim_step_project_claim", "project", "claim"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    claim: Mapped[str] = mapped_column(String(20))
    milestone: Mapped[str] = mapped_column(String(40))
    round: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    person: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    met_on: Mapped[date | None]
    at: Mapped[datetime]
    instance: Mapped[str] = mapped_column(String(32))
