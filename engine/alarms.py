"""Which timers are to be fired now, and how long one that could not elapse is left alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from engine.tables import InstanceRow, StartTimerRow, TimerFaultRow, TimerRow
from engine.unit import Unit

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Alarm:
    """A timer that waits to be fired: since when, and how many attempts at this due instant have failed."""

    timer: str
    due: datetime
    since: datetime
    tries: int


@dataclass(frozen=True)
class StuckTimer:
    """A timer that is due and could not elapse: why, how often it was tried, and when it is tried again."""

    timer: str
    instance: str
    instance_title: str
    subject: str
    element: str
    due: datetime
    tries: int
    cause: str
    at: datetime
    retry_at: datetime


def alarms(unit: Unit, now: datetime, limit: int = 100, after: Alarm | None = None) -> list[Alarm]:
    """The timers of running instances and start events that are due at `now`, the longest overdue first.

    `after` goes on from one. A timer that could not elapse is left out until its pause is over, so that it holds up no
    other.
    """
    query = (
        select(TimerRow.id, TimerRow.due, TimerFaultRow.retry_at, TimerFaultRow.tries)
        .join(InstanceRow, and_(InstanceRow.id == TimerRow.instance_id, InstanceRow.status == "running"))
        .outerjoin(TimerFaultRow, and_(TimerFaultRow.timer_id == TimerRow.id, TimerFaultRow.due == TimerRow.due))
        .where(TimerRow.due <= now, or_(TimerFaultRow.retry_at.is_(None), TimerFaultRow.retry_at <= now))
        .order_by(TimerRow.due, TimerRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(or_(TimerRow.due > after.due, and_(TimerRow.due == after.due, TimerRow.id > after.timer)))
    found = [Alarm(timer, due, again or due, tries or 0) for timer, due, again, tries in unit.session.execute(query)]
    return sorted([*found, *_starts(unit, now, limit, after)], key=lambda one: (one.due, one.timer))[:limit]


def _starts(unit: Unit, now: datetime, limit: int, after: Alarm | None) -> list[Alarm]:
    """The start events whose time has come."""
    table = StartTimerRow
    query = select(table.id, table.due).where(table.due <= now).order_by(table.due, table.id).limit(limit)
    if after is not None:
        query = query.where(or_(table.due > after.due, and_(table.due == after.due, table.id > after.timer)))
    return [Alarm(timer, due, due, 0) for timer, due in unit.session.execute(query)]


def postpone(unit: Unit, timer_id: str, cause: str) -> StuckTimer | None:
    """Leave a timer that is due and could not elapse alone for a while: 10 s, three times as long each time, up to 1 h.

    None when it is gone, or not due any more.
    """
    now = unit.clock()
    found = unit.session.execute(
        select(TimerRow, InstanceRow)
        .join(InstanceRow, InstanceRow.id == TimerRow.instance_id)
        .where(TimerRow.id == timer_id, TimerRow.due <= now)
    ).first()
    if found is None:
        return None
    timer, instance = found
    fault = unit.session.get(TimerFaultRow, timer_id)
    if fault is None:
        fault = TimerFaultRow(timer_id=timer_id, due=timer.due, tries=0)
        unit.session.add(fault)
    elif fault.due != timer.due:
        fault.due, fault.tries = timer.due, 0
    fault.tries += 1
    fault.cause, fault.at, fault.retry_at = cause, now, now + pause(fault.tries)
    return _stuck(timer, instance, fault)


def pause(tries: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    return min(FIRST_PAUSE * 3 ** min(tries - 1, 10), LONGEST_PAUSE)


def stuck_timers(
    unit: Unit, *, instance: str | None = None, subjects: Collection[str] | None = None, limit: int = 100
) -> list[StuckTimer]:
    """Timers that are due and could not elapse, the longest overdue first."""
    query = (
        select(TimerRow, InstanceRow, TimerFaultRow)
        .join(InstanceRow, InstanceRow.id == TimerRow.instance_id)
        .join(TimerFaultRow, and_(TimerFaultRow.timer_id == TimerRow.id, TimerFaultRow.due == TimerRow.due))
        .order_by(TimerRow.due, TimerRow.id)
        .limit(limit)
    )
    if instance is not None:
        query = query.where(TimerRow.instance_id == instance)
    if subjects is not None:
        query = query.where(InstanceRow.subject.in_(list(subjects)))
    return [_stuck(*row) for row in unit.session.execute(query)]


def _stuck(timer: TimerRow, instance: InstanceRow, fault: TimerFaultRow) -> StuckTimer:
    return StuckTimer(
        timer.id, instance.id, instance.title, instance.subject, timer.element, timer.due,
        fault.tries, fault.cause, fault.at, fault.retry_at,
    )  # fmt: skip
