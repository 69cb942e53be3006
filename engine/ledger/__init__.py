"""What happened, and what proves it: events, records, signatures, verification and print."""

from engine.ledger.canonical import canonical, digest
from engine.ledger.events import Event, events, log, logged, upcoming
from engine.ledger.printing import print_record
from engine.ledger.records import Record, compose, current, in_instance, preview, record, records, revisions, seal
from engine.ledger.sections import Field, Section, Table, check_content, content_of
from engine.ledger.signatures import Signed, approvals, sign, signatures, signatures_on
from engine.ledger.triggers import allow_changes, refuse_changes
from engine.ledger.verdict import Fault, Verdict
from engine.ledger.verify import verify
from engine.ledger.voiding import void

__all__ = [
    "Event",
    "Fault",
    "Field",
    "Record",
    "Section",
    "Signed",
    "Table",
    "Verdict",
    "allow_changes",
    "approvals",
    "canonical",
    "check_content",
    "compose",
    "content_of",
    "current",
    "digest",
    "events",
    "in_instance",
    "log",
    "logged",
    "preview",
    "print_record",
    "record",
    "records",
    "refuse_changes",
    "revisions",
    "seal",
    "sign",
    "signatures",
    "signatures_on",
    "upcoming",
    "verify",
    "void",
]
