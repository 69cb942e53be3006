"""Keeping how a change ended: a sealed record of its own beside the request, which its signatures leave as it was."""

from __future__ import annotations

import engine
from engine import Record, Unit
from processes.changes import change_row
from processes.records.decision import change_decision
from processes.vocabulary import CHANGE, DECISION
from processes.writing import Writing


def keep_decision(writing: Writing, change: str, *, definition: str, outcome: str = "", note: str = "") -> None:
    """Seal what has become of a change, as the next revision of its decision; nothing for one never described.

    `outcome` is the state of the change unless something else is said. It is the program that writes it.
    """
    unit = writing.unit
    row, request = change_row(unit, writing.project, change), engine.current(unit, CHANGE, writing.project, change)
    if request is None:
        return
    unit.session.flush()
    draft = change_decision(unit, row, request, outcome=outcome or row.status, note=note)
    engine.seal(unit, draft, by=engine.THE_SYSTEM, definition=definition, instance=row.instance or "",
                element=writing.element)  # fmt: skip


def decision_on(unit: Unit, request: Record) -> Record | None:
    """The newest record of how exactly this revision of a change ended; None while it is open, and for what ended
    before such records were kept."""
    if request.type != CHANGE:
        return None
    found = engine.revisions(unit, DECISION, request.subject, request.key)
    return next((one for one in reversed(found) if one.data["request"]["sha256"] == request.sha256), None)
