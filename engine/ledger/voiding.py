"""Voiding: how a signature stops to count, without being taken away."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from engine.errors import NotFound
from engine.ledger.events import log
from engine.ledger.unwritten import pending, write
from engine.tables import RecordRow, SignatureRow, VoidingRow
from engine.unit import Unit
from engine.values import Actor


def void(unit: Unit, record_id: str, reason: str, by: Actor) -> int:
    """Void every signature on a record that still counts, each with its event; give how many.

    `reason` is kept as a fact, in clear: name what happened, not who did it. Raises NotFound.
    """
    row = unit.session.get(RecordRow, record_id)
    if row is None:
        raise NotFound("There is no such record.")
    return _void(unit, row, SignatureRow.record_id == record_id, reason, by)


def void_superseded(unit: Unit, newest: RecordRow, by: Actor) -> int:
    """Void what still counts on older revisions of a document whose newest revision has just been sealed."""
    older = select(RecordRow.id).where(
        RecordRow.type == newest.type,
        RecordRow.subject == newest.subject,
        RecordRow.key == newest.key,
        RecordRow.revision < newest.revision,
    )
    return _void(unit, newest, SignatureRow.record_id.in_(older), f"superseded by revision {newest.revision}", by)


def _void(unit: Unit, record: RecordRow, which: ColumnElement[bool], reason: str, by: Actor) -> int:
    if pending(unit.session, SignatureRow):
        write(unit.session)
    counted = which & SignatureRow.id.not_in(select(VoidingRow.signature_id))
    voided = {row.signature_id for row in pending(unit.session, VoidingRow)}
    with unit.session.no_autoflush:
        signatures = unit.session.scalars(select(SignatureRow).where(counted).order_by(SignatureRow.seq)).all()
    signatures = [one for one in signatures if one.id not in voided]
    for signature in signatures:
        log(
            unit,
            "signature.voided",
            "signature",
            signature.id,
            by,
            subject=record.subject,
            instance=record.instance_id,
            old=signature.meaning,
            new="void",
            facts={"record": signature.record_id, "why": reason},
            row=VoidingRow(signature_id=signature.id, reason=reason, at=unit.clock()),
        )
    return len(signatures)
