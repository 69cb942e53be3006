"""Signatures: a person, a meaning and a time, bound to the hash of one revision of a record."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engine.errors import SignatureRefused, SignatureVoid
from engine.ledger.events import log
from engine.ledger.records import Record, record, superseded
from engine.ledger.unwritten import pending, write
from engine.tables import ActingRow, RecordRow, SignatureRow, VoidingRow
from engine.unit import Unit
from engine.values import MEANINGS, Actor, Signature

DECISIONS = ("approved", "rejected")
"""The meanings by which a person decides on a revision, once."""


@dataclass(frozen=True)
class Signed:
    """A signature as it is kept. `void` is why it no longer counts; None while it counts."""

    id: str
    record: str
    sha256: str
    person: str
    name: str
    role: str
    meaning: str
    comment: str
    method: str
    instance: str
    task: str
    at: datetime
    seq: int = field(compare=False)
    """The number of its event; 0 as long as that is not written."""
    void: str | None = None
    voided_at: datetime | None = None
    absence: str | None = None
    """The absence by which it was given for somebody else; None in the own name."""
    behalf: str | None = None
    behalf_name: str = ""

    @property
    def counts_for(self) -> str:
        """Whose signature it is, by person id: the signer's, or that of the absent person."""
        return self.behalf or self.person

    @property
    def printed(self) -> str:
        """How it is printed: the signer's name, and for whom."""
        return f"{self.name} for {self.behalf_name}" if self.behalf else self.name

    @property
    def valid(self) -> bool:
        """Whether it counts."""
        return self.void is None


def sign(
    unit: Unit,
    record: Record,
    signature: Signature,
    *,
    by: Actor,
    role: str,
    instance: str,
    task: str,
    element: str | None = None,
    comment: str = "",
    acting: ActingRow | None = None,
) -> Signed:
    """Sign one revision of a record, with its event, which also vouches for whom the signer stands in for.

    Raises SignatureRefused when the signature is not the performer's own, is the program's, has an unknown meaning or
    is a second decision by the same person; SignatureVoid when what was shown is not this revision, or when this is
    no longer the newest.
    """
    _check_presented(record, signature, by)
    _check_standing(unit, record, signature)
    row = SignatureRow(
        id=uuid4().hex,
        record_id=record.id,
        sha256=record.sha256,
        person=by.person,
        name=by.name,
        role=role,
        meaning=signature.meaning,
        comment=comment,
        method=signature.method,
        instance_id=instance,
        task_id=task,
        at=unit.clock(),
        salt=secrets.token_hex(16),
    )
    facts = {"record": record.id, "sha256": record.sha256, "revision": record.revision, "method": signature.method}
    if acting is not None:
        facts["absence"] = acting.absence_id
    log(
        unit,
        "record.signed",
        "signature",
        row.id,
        by,
        subject=record.subject,
        instance=instance,
        task=task,
        element=element,
        role=role,
        new=signature.meaning,
        facts=facts,
        said={"for": acting.absent, "for_name": acting.absent_name} if acting else None,
        reason=comment,
        row=row if acting is None else (row, acting),
    )
    return _signed(row, None, acting)


def signatures(unit: Unit, record_id: str) -> list[Signed]:
    """All signatures on a record, void ones with their reason among them, in the order of signing."""
    return _read(unit, [record_id]).get(record_id, [])


def signatures_on(unit: Unit, record_ids: Collection[str]) -> dict[str, list[Signed]]:
    """The same for several records at once, by record id."""
    return _read(unit, record_ids)


def approvals(unit: Unit, record_id: str) -> dict[str, Signed]:
    """Who has approved this very revision, themselves or by a deputy: person -> signature. Fails closed.

    Only what counts: not void, on the newest revision, and on the hash recomputed from the content that is kept.
    A record that does not have the hash it was sealed with has no approvals. Raises NotFound.
    """
    found = record(unit, record_id)
    if found.superseded or not found.intact:
        return {}
    return {
        one.counts_for: one
        for one in signatures(unit, record_id)
        if one.valid and one.meaning == "approved" and one.sha256 == found.sha256
    }


def _check_presented(record: Record, signature: Signature, by: Actor) -> None:
    """What can be said from the values alone."""
    if by.is_system:
        raise SignatureRefused("Only a person can sign. The program cannot sign for anybody.")
    if signature.person != by.person:
        raise SignatureRefused("You can sign only in your own name, with your own password.")
    if signature.meaning not in MEANINGS:
        raise SignatureRefused(f"A signature must say what it means: one of {', '.join(MEANINGS)}.")
    if signature.shown != record.sha256 or not record.intact:
        raise SignatureVoid()


def _check_standing(unit: Unit, record: Record, signature: Signature) -> None:
    """What takes one look at the database, and at what this unit of work has not written yet."""
    session = unit.session
    if pending(session, VoidingRow):
        write(session)
    if any(row.id == record.id for row in pending(session, RecordRow)):
        _check_unwritten(session, record, signature)
        return
    counts = SignatureRow.id.not_in(select(VoidingRow.signature_id))
    decided = exists().where(
        SignatureRow.record_id == record.id,
        SignatureRow.person == signature.person,
        SignatureRow.meaning.in_(DECISIONS),
        counts,
    )
    newer = select(RecordRow.id).where(RecordRow.id == record.id, superseded(RecordRow)).exists()
    with session.no_autoflush:
        is_old, has_decided = session.execute(select(newer, decided)).one()
    _refuse(is_old, has_decided, signature)
    _check_unwritten(session, record, signature)


def _check_unwritten(session: Session, record: Record, signature: Signature) -> None:
    """The same among what is not written yet: all there is, for a record sealed in this very unit of work."""
    document = (record.type, record.subject, record.key)
    is_old = any(
        (row.type, row.subject, row.key) == document and row.revision > record.revision
        for row in pending(session, RecordRow)
    )
    has_decided = any(
        (row.record_id, row.person) == (record.id, signature.person) and row.meaning in DECISIONS
        for row in pending(session, SignatureRow)
    )
    _refuse(is_old, has_decided, signature)


def _refuse(is_old: bool, has_decided: bool, signature: Signature) -> None:
    if is_old:
        raise SignatureVoid("This revision has been superseded. Read the newest one before you sign.")
    if has_decided and signature.meaning in DECISIONS:
        raise SignatureRefused("You have already decided on this revision. A decision cannot be given twice.")


def _read(unit: Unit, record_ids: Collection[str]) -> dict[str, list[Signed]]:
    query = (
        select(SignatureRow, VoidingRow, ActingRow)
        .outerjoin(VoidingRow, VoidingRow.signature_id == SignatureRow.id)
        .outerjoin(ActingRow, ActingRow.task_id == SignatureRow.task_id)
        .where(SignatureRow.record_id.in_(list(record_ids)))
        .order_by(SignatureRow.seq)
    )
    found: dict[str, list[Signed]] = {}
    for row, voiding, acting in unit.session.execute(query):
        found.setdefault(row.record_id, []).append(_signed(row, voiding, acting))
    return found


def _signed(row: SignatureRow, voiding: VoidingRow | None, acting: ActingRow | None) -> Signed:
    return Signed(
        id=row.id,
        record=row.record_id,
        sha256=row.sha256,
        person=row.person,
        name=row.name,
        role=row.role,
        meaning=row.meaning,
        comment=row.comment,
        method=row.method,
        instance=row.instance_id,
        task=row.task_id,
        at=row.at,
        seq=row.seq or 0,
        void=voiding.reason if voiding else None,
        voided_at=voiding.at if voiding else None,
        absence=acting.absence_id if acting else None,
        behalf=acting.absent if acting else None,
        behalf_name=acting.absent_name if acting else "",
    )
