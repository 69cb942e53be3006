"""Events that a unit of work has logged and not written yet.

Every step logs several events, so they do without the bookkeeping of the ORM: they are kept as values and inserted all
at once, before the session asks the database for anything (as its autoflush does) and before it commits. A savepoint
that is rolled back takes along the events that were logged inside it, and no others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from engine.tables import EventRow, PersonalRow

KEPT = "milepost.ledger.kept"
_EVENT = insert(EventRow.__table__)
_PERSONAL = insert(PersonalRow.__table__)


@dataclass
class _Entry:
    """One event's two rows; the transaction or savepoint in which it was logged, and the one in which written."""

    event: dict[str, Any]
    personal: dict[str, Any]
    logged_in: SessionTransaction | None
    written_in: SessionTransaction | None = None


@dataclass
class _Kept:
    """The events of one transaction: all of them, and those that wait to be written."""

    entries: list[_Entry] = field(default_factory=list)
    waiting: list[_Entry] = field(default_factory=list)


def keep(session: Session, event_row: dict[str, Any], personal_row: dict[str, Any]) -> None:
    """Keep an event to be written with the next ones. The session is in a transaction already."""
    kept = session.info.get(KEPT)
    if kept is None:
        kept = session.info[KEPT] = _Kept()
    entry = _Entry(event_row, personal_row, _innermost(session))
    kept.entries.append(entry)
    kept.waiting.append(entry)


def last_kept(session: Session) -> int:
    """The highest number among the events that are not written yet; 0 when there are none."""
    kept = session.info.get(KEPT)
    return max((one.event["seq"] for one in kept.waiting), default=0) if kept else 0


def kept(session: Session) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The two rows of each event that the session's transaction has logged, written or not, oldest first."""
    found = session.info.get(KEPT)
    return [(one.event, one.personal) for one in found.entries] if found else []


def write(session: Session) -> None:
    """Insert what waits: one statement for the events, and one for what is personal about them."""
    kept = session.info.get(KEPT)
    if kept is None or not kept.waiting:
        return
    waiting, kept.waiting = kept.waiting, []
    connection = session.connection()
    connection.execute(_EVENT, [one.event for one in waiting])
    connection.execute(_PERSONAL, [one.personal for one in waiting])
    within = _innermost(session)
    for one in waiting:
        one.written_in = within


def _innermost(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


@event.listens_for(Session, "do_orm_execute")
def _before_asking(asking: ORMExecuteState) -> None:
    if asking.session.autoflush:
        write(asking.session)


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():  # the release of a savepoint: what was logged in it can still wait
        write(session)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, previous: SessionTransaction) -> None:
    """Drop what was logged inside the transaction that was rolled back; write again what was only written there."""
    kept = session.info.get(KEPT)
    if kept is None:
        return
    kept.entries = [one for one in kept.entries if not _lies_in(one.logged_in, previous)]
    for one in kept.entries:
        if _lies_in(one.written_in, previous):
            one.written_in = None
    kept.waiting = [one for one in kept.entries if one.written_in is None]


@event.listens_for(Session, "after_transaction_end")
def _after_end(session: Session, transaction: SessionTransaction) -> None:
    """The next transaction begins with nothing, also when this one was only closed."""
    if transaction.parent is None:
        session.info.pop(KEPT, None)


def _lies_in(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer
