"""Processes that start by time: once per time and subject, of the newest version alone, and once after a pause."""

from __future__ import annotations

from datetime import timedelta

import pytest

import engine
from engine import Bundle, DiagramRefused, Unit
from tests.engine.bpmn import diagrams as d
from tests.engine.conftest import ADA, APOLLO, MONDAY, ROOT, Clock, Letters

DAY = timedelta(days=1)


def _deploy(unit: Unit, kind: str, text: str, *, name: str = "Round", **properties: str) -> None:
    nodes = [d.start("clock", d.timer(kind, text), **properties), d.user("look", name=name), d.end()]
    drawn = d.diagram(d.process("round", nodes, "clock -> look -> done", {"Writer": ["look"]}))
    engine.deploy(unit, Bundle("house", "House", "1", {"a.bpmn": drawn}, "new"), ROOT)
    unit.session.commit()


def _tick(unit: Unit, clock: Clock, now: timedelta) -> int:
    """Let it be a time, fire what is due, and count the rounds there are."""
    clock.now = MONDAY + now
    for timer in engine.due(unit, clock()):
        assert engine.fire(unit, timer)
        assert not engine.fire(unit, timer)
    unit.session.commit()
    return len(engine.instances(unit, process="round"))


@pytest.mark.parametrize(("kind", "text"), [("Date", "2026-01-06T09:30:00Z"), ("Duration", "P1D")])
def test_a_date_or_duration_starts_it_once(unit: Unit, clock: Clock, kind: str, text: str) -> None:
    _deploy(unit, kind, text, subject="'apollo'")
    assert engine.next_timer(unit) == MONDAY + DAY
    assert [_tick(unit, clock, days * DAY) for days in (0.9, 1, 5)] == [0, 1, 1]
    (started,) = engine.instances(unit, process="round")
    assert (started.subject, started.started_by, started.started_at) == (APOLLO, engine.SYSTEM, MONDAY + DAY)
    assert [one.element for one in engine.inbox(unit, ADA)] == ["look"]
    assert engine.next_timer(unit) is None


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [("R/P7D", 7 * DAY, 14 * DAY), ("R2/2026-01-10T00:00:00Z/P1D", 4.75 * DAY, 5.75 * DAY),
     ("0 0 9 ? * MON-FRI", 1 * DAY, 2 * DAY)],
)  # fmt: skip
def test_a_cycle_starts_it_again_and_again(
    unit: Unit, clock: Clock, text: str, first: timedelta, second: timedelta
) -> None:
    _deploy(unit, "Cycle", text, subject="'apollo'")
    due = engine.next_timer(unit)
    assert due is not None
    assert due <= MONDAY + first
    assert [_tick(unit, clock, first), _tick(unit, clock, second)] == [1, 2]
    assert [one.element for one in engine.inbox(unit, ADA)] == ["look", "look"]


def test_after_a_pause_it_starts_once_and_says_how_many_it_missed(unit: Unit, clock: Clock) -> None:
    _deploy(unit, "Cycle", "R/P1D", subject="'apollo'")
    assert _tick(unit, clock, 20.5 * DAY) == 1
    (said,) = engine.events(unit, kind="start.due")
    assert said.new["missed"] == 19
    assert engine.next_timer(unit) == MONDAY + 21 * DAY


def test_several_subjects_start_one_each_and_a_key_starts_nothing_twice(unit: Unit, clock: Clock) -> None:
    _deploy(unit, "Cycle", "R/P1D", subject="['apollo', 'gemini', 'apollo']", key="project")
    assert [_tick(unit, clock, days * DAY) for days in (1, 2)] == [2, 2]
    assert {(one.subject, one.key) for one in engine.instances(unit, process="round")} == {
        ("apollo", "apollo"), ("gemini", "gemini"),
    }  # fmt: skip
    assert len(engine.events(unit, kind="start.failed")) == 2


def test_deploying_puts_nothing_off_and_only_the_newest_version_starts(unit: Unit, clock: Clock) -> None:
    _deploy(unit, "Cycle", "R/P7D", subject="'apollo'")
    _tick(unit, clock, 5 * DAY)
    _deploy(unit, "Cycle", "R/P7D", subject="'apollo'", name="Look again")
    assert engine.next_timer(unit) == MONDAY + 7 * DAY
    assert _tick(unit, clock, 7 * DAY) == 1
    assert [one.name for one in engine.inbox(unit, ADA)] == ["Look again"]
    _deploy(unit, "Cycle", "R/P1D", subject="'apollo'", name="Look daily")
    assert engine.next_timer(unit) == MONDAY + 8 * DAY
    _deploy(unit, "Date", "2026-01-01", subject="'apollo'")
    assert engine.next_timer(unit) is None


def test_what_cannot_start_is_said_and_holds_up_nothing(unit: Unit, clock: Clock, letters: Letters) -> None:
    _deploy(unit, "Cycle", "R/P1D", subject="[1]")
    assert _tick(unit, clock, DAY) == 0
    (said,) = engine.events(unit, kind="start.failed")
    assert said.new == {"process": "round"}
    assert engine.next_timer(unit) == MONDAY + 2 * DAY


def test_a_start_by_time_needs_a_subject(unit: Unit) -> None:
    with pytest.raises(DiagramRefused) as refused:
        _deploy(unit, "Cycle", "R/P1D")
    assert [one.rule for one in refused.value.findings if one.refuses] == ["no-subject"]


def test_a_reminder_that_comes_once_for_many_says_how_many_it_missed(unit: Unit, clock: Clock) -> None:
    nodes = [d.start(), d.user("look"), d.end(), d.end("told"),
             d.boundary("daily", "look", d.timer("Cycle", "R/P1D"), interrupting=False)]  # fmt: skip
    drawn = d.diagram(d.process("watch", nodes, "begin -> look -> done; daily -> told", {"Writer": ["look"]}))
    engine.deploy(unit, Bundle("house", "House", "1", {"a.bpmn": drawn}, "new"), ROOT)
    instance = engine.start(unit, "watch", APOLLO, {}, ADA)
    unit.session.commit()
    _tick(unit, clock, 10.5 * DAY)
    (said,) = engine.events(unit, kind="timer.missed")
    assert (said.instance, said.new) == (instance, {"missed": 9})
    assert [one.element for one in engine.trail(unit, instance)].count("told") == 1
