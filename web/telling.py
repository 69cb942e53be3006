"""What is done with a unit of work just before it is committed: people are told what it means for them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

from engine import Unit

TELLS = "milepost.tells"


def tells(unit: Unit, tell: Callable[[Unit], object]) -> Unit:
    """Have `tell` called whenever a transaction of this unit's session is about to be committed; gives the unit."""
    unit.session.info[TELLS] = unit, tell
    return unit


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    found = session.info.get(TELLS)
    if found is not None and not session.in_nested_transaction():  # not when a savepoint is released
        unit, tell = found
        tell(unit)
