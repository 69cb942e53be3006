"""The row by which workers know of each other. The jobs themselves lie in DBOS's own tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class WorkerRow(Base):
    """One process that works jobs off. It raises `beats` every two seconds for as long as it lives."""

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """DBOS's executor id: what a job at work is marked with."""
    host: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    beats: Mapped[int]
