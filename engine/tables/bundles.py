"""Rows of what is deployed: bundles, their files, and the definitions in them. Never changed once written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.base import Base


class BundleRow(Base):
    """One deployed revision of an organisation's SOP; its digest covers every byte of every file."""

    __tablename__ = "bundle"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    edition: Mapped[str] = mapped_column(String(50))
    reason: Mapped[str] = mapped_column(String(2000))
    digest: Mapped[str] = mapped_column(String(64))
    deployed_at: Mapped[datetime]


class BundleFileRow(Base):
    """One file of a bundle, byte for byte."""

    __tablename__ = "bundle_file"

    bundle_id: Mapped[str] = mapped_column(
        ForeignKey("bundle.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DefinitionRow(Base):
    """One process of a bundle at one version."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("process", "version"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundle.id", deferrable=True, initially="DEFERRED"), index=True)
    process: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    file: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))
    deployed_at: Mapped[datetime]
