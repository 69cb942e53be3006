"""The row of one mail: to whom, why, what it says, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class MailRow(Base):
    """One mail to one person, written in the transaction of its cause.

    `state` is waiting (for the daily mail), gathered (told in one), kept (there is no mail server), queued, sent,
    failed (for good), settled (failed, and somebody saw to it).
    """

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_retry_at", "state", "retry_at"), Index("ix_mail_person_at", "person", "at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Made of the cause, and the name in the Message-ID: what is sent twice by mischance is seen to be the same."""
    cause: Mapped[str] = mapped_column(String(200), unique=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str] = mapped_column(String(64))
    """The project that it is about; empty for several."""
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(String(10))
    thread: Mapped[str | None] = mapped_column(String(150), index=True)
    """What a calendar entry is about, over all its revisions."""
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(254))
    """Where it was sent to."""
    result: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]
