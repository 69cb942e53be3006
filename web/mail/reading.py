"""What stands in the outbox: one person's mails, those that could not be delivered, and what was done about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

import engine
from engine import Actor, NotFound, Refused, Unit
from web.mail.tables import MailRow

SHOWN = 100
ADMINISTRATOR, MANAGER = "Administrator", "Project Manager"


@dataclass(frozen=True)
class Failed:
    """A mail that did not arrive: to whom, about what, and what the mail server said."""

    id: str
    person: str
    name: str
    address: str | None
    title: str
    result: str
    at: datetime


def mails_of(unit: Unit, person: str) -> list[MailRow]:
    """The newest mails to a person."""
    query = select(MailRow).where(MailRow.person == person).order_by(MailRow.at.desc(), MailRow.id).limit(SHOWN)
    return list(unit.session.scalars(query))


def failed_mails(unit: Unit, by: Actor) -> list[Failed]:
    """The mails that did not arrive and that nobody has seen to, the oldest first.

    An administrator sees all of them; a project manager those about the own projects.
    """
    query = select(MailRow).where(MailRow.state == "failed").order_by(MailRow.at, MailRow.id).limit(SHOWN)
    if not by.holds(ADMINISTRATOR, ""):
        query = query.where(MailRow.subject.in_([one for one in by.roles if one and by.holds(MANAGER, one)]))
    rows = list(unit.session.scalars(query))
    names = engine.names(unit, {one.person for one in rows})
    return [Failed(one.id, one.person, names[one.person], one.address, one.title, one.result, one.at) for one in rows]


def settle(unit: Unit, mail: str, by: Actor, reason: str) -> None:
    """Note that somebody saw to a mail that did not arrive, and how. Raises NotFound and Refused."""
    row, reason = unit.session.get(MailRow, mail), " ".join(reason.split())
    may = row is not None and (by.holds(ADMINISTRATOR, "") or (row.subject and by.holds(MANAGER, row.subject)))
    if row is None or not may or row.state != "failed":
        raise NotFound
    if not reason or len(reason) > 500:
        raise Refused("Say how the person was told, in 1 to 500 characters. It stands in the log.")
    row.state = "settled"
    engine.log(
        unit, "mail.settled", "mail", mail, by, subject=row.subject, old="failed", new="settled",
        said={"person": row.person}, reason=reason,
    )  # fmt: skip
