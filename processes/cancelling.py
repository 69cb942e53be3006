"""Cancelling an instance with what the project keeps of it: its change is withdrawn, its claim is taken back."""

from __future__ import annotations

from sqlalchemy import select

import engine
from engine import Actor, Unit
from processes.acceptance import take_back
from processes.changes import ENDED
from processes.tables import ChangeRow, ClaimRow
from processes.writing import Writing


def cancel(unit: Unit, instance_id: str, by: Actor, reason: str) -> None:
    """End an instance before its time, with a reason; an open change or claim that it is about is over.

    Raises what `engine.cancel` raises.
    """
    engine.cancel(unit, instance_id, by, reason)
    row = unit.session.scalars(select(ChangeRow).where(ChangeRow.instance == instance_id)).first()
    if row is not None and row.status not in ENDED:
        Writing(unit, by, row.project, instance_id).change(row, status="withdrawn", reason=reason)
    claim = unit.session.scalars(select(ClaimRow).where(ClaimRow.instance == instance_id)).first()
    if claim is not None and claim.ended_at is None:
        take_back(Writing(unit, by, claim.project, instance_id), claim, reason)
