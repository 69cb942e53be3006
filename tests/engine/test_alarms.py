"""Which timers are to be fired: those that cannot elapse wait longer each time, and hold up no other."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

import engine
from engine import Unit
from engine.alarms import LONGEST_PAUSE
from engine.tables import InstanceRow, TimerFaultRow, TimerRow
from tests.engine.conftest import MONDAY, Clock


def arm(unit: Unit, instance: str, name: str, due: datetime) -> str:
    """A timer of an instance."""
    unit.session.add(TimerRow(id=name, instance_id=instance, element="wait", due=due))
    unit.session.flush()
    return name


def test_more_stuck_timers_than_are_looked_at_in_one_go_do_not_starve_the_next(unit: Unit, letter: str) -> None:
    for number in range(150):
        engine.postpone(unit, arm(unit, letter, f"stuck-{number}", MONDAY - timedelta(minutes=number)), "torn")
    sound = arm(unit, letter, "sound", MONDAY)
    assert engine.due(unit, MONDAY, limit=100) == [sound]
    assert len(engine.stuck_timers(unit, instance=letter, limit=1000)) == 150


def test_a_pause_is_three_times_as_long_each_time_and_never_more_than_an_hour(
    unit: Unit, clock: Clock, letter: str
) -> None:
    timer = arm(unit, letter, "stuck", MONDAY)
    pauses = []
    for tries in range(1, 10):
        assert [(one.timer, one.tries) for one in engine.alarms(unit, clock())] == [(timer, tries - 1)]
        stuck = engine.postpone(unit, timer, "torn")
        assert stuck is not None
        unit.session.flush()
        assert (stuck.tries, stuck.cause, stuck.at) == (tries, "torn", clock())
        pauses.append(stuck.retry_at - clock())
        clock.now = stuck.retry_at - timedelta(microseconds=1)
        assert engine.alarms(unit, clock()) == []
        clock.now = stuck.retry_at
    assert pauses[:3] == [timedelta(seconds=10), timedelta(seconds=30), timedelta(seconds=90)]
    assert pauses[-2:] == [LONGEST_PAUSE, LONGEST_PAUSE]


def test_a_timer_that_is_due_anew_begins_anew_and_one_that_is_gone_leaves_nothing(
    unit: Unit, clock: Clock, letter: str
) -> None:
    timer = arm(unit, letter, "stuck", MONDAY)
    engine.postpone(unit, timer, "torn")
    unit.session.flush()
    later = MONDAY + timedelta(days=1)
    unit.session.execute(update(TimerRow).values(due=later))
    unit.session.expire_all()
    assert engine.postpone(unit, timer, "too early") is None
    clock.now = later
    (alarm,) = engine.alarms(unit, later)
    assert (alarm.due, alarm.since, alarm.tries) == (later, later, 0)
    again = engine.postpone(unit, timer, "torn")
    assert again is not None
    assert again.tries == 1
    unit.session.flush()
    unit.session.execute(TimerRow.__table__.delete())
    assert unit.session.scalars(select(TimerFaultRow.timer_id)).all() == []
    assert engine.postpone(unit, timer, "gone") is None


def test_timers_of_an_instance_that_does_not_run_wait(unit: Unit, letter: str) -> None:
    arm(unit, letter, "held", MONDAY)
    unit.session.execute(update(InstanceRow).values(status="held"))
    assert engine.alarms(unit, MONDAY) == []


def test_the_longest_overdue_come_first_page_by_page(unit: Unit, letter: str) -> None:
    names = [arm(unit, letter, name, MONDAY - timedelta(hours=late)) for name, late in (("b", 2), ("c", 2), ("a", 1))]
    first = engine.alarms(unit, MONDAY, limit=2)
    rest = engine.alarms(unit, MONDAY, limit=2, after=first[-1])
    assert [one.timer for one in (*first, *rest)] == names
