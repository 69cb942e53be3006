"""Verification: everything that was hashed is hashed again, and compared with what the log says of it.

log        numbers without gaps, payloads canonical, leaves, indexed columns, personal commitments   (chain.py)
rows       every evidence row is in exactly one event, under the digest it still has                 (here)
contents   records, signatures, files and bundles hold what their own hashes say                     (contents.py)
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.ledger.chain import Chain
from engine.ledger.claims import Claims, open_claims
from engine.ledger.contents import check_between, reader_of
from engine.ledger.reading import rows_of
from engine.ledger.rows import key_of, row_digest
from engine.ledger.triggers import tables
from engine.ledger.verdict import BLIND, Fault, Verdict
from engine.tables import EventRow, PersonalRow


def verify(session: Session) -> Verdict:
    """Recompute everything that the database proves, and name each row that does not fit.

    Reads only, a few rows at a time, in the session's transaction: give it one of its own for a steady view. Time
    grows with the size of the database, memory does not.
    """
    findings: list[Fault] = []
    counted: Counter[str] = Counter()
    with open_claims() as claims:
        chain = Chain(claims, findings.append)
        chain.read(session)
        counted.update(event=chain.tree.size, personal=chain.personal)
        for table in tables():
            if table.name not in (EventRow.__tablename__, PersonalRow.__tablename__):
                counted[table.name] = _check_table(session, table, claims, findings)
        for name, key, seq in claims.unseen():
            findings.append(Fault(name, key, f"The row is gone: event {seq} tells of it."))
    check_between(session, findings.append)
    return Verdict(tuple(findings), dict(counted), BLIND, tuple(chain.notices), chain.tree.root().hex())


def _check_table(session: Session, table: Table, claims: Claims, findings: list[Fault]) -> int:
    """Check the rows of one table against their events and against themselves; give their number."""
    count = 0
    reader = reader_of(table, findings.append)
    for row in rows_of(session, table, findings.append, *reader.order):
        count += 1
        key = key_of(table, row)
        found = claims.see(table.name, key)
        if found is None:
            findings.append(Fault(table.name, key, "No event tells of this row: it was added past the log."))
        elif _digest(table, row) != found[0]:
            findings.append(Fault(table.name, key, f"The row was altered: it is not what event {found[1]} tells of."))
        reader.check(key, row)
    return count


def _digest(table: Table, row: dict[str, Any]) -> str | None:
    """The digest of a row, None when it holds what the program could never have written."""
    try:
        return row_digest(table, row)
    except Refused:
        return None
