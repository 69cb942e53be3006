"""The job that sends one mail. Its row says that it is to be sent, how often that was tried, and when it is next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, aliased

import engine
from engine import THE_SYSTEM, Clock, PersonRow, Unit
from web.config import Config
from web.database import open_engine
from web.jobs import Kind
from web.mail.sending import Letter, Outcome, send
from web.mail.tables import MailRow
from web.people.tables import AccountRow

log = structlog.get_logger("milepost.mail")

SEND = "mail"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=1)
MOST_TRIES = 52
"""About two days. RFC 5321, section 4.5.4.1, asks for half an hour at least between attempts, and for four to five days
of them where nobody is told; here somebody is."""
REMADE = timedelta(hours=1)
"""An attempt that was due for so long and not made gets another job."""
SHOWN = 200


def pause(tries: int) -> timedelta:
    """How long to wait after so many attempts: 2 minutes, twice as long each time, up to an hour."""
    return min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE)


@dataclass(frozen=True)
class Delivery:
    """Sends the mail of one Milepost."""

    config: Config
    clock: Clock

    def kind(self) -> Kind:
        """The kind of job. The row says when it is tried again, so the queue tries each attempt once."""
        return Kind(SEND, self.note, tries=1, outside=self.carry, wanted=self.wanted)

    def wanted(self, unit: Unit) -> dict[str, dict[str, Any]]:
        """The attempts that are to be made now, by the key of their job.

        What came before to the same person goes before: an entry for a calendar always, since a program that hears of
        a later one first may drop it; other mail where the earlier one has been tried in vain.
        """
        earlier = aliased(MailRow)
        before = or_(earlier.at < MailRow.at, and_(earlier.at == MailRow.at, earlier.revision < MailRow.revision))
        waits_for = (
            select(earlier.id)
            .where(earlier.person == MailRow.person, earlier.state == "queued", before)
            .where(or_(earlier.thread == MailRow.thread, earlier.tries > 0))
        )
        query = (
            select(MailRow.id, MailRow.tries, MailRow.retry_at)
            .where(MailRow.state == "queued", MailRow.retry_at <= unit.clock(), ~waits_for.exists())
            .order_by(MailRow.retry_at, MailRow.id)
            .limit(SHOWN)
        )
        return {
            f"mail:{mail}:{tries}:{(unit.clock() - since) // REMADE}": {"mail": mail, "tries": tries}
            for mail, tries, since in unit.session.execute(query)
        }

    def carry(self, payload: Mapping[str, Any]) -> dict[str, str] | None:
        """Send it. The attempt is written down before: whoever dies meanwhile is followed by one that knows of it."""
        if payload["tries"] >= MOST_TRIES:
            return asdict(Outcome("refused", "It was tried for two days, and no attempt came to an end."))
        bind = open_engine(self.config.database)
        try:
            with Session(bind) as session:
                letter = self._take(session, payload["mail"], payload["tries"])
                session.commit()
        finally:
            bind.dispose()
        if letter is None:
            return None
        return asdict(
            send(letter, self.config) if letter.to else Outcome("refused", "There is no address for this person.")
        )

    def _take(self, session: Session, mail: str, tries: int) -> Letter | None:
        now = self.clock()
        taken = session.execute(
            update(MailRow)
            .where(MailRow.id == mail, MailRow.state == "queued", MailRow.tries == tries)
            .values(tries=tries + 1, retry_at=now + pause(tries + 1))
        )
        if taken.rowcount == 0:
            return None
        row = session.get_one(MailRow, mail)
        account = session.get(AccountRow, row.person)
        active = session.get_one(PersonRow, row.person).active
        row.address = account.email if account and active else None
        return Letter(row.id, row.address or "", row.title, row.text, row.at, row.calendar, row.method)

    def note(self, unit: Unit, payload: Mapping[str, Any]) -> str | None:
        """Write down what became of it; each end of a mail is one event of its project."""
        row, outcome = unit.session.get(MailRow, payload["mail"]), payload["outside"]
        if row is None or outcome is None or row.state != "queued":
            return None
        row.result = outcome["said"]
        if outcome["result"] == "delayed" and row.tries < MOST_TRIES:
            log.warning("mail delayed", mail=row.id, tries=row.tries, reply=_code(row.result))
            return "delayed"
        end(unit, row, "sent" if outcome["result"] == "sent" else "failed")
        return row.state


def end(unit: Unit, row: MailRow, state: str) -> None:
    """Write down how a mail ended, sent or failed: one event of its project."""
    row.state, row.retry_at, row.ended_at = state, None, unit.clock()
    if state == "failed":
        log.error("mail failed", mail=row.id, tries=row.tries, reply=_code(row.result))
    said = {"person": row.person, "address": row.address, "title": row.title, "result": row.result}
    facts = {"cause": row.cause, "tries": row.tries}
    engine.log(
        unit, f"mail.{state}", "mail", row.id, THE_SYSTEM, subject=row.subject, new=state, facts=facts, said=said
    )


def _code(said: str) -> str:
    """The code of a server's reply: the rest of it often names people."""
    return said[:3] if said[:3].isdigit() else said
