"""Cancelling an instance with what the project keeps of it: a change that nobody can pursue any more is withdrawn."""

from __future__ import annotations

from sqlalchemy import select

import engine
from engine import Actor, Unit
from processes.changes import ENDED
from processes.tables import ChangeRow
from processes.writing import Writing


def cancel(unit: Unit, instance_id: str, by: Actor, reason: str) -> None:
    """End an instance before its time, with a reason; the change that it is about, if it is open still, is withdrawn.

    Raises what `engine.cancel` raises.
    """
    engine.cancel(unit, instance_id, by, reason)
    row = unit.session.scalars(select(ChangeRow).where(ChangeRow.instance == instance_id)).first()
    if row is not None and row.status not in ENDED:
        Writing(unit, by, row.project, instance_id).change(row, status="withdrawn", reason=reason)
