"""Timers: rows with an exact due instant, fired one transaction each by whoever calls `due` and `fire`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from engine.alarms import alarms
from engine.bpmn import Run
from engine.errors import EngineError
from engine.ledger import log
from engine.messages import locked, move
from engine.tables import InstanceRow, TimerRow
from engine.unit import Unit
from engine.values import THE_SYSTEM


def due(unit: Unit, now: datetime, limit: int = 100) -> list[str]:
    """The ids of timers that are due at `now`, the longest overdue first; not those whose pause is not over."""
    return [one.timer for one in alarms(unit, now, limit)]


def next_due(unit: Unit) -> datetime | None:
    """The instant at which the next timer is due, or None when nothing waits for one."""
    return unit.session.scalar(select(func.min(TimerRow.due)))


def fire(unit: Unit, timer_id: str) -> bool:
    """Let a due timer elapse, and with it the others of its instance that are due; one event for each.

    False when it is gone or not yet due: somebody was faster.
    """
    timer = unit.session.get(TimerRow, timer_id)
    if timer is None:
        return False
    row = locked(unit, timer.instance_id)
    unit.session.expire(timer)
    still = unit.session.scalar(
        select(TimerRow.due)
        .join(InstanceRow, InstanceRow.id == TimerRow.instance_id)
        .where(TimerRow.id == timer_id, InstanceRow.status == "running")
    )
    now = unit.clock()
    if still is None or still > now:
        return False
    together = unit.session.execute(
        select(TimerRow.id, TimerRow.element, TimerRow.due).where(TimerRow.instance_id == row.id, TimerRow.due <= now)
    ).all()

    def elapse(run: Run) -> None:
        _fired(unit, row, timer_id, still)
        elapsed = run.fire(now)
        for one in together:
            if one.id != timer_id and one.element in elapsed:
                _fired(unit, row, one.id, one.due)

    move(unit, row, elapse, THE_SYSTEM)
    left = unit.session.scalar(select(TimerRow.due).where(TimerRow.id == timer_id))
    if left is not None and left <= now:
        raise EngineError(f"The timer {timer_id} is due and did not elapse.")
    return True


def _fired(unit: Unit, row: InstanceRow, timer_id: str, due_at: datetime) -> None:
    log(unit, "timer.fired", "timer", timer_id, THE_SYSTEM, subject=row.subject, instance=row.id,
        new={"due": due_at.isoformat()})  # fmt: skip
