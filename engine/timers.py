"""Timers: rows with an exact due instant, fired one transaction each by whoever calls `due` and `fire`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from engine import bpmn, schedule
from engine.advance import BROKEN
from engine.alarms import alarms
from engine.bpmn import Run
from engine.definitions import prepared
from engine.errors import AlreadyStarted, Conflict, EngineError, Refused
from engine.ledger import log
from engine.messages import locked, move, start
from engine.tables import InstanceRow, StartTimerRow, TaskRow, TimerRow
from engine.unit import Unit
from engine.values import THE_SYSTEM, Actor


def due(unit: Unit, now: datetime, limit: int = 100) -> list[str]:
    """The ids of timers that are due at `now`, the longest overdue first; not those whose pause is not over."""
    return [one.timer for one in alarms(unit, now, limit)]


def next_due(unit: Unit) -> datetime | None:
    """The instant at which the next timer is due, or None when nothing waits for one."""
    found = [unit.session.scalar(select(func.min(one.due))) for one in (TimerRow, StartTimerRow)]
    return min((one for one in found if one is not None), default=None)


def fire(unit: Unit, timer_id: str) -> bool:
    """Let a due timer elapse, and with it the others of its instance that are due; one event for each.

    False when it is gone or not yet due: somebody was faster. A timer on a start event starts its process.
    """
    timer = unit.session.get(TimerRow, timer_id)
    if timer is None:
        return _begin(unit, timer_id)
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
            if one.element in run.missed:
                log(unit, "timer.missed", "timer", one.id, THE_SYSTEM, subject=row.subject, instance=row.id,
                    new={"missed": run.missed[one.element]})  # fmt: skip

    move(unit, row, elapse, THE_SYSTEM)
    left = unit.session.scalar(select(TimerRow.due).where(TimerRow.id == timer_id))
    if left is not None and left <= now:
        raise EngineError(f"The timer {timer_id} is due and did not elapse.")
    return True


def defer(unit: Unit, instance_id: str, span: timedelta, by: Actor, reason: str) -> None:
    """Let everything that an instance waits for by time, and its open tasks, be due later by a span, with a reason.

    A negative span takes that back; what would be over then stays where it is. Raises NotFound, Conflict when the
    instance has ended, and Refused without a reason.
    """
    if not reason.strip():
        raise Refused("Say why it is due later.")
    row, now = locked(unit, instance_id), unit.clock()
    if row.status != "running":
        raise Conflict("This instance has ended already.", when=row.ended_at)
    log(unit, "instance.deferred", "instance", row.id, by, subject=row.subject, instance=row.id, reason=reason,
        new={"seconds": int(span.total_seconds())})  # fmt: skip
    move(unit, row, lambda run: bpmn.postpone(run, span, now), by)
    waiting = select(TaskRow).where(TaskRow.instance_id == row.id, TaskRow.status == "open", TaskRow.due.is_not(None))
    for task in unit.session.scalars(waiting).all():
        if task.due is not None and task.due + span > now:
            task.due += span
    unit.session.flush()


def _begin(unit: Unit, timer_id: str) -> bool:
    """Start the instances of a start timer whose time has come: all, or where one cannot start, the others."""
    row = unit.session.scalars(select(StartTimerRow).where(StartTimerRow.id == timer_id).with_for_update()).first()
    if row is None or row.due > unit.clock():
        return False
    due, process, element = row.due, row.process, row.element
    (timer,) = (one for one in prepared(unit, row.definition_id).clocks if one.element == element)
    schedule.advance(unit, row)
    environment = schedule.surroundings(unit)
    failures = (*BROKEN, AlreadyStarted, *unit.procedure.errors)
    try:
        subjects = bpmn.subjects_of(timer, environment)
    except failures as error:
        _failed(unit, timer_id, process, "", error)
        return True
    for subject in subjects:
        try:
            with unit.session.begin_nested():
                key = bpmn.key_of(timer, environment, subject, due)
                start(unit, process, subject, {}, THE_SYSTEM, key=key, element=element)
        except failures as error:
            _failed(unit, timer_id, process, subject, error)
    return True


def _failed(unit: Unit, timer_id: str, process: str, subject: str, error: BaseException) -> None:
    log(unit, "start.failed", "start", timer_id, THE_SYSTEM, subject=subject, new={"process": process},
        said={"cause": " ".join(str(error).split()) or type(error).__name__})  # fmt: skip


def _fired(unit: Unit, row: InstanceRow, timer_id: str, due_at: datetime) -> None:
    log(unit, "timer.fired", "timer", timer_id, THE_SYSTEM, subject=row.subject, instance=row.id,
        new={"due": due_at.isoformat()})  # fmt: skip
