"""The newest revision of a document, among what is written and what is not written yet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, exists, select

from engine.ledger.unwritten import pending
from engine.tables import RecordRow, SignatureRow, VoidingRow
from engine.unit import Unit
from engine.values import Draft

_SIGNED = exists().where(
    SignatureRow.record_id == RecordRow.id, SignatureRow.id.not_in(select(VoidingRow.signature_id))
)
_DOCUMENT = (
    RecordRow.type == bindparam("type"),
    RecordRow.subject == bindparam("subject"),
    RecordRow.key == bindparam("key"),
)
_NEWEST = select(RecordRow).where(*_DOCUMENT).order_by(RecordRow.revision.desc()).limit(1)
_RECORD = RecordRow.__table__.c
_LAST = (
    select(_RECORD.id, _RECORD.revision, _RECORD.sha256, _SIGNED.label("signed"))
    .where(*_DOCUMENT)
    .order_by(_RECORD.revision.desc())
    .limit(1)
)


def newest_row(unit: Unit, type: str, subject: str, key: str) -> RecordRow | None:
    """The newest revision's row, whether written yet or not; without a flush, so that a step costs few statements."""
    waiting = _unwritten(unit, type, subject, key)
    if waiting is not None:
        return waiting
    with unit.session.no_autoflush:
        return unit.session.scalars(_NEWEST, {"type": type, "subject": subject, "key": key}).first()


def last_revision(unit: Unit, draft: Draft) -> tuple[RecordRow | Row[Any] | None, bool]:
    """The id, number and hash of the revision that this draft replaces, and whether it may carry signatures that count.

    Those before it carry none: sealing it voided them, and a superseded revision cannot be signed.
    """
    waiting = _unwritten(unit, draft.type, draft.subject, draft.key)
    if waiting is not None:
        return waiting, True
    document = {"type": draft.type, "subject": draft.subject, "key": draft.key}
    found = unit.session.connection().execute(_LAST, document).first()
    if found is None:
        return None, False
    return found, found.signed or bool(pending(unit.session, SignatureRow))


def _unwritten(unit: Unit, type: str, subject: str, key: str) -> RecordRow | None:
    document = (type, subject, key)
    waiting = [row for row in pending(unit.session, RecordRow) if (row.type, row.subject, row.key) == document]
    return max(waiting, key=lambda row: row.revision, default=None)
