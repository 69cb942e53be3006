"""The outbox: mails written in the transaction of their cause, to those who want them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine import PersonRow, Unit
from web.config import Config
from web.mail.sending import one_line
from web.mail.tables import MailRow
from web.people.tables import AccountRow

AT_ONCE, DAILY, DUTIES = "at-once", "daily", "duties"
"""Choices of when mail is sent, as accounts keep them."""


@dataclass(frozen=True)
class Mail:
    """What one person is to be told. `duty`: the person has to do something, so that no choice suppresses it."""

    cause: str
    person: str
    subject: str
    title: str
    text: str
    duty: bool = False
    calendar: str | None = None
    method: str | None = None
    thread: str | None = None
    revision: int = 0
    gathers: bool = False
    """It is the daily mail itself."""


def post(unit: Unit, config: Config, mails: Iterable[Mail]) -> int:
    """Write mails to those who have an account and want them; gives how many.

    A cause that has been told already is not told again. Who has no account is not told by mail.
    """
    wanted = {one.cause: one for one in mails}
    if not wanted:
        return 0
    session = unit.session
    who = reachable(session, {one.person for one in wanted.values()})
    known = set(session.scalars(select(MailRow.cause).where(MailRow.cause.in_(wanted))))
    rows = [
        _row(unit, config, one, *who[one.person])
        for one in wanted.values()
        if one.person in who and one.cause not in known and not (who[one.person][1] == DUTIES and not one.duty)
    ]
    if rows:
        session.execute(insert(MailRow.__table__), rows)
    return len(rows)


def reachable(session: Session, people: Iterable[str]) -> dict[str, tuple[str | None, str]]:
    """Person -> (address, choice), of those who have an account and act."""
    query = select(AccountRow.person_id, AccountRow.email, AccountRow.mail)
    query = query.join(PersonRow, PersonRow.id == AccountRow.person_id).where(PersonRow.active)
    found = session.execute(query.where(AccountRow.person_id.in_(sorted(people))))
    return {person: (email, choice) for person, email, choice in found}


def _row(unit: Unit, config: Config, mail: Mail, address: str | None, choice: str) -> dict[str, Any]:
    now = unit.clock()
    state = "queued" if config.smtp else "kept"
    if choice == DAILY and not mail.gathers and mail.calendar is None:
        state = "waiting"
    result = ""
    if state == "queued" and not address:
        state, result = "failed", "There is no address for this person."
    return {
        "id": hashlib.sha256(mail.cause.encode()).hexdigest()[:32],
        "cause": mail.cause,
        "person": mail.person,
        "subject": mail.subject,
        "title": one_line(mail.title)[:300],
        "text": mail.text,
        "calendar": mail.calendar,
        "method": mail.method,
        "thread": mail.thread,
        "revision": mail.revision,
        "state": state,
        "at": now,
        "tries": 0,
        "retry_at": now if state == "queued" else None,
        "address": None,
        "result": result,
        "ended_at": now if state == "failed" else None,
    }
