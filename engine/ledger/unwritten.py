"""Events that a unit of work has logged and not written yet, and the evidence rows that they vouch for.

Every step logs several events, so they do without the bookkeeping of the ORM: they are kept here and inserted all at
once, before the session asks the database for anything (as its autoflush does) and before it commits. Only then do
they get their numbers: whoever takes numbers keeps everybody else from taking any until the commit. A savepoint that is
rolled back takes along the events that were logged inside it, and no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Table, event, func, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from engine.ledger.canonical import canonical
from engine.ledger.merkle import leaf_hash
from engine.ledger.rows import claim, is_numbered, told
from engine.tables import Base, EventRow, PersonalRow, insert_all

Row = TypeVar("Row", bound=Base)

KEPT = "milepost.ledger.kept"
LOCK = 0x6D696C66
"""The advisory lock under which PostgreSQL's writers take their turn at the head of the log, to the commit."""
_LAST = select(func.coalesce(func.max(EventRow.seq), 0))
_LOCKED_LAST = f"SELECT pg_advisory_xact_lock({LOCK}); SELECT seq FROM event ORDER BY seq DESC LIMIT 1"
_EVENT, _PERSONAL = EventRow.__table__, PersonalRow.__table__


@dataclass
class _Entry:
    """One event's two rows and its payload; where it was logged (transaction or savepoint), and where written."""

    event: dict[str, Any]
    payload: dict[str, Any]
    personal: dict[str, Any]
    rows: Sequence[Base]
    claims: list[dict[str, str] | None]
    logged_in: SessionTransaction | None
    written_in: SessionTransaction | None = None

    def number(self, seq: int) -> None:
        """Give the event its number, and with it everything that depends on the number."""
        for row in self.rows:
            if is_numbered(row):
                row.seq = seq  # type: ignore[attr-defined]
        claims = [claim(row) if known is None else known for row, known in zip(self.rows, self.claims, strict=True)]
        payload = canonical({**self.payload, "seq": seq, "rows": claims})
        self.event.update(seq=seq, payload=payload.decode(), leaf=leaf_hash(payload).hex())
        self.personal["seq"] = seq


@dataclass
class _Kept:
    """The events of one transaction: all of them, and those that wait to be written; the last number taken."""

    entries: list[_Entry] = field(default_factory=list)
    waiting: list[_Entry] = field(default_factory=list)
    last: int | None = None


def keep(
    session: Session,
    event_row: dict[str, Any],
    payload: dict[str, Any],
    personal_row: dict[str, Any],
    rows: Sequence[Base],
) -> None:
    """Keep an event, with the rows that it vouches for, to be numbered and written with the next ones."""
    if not session.in_transaction():
        session.begin()
    kept = _kept(session)
    claims = [None if is_numbered(row) else claim(row) for row in rows]
    entry = _Entry(event_row, payload, personal_row, rows, claims, _innermost(session))
    kept.entries.append(entry)
    kept.waiting.append(entry)


def kept(session: Session) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The two rows of each event that the session's transaction has logged, oldest first; writes those that wait."""
    write(session)
    found = session.info.get(KEPT)
    return [(one.event, one.personal) for one in found.entries] if found else []


def pending(session: Session, kind: type[Row]) -> list[Row]:
    """The rows of a kind that this unit of work has logged and not written yet."""
    found = session.info.get(KEPT)
    return [row for one in found.waiting for row in one.rows if isinstance(row, kind)] if found else []


def head(session: Session) -> int:
    """The number of the last event, this transaction's own among them; nobody else takes the next one until it ends."""
    write(session)
    kept = _kept(session)
    if kept.last is None:
        kept.last = _locked_last(session)
    return kept.last


def write(session: Session) -> None:
    """Number and insert what waits: all rows of a table at once."""
    kept = session.info.get(KEPT)
    if kept is None or not kept.waiting:
        return
    last = _locked_last(session) if kept.last is None else kept.last
    waiting, kept.waiting = kept.waiting, []
    for one in waiting:
        last += 1
        one.number(last)
    kept.last = last
    rows: dict[Table, list[dict[str, Any]]] = {
        _EVENT: [one.event for one in waiting],
        _PERSONAL: [one.personal for one in waiting],
    }
    for one in waiting:
        for row in one.rows:
            table, values = told(row)
            rows.setdefault(table, []).append(values)
    insert_all(session.connection(), rows)
    within = _innermost(session)
    for one in waiting:
        one.written_in = within


def _kept(session: Session) -> _Kept:
    return session.info.setdefault(KEPT, _Kept())


def _locked_last(session: Session) -> int:
    """The number of the last event in the database.

    SQLite's writers already hold the database's one write lock. PostgreSQL's need a lock of their own, taken in a
    statement before the read: one statement would read from a snapshot older than its lock. Both are sent at once.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return connection.scalar(_LAST) or 0
    cursor: Any = connection.exec_driver_sql(_LOCKED_LAST).cursor
    cursor.nextset()
    found = cursor.fetchone()
    return found[0] if found else 0


def _innermost(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


@event.listens_for(Session, "do_orm_execute")
def _before_asking(asking: ORMExecuteState) -> None:
    if asking.session.autoflush:
        write(asking.session)


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, _context: UOWTransaction, _objects: Any) -> None:
    write(session)  # rows among those to be flushed hold the numbers of their events


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():  # the release of a savepoint: what was logged in it can still wait
        write(session)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, previous: SessionTransaction) -> None:
    """Drop what was logged inside the transaction that was rolled back; write again what was only written there.

    Numbers taken there are free again, and so may be the lock under which they were.
    """
    kept = session.info.get(KEPT)
    if kept is None:
        return
    kept.last = None
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
