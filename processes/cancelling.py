"""Cancelling an instance with what the project keeps of it: its change is withdrawn, its claim is taken back."""

from __future__ import annotations

from sqlalchemy import select

import engine
from engine import Actor, Unit
from processes.acceptance import take_back
from processes.changes import ENDED, IN_FORCE
from processes.tables import ChangeRow, ClaimRow
from processes.writing import Writing


def cancel(unit: Unit, instance_id: str, by: Actor, reason: str) -> None:
    """End an instance before its time, with a reason; an open change or claim that it is about is over.

    Raises engine.Refused while the plan follows a change that is conditional or not ratified, and what
    `engine.cancel` raises.
    """
    row = unit.session.scalars(select(ChangeRow).where(ChangeRow.instance == instance_id)).first()
    if row is not None and row.status in IN_FORCE:
        raise engine.Refused(
            f"The plan follows {row.id} for the time being: whether it holds or goes back is still to be seen. Raise a"
            " change that takes it back."
        )
    engine.cancel(unit, instance_id, by, reason)
    if row is not None and row.status not in ENDED:
        Writing(unit, by, row.project, instance_id).change(row, status="withdrawn", reason=reason)
    claim = unit.session.scalars(select(ClaimRow).where(ClaimRow.instance == instance_id)).first()
    if claim is not None and claim.ended_at is None:
        take_back(Writing(unit, by, claim.project, instance_id), claim, reason)
