"""Evidence rows against themselves and one another: the hashes of their own content and of their neighbours."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Any

from sqlalchemy import Column, Select, Table, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from engine.ledger.canonical import is_canonical
from engine.ledger.reading import Report
from engine.ledger.verdict import Fault
from engine.tables import (
    AbsenceEndRow,
    AbsenceRow,
    ActingRow,
    AttachmentRow,
    BundleFileRow,
    BundleRow,
    InstanceRow,
    MigrationRow,
    OutcomeRow,
    RecordRow,
    RepairDecisionRow,
    RepairRow,
    SignatureRow,
    VoidingRow,
)

ENVELOPE = {
    "type": "type",
    "subject": "subject",
    "key": "key",
    "revision": "revision",
    "title": "title",
    "definition_id": "definition",
    "instance_id": "instance",
}
"""Columns of a record, and what each repeats of its envelope."""


class Reader:
    """Checks the rows of one table in the order in which it wants to read them. This one asks nothing of them."""

    order: tuple[Column[Any], ...] = ()

    def __init__(self, table: Table, report: Report) -> None:
        self._table = table
        self._report = report

    def check(self, key: str, row: dict[str, Any]) -> None:
        """Check one row against itself and those before it."""

    def _fault(self, key: str, what: str) -> None:
        self._report(Fault(self._table.name, key, what))


class Records(Reader):
    """Records, document by document: each hash from its content, and each revision on the one before it."""

    order = tuple(RecordRow.__table__.c[name] for name in ("type", "subject", "key", "revision"))
    _last: dict[str, Any] | None = None

    def check(self, key: str, row: dict[str, Any]) -> None:
        """Check one revision."""
        text = row["content"]
        last, self._last = self._last, row
        if not isinstance(text, str) or not is_canonical(text):
            self._fault(key, "Its content is not canonical JSON.")
            return
        if hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
            self._fault(key, "Its hash is not that of its content: one of them was altered.")
        envelope = json.loads(text)
        for column, name in ENVELOPE.items():
            if not isinstance(envelope, dict) or row[column] != envelope.get(name):
                self._fault(key, f'Its column "{column}" is not what its content says.')
        document = ("type", "subject", "key")
        before = last if last and all(last[name] == row[name] for name in document) else None
        self._check_place(key, row, envelope, before)

    def _check_place(self, key: str, row: dict[str, Any], envelope: Any, before: dict[str, Any] | None) -> None:
        expected = _number(before["revision"]) + 1 if before else 1
        if row["revision"] != expected:
            self._fault(key, f"It is revision {row['revision']} where revision {expected} should stand.")
        if row["supersedes"] != (before["id"] if before else None):
            self._fault(key, "It does not supersede the revision before it.")
        hashed = envelope.get("supersedes") if isinstance(envelope, dict) else None
        if hashed != (before["sha256"] if before else None):
            self._fault(key, "The hash it supersedes is not that of the revision before it.")


class Files(Reader):
    """Files of bundles."""

    def check(self, key: str, row: dict[str, Any]) -> None:
        """Check one file's hash."""
        if _sha256(row["content"]) != row["sha256"]:
            self._fault(key, "Its hash is not that of its bytes: one of them was altered.")


class Attachments(Reader):
    """Files handed in with answers."""

    def check(self, key: str, row: dict[str, Any]) -> None:
        """Check one file's hash and size."""
        if _sha256(row["content"]) != row["sha256"]:
            self._fault(key, "Its hash is not that of its bytes: one of them was altered.")
        if isinstance(row["content"], bytes) and len(row["content"]) != row["size"]:
            self._fault(key, "Its size is not that of its bytes.")


READERS: dict[str, type[Reader]] = {
    RecordRow.__tablename__: Records,
    BundleFileRow.__tablename__: Files,
    AttachmentRow.__tablename__: Attachments,
}


def reader_of(table: Table, report: Report) -> Reader:
    """What checks the rows of this table."""
    return READERS.get(table.name, Reader)(table, report)


def check_between(session: Session, report: Report) -> None:
    """Check what takes two tables: signatures with records, voidings with signatures, bundles with files."""
    for table, query, what in _offenders():
        try:
            for key in session.scalars(query):
                report(Fault(table, str(key), what))
        except SQLAlchemyError as error:
            report(Fault(table, "", f"The table cannot be read: {error.args[0]}"))
    _check_bundles(session, report)


def _offenders() -> tuple[tuple[str, Select[Any], str], ...]:
    """(table, the keys of rows that do not fit, what is wrong with them)."""
    newer, last = aliased(RecordRow), aliased(OutcomeRow)
    same = (newer.type == RecordRow.type, newer.subject == RecordRow.subject, newer.key == RecordRow.key)
    signed = select(SignatureRow.id).outerjoin(RecordRow, RecordRow.id == SignatureRow.record_id)
    return (
        (
            "signature",
            signed.where(or_(RecordRow.id.is_(None), RecordRow.sha256 != SignatureRow.sha256)),
            "The hash it signs is not that of its record.",
        ),
        (
            "signature",
            signed.where(
                select(newer.id).where(*same, newer.revision > RecordRow.revision).exists(),
                SignatureRow.id.not_in(select(VoidingRow.signature_id)),
            ),
            "Its record is superseded, and yet it is not void.",
        ),
        (
            "voiding",
            select(VoidingRow.signature_id).where(VoidingRow.signature_id.not_in(select(SignatureRow.id))),
            "The signature it voids does not exist.",
        ),
        (
            "acting",
            select(ActingRow.task_id)
            .outerjoin(AbsenceRow, AbsenceRow.id == ActingRow.absence_id)
            .outerjoin(AbsenceEndRow, AbsenceEndRow.absence_id == ActingRow.absence_id)
            .where(
                or_(
                    AbsenceRow.id.is_(None),
                    AbsenceRow.person != ActingRow.absent,
                    AbsenceRow.deputy != ActingRow.person,
                    AbsenceRow.at > ActingRow.at,
                    AbsenceRow.begins_at > ActingRow.at,
                    AbsenceRow.ends_at <= ActingRow.at,
                    AbsenceEndRow.at < ActingRow.at,
                )
            ),
            "No absence that was recorded before lets this person act for that one at this time.",
        ),
        (
            "instance",
            select(InstanceRow.id).where(
                InstanceRow.repaired_at.is_(None),
                InstanceRow.id.in_(
                    select(RepairRow.instance_id)
                    .join(RepairDecisionRow, RepairDecisionRow.repair_id == RepairRow.id)
                    .where(RepairDecisionRow.decision == "carried-out")
                ),
            ),
            "It was repaired, and no longer says so.",
        ),
        (
            "instance",
            select(InstanceRow.id)
            .join(OutcomeRow, OutcomeRow.instance_id == InstanceRow.id)
            .join(MigrationRow, MigrationRow.id == OutcomeRow.migration_id)
            .where(
                MigrationRow.definition_id != InstanceRow.definition_id,
                OutcomeRow.seq
                == select(func.max(last.seq))
                .where(last.instance_id == InstanceRow.id, last.outcome == "migrated")
                .correlate(InstanceRow)
                .scalar_subquery(),
            ),
            "It is not on the version to which it followed last.",
        ),
        (
            "bundle_file",
            select(BundleFileRow.path).where(BundleFileRow.bundle_id.not_in(select(BundleRow.id))),
            "Its bundle does not exist.",
        ),
    )


def _check_bundles(session: Session, report: Report) -> None:
    """Each bundle's digest (see `Bundle.digest`) over the names and hashes of its files, whose bytes `Files` checks."""
    files: dict[str, list[str]] = defaultdict(list)
    listed = select(BundleFileRow.bundle_id, BundleFileRow.path, BundleFileRow.sha256)
    for bundle, path, sha256 in session.execute(listed):
        files[bundle].append(f"{path}\0{sha256}\n")
    for bundle, digest in session.execute(select(BundleRow.id, BundleRow.digest)):
        if _sha256("".join(sorted(files[bundle])).encode()) != digest:
            report(Fault("bundle", str(bundle), "Its digest is not that of its files."))


def _sha256(content: Any) -> str:
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else ""


def _number(value: Any) -> int:
    """A whole number as it stands in the database; 0 for what is none."""
    return value if isinstance(value, int) else 0
