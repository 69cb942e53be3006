"""Rows of the plan: milestones as they stand, frozen baselines, every forecast ever made, and who answered to what."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class MilestoneRow(Base):
    """A milestone. Its id is never used again, and does not change with its name or place.

    `target` and `baseline` move only when a baseline is frozen or an approved change is applied.
    """

    __tablename__ = "milestone"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    deliverable: Mapped[str] = mapped_column(Text)
    criterion: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(20))
    tolerance: Mapped[int]
    weight: Mapped[float]
    after: Mapped[str] = mapped_column(String(400))
    target: Mapped[date]
    baseline: Mapped[date]
    forecast: Mapped[date]
    actual: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(20))
    percent: Mapped[int]
    added_on: Mapped[date | None]
    dropped_on: Mapped[date | None]


class BaselineRow(Base):
    """The date that one approved baseline gave one milestone. Never changed."""

    __tablename__ = "baseline"

    project: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    milestone: Mapped[str] = mapped_column(String(40), primary_key=True)
    date: Mapped[date]
    weight: Mapped[float]
    record: Mapped[str] = mapped_column(String(32))
    frozen_on: Mapped[date]


class ForecastRow(Base):
    """What was said on one day about one milestone: expected when, reached when, or removed. Never changed."""

    __tablename__ = "forecast"
    __table_args__ = (Index("ix_forecast_project_milestone", "project", "milestone"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    milestone: Mapped[str] = mapped_column(String(40))
    recorded_on: Mapped[date]
    date: Mapped[date | None]
    kind: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(60))
    instance: Mapped[str] = mapped_column(String(32))


class ResponseRow(Base):
    """What one person answered to one revision of a document: accepted, read, or passed in silence."""

    __tablename__ = "response"
    __table_args__ = (Index("ix_response_project_about_key", "project", "about", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    project: Mapped[str] = mapped_column(ForeignKey("project.id"))
    about: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(20))
    proposed: Mapped[date | None]
    comment: Mapped[str] = mapped_column(Text)
    instance: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
