"""Rows that prove who let instances follow to another version, who repaired them, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.base import Base


class MigrationRow(Base):
    """What was asked: which instances are to follow to which definition, and why. `chosen` is JSON {id: stand}."""

    __tablename__ = "migration"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    process: Mapped[str] = mapped_column(String(200), index=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id", deferrable=True, initially="DEFERRED"))
    mapping: Mapped[str] = mapped_column(Text)
    chosen: Mapped[str] = mapped_column(Text)
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(2000))
    person: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    salt: Mapped[str] = mapped_column(String(32))


class OutcomeRow(Base):
    """What came of it for one instance: migrated, blocked or moved; `report` is JSON of what was found."""

    __tablename__ = "migration_outcome"
    __table_args__ = (Index("ix_migration_outcome_instance_id", "instance_id"),)

    migration_id: Mapped[str] = mapped_column(
        ForeignKey("migration.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    instance_id: Mapped[str] = mapped_column(
        ForeignKey("instance.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    outcome: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(32))
    report: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    seq: Mapped[int] = mapped_column(unique=True)
    salt: Mapped[str] = mapped_column(String(32))


class RepairRow(Base):
    """A repair that somebody proposed: retry, skip, move or set. `stand` is the instance's version as it was seen."""

    __tablename__ = "repair"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(
        ForeignKey("instance.id", deferrable=True, initially="DEFERRED"), index=True
    )
    kind: Mapped[str] = mapped_column(String(20))
    task: Mapped[str] = mapped_column(String(32))
    element: Mapped[str] = mapped_column(String(200))
    target: Mapped[str | None] = mapped_column(String(200))
    variable: Mapped[str | None] = mapped_column(String(200))
    value: Mapped[str | None] = mapped_column(Text)
    stand: Mapped[int]
    reason: Mapped[str] = mapped_column(String(2000))
    person: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))


class RepairDecisionRow(Base):
    """What a second person decided about a repair: carried-out or refused; or withdrawn, by whoever proposed it."""

    __tablename__ = "repair_decision"

    repair_id: Mapped[str] = mapped_column(
        ForeignKey("repair.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(2000))
    person: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))
