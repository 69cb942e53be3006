"""The row that lets a person sign in. What the person may do in a project is kept by the procedure, not here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class AccountRow(Base):
    """One person's account: login, password hash, roles in the organisation, and the state of wrong attempts."""

    __tablename__ = "account"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=False)
    """The hash is of a one-time code: whoever signs in with it has to choose a password first."""
    code_expires_at: Mapped[datetime | None]
    administrator: Mapped[bool] = mapped_column(default=False)
    process_admin: Mapped[bool] = mapped_column(default=False)
    compliance: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    epoch: Mapped[int] = mapped_column(default=0)
    """Sessions carry this number; raising it ends them all."""
    created_at: Mapped[datetime]
    email: Mapped[str | None] = mapped_column(String(254))
    mail: Mapped[str] = mapped_column(String(10), server_default="at-once")
    """When mail is sent: at-once, daily (all of it in one) or duties (only what the person has to do)."""
    calendar_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """SHA-256 of the secret in the address of the person's calendar feed."""
