"""Timers: exact instants, one firing however late, repetition, and one winner at a race."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.bpmn import check
from engine.bpmn.calendar import iso
from tests.engine.bpmn.diagrams import (
    boundary,
    catch,
    diagram,
    end,
    first,
    message,
    process,
    start,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import NOW, Driven, one

WEEK = timedelta(days=7)


def _waiting(kind: str, text: str) -> Driven:
    nodes = [start(), catch("t", timer(kind, text)), user("a"), end()]
    return Driven(one(diagram(process("p", nodes, "begin -> t -> a -> done"))), {"anchor": iso(NOW)})


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Date", "2026-01-12T09:00:00Z"),
        ("Date", "'2026-01-12T10:00:00+01:00'"),
        ("Date", "next_due(anchor, 'P7D')"),
        ("Duration", "P7D"),
        ("Duration", "PT168H"),
        ("Duration", "'P' + '7D'"),
    ],
)
def test_a_timer_fires_at_its_instant_and_not_before(kind: str, text: str) -> None:
    run = _waiting(kind, text)
    assert [one.due for one in run.moved.timers] == ["2026-01-12T09:00:00.000000+00:00"]
    assert run.at(NOW + WEEK - timedelta(microseconds=1)) == ()
    assert run.elements() == []
    assert run.at(NOW + WEEK) == ("t",)
    assert run.elements() == ["a"]
    assert run.moved.timers == ()


def test_an_instant_that_has_passed_is_not_waited_for() -> None:
    assert _waiting("Date", "2020-01-01").elements() == ["a"]


def test_completing_something_else_leaves_a_due_timer_to_fire() -> None:
    nodes = [start(), user("a"), boundary("t", "a", timer("Duration", "P1D")), user("b"), end(), end("e2")]
    run = Driven(one(diagram(process("p", nodes, "begin -> a -> done; t -> b -> e2"))))
    run.clock.now = NOW + WEEK
    run.complete("a")
    assert run.moved.completed
    assert [(item.element, item.state) for item in run.moved.finished if item.kind == "boundaryEvent"] == [
        ("t", "cancelled")
    ]


def _cadence() -> Driven:
    payload = "{'period': last_due(anchor, 'P7D')}"
    nodes = [
        start(), xor("x"), catch("t", timer("Date", "next_due(anchor, 'P7D')")), throw("w", message("weekly.due",
            payload)),
    ]  # fmt: skip
    drawn = diagram(process("p", [*nodes, end()], "begin -> x -> t -> w -> x"))
    return Driven(one(drawn), {"anchor": iso(NOW)})


def test_after_weeks_of_downtime_a_cadence_fires_once_for_the_present_period() -> None:
    run = _cadence()
    late = NOW + 3 * WEEK + timedelta(hours=5)
    assert run.at(late) == ("t",)
    assert [(sent.message, sent.payload) for sent in run.moved.sent] == [
        ("weekly.due", {"period": (NOW + 3 * WEEK).isoformat()})
    ]
    assert [one.due for one in run.moved.timers] == [iso(NOW + 4 * WEEK)]
    assert run.at(late) == ()


def _reminders(cycle: str) -> Driven:
    nodes = [
        start(), user("a"), boundary("t", "a", timer("Cycle", cycle), interrupting=False),
        throw("w", message("reminder")), end(), end("e2"),
    ]  # fmt: skip
    return Driven(one(diagram(process("p", nodes, "begin -> a -> done; t -> w -> e2"))))


def test_a_reminder_comes_as_often_as_said() -> None:
    run = _reminders("R3/P1D")
    counted = []
    for day in range(1, 7):
        run.at(NOW + timedelta(days=day))
        counted.append(len(run.moved.sent))
    assert counted == [1, 1, 1, 0, 0, 0]
    run.complete("a")
    assert run.moved.completed


def test_reminders_missed_during_downtime_come_once() -> None:
    run = _reminders("R/P1D")
    run.at(NOW + timedelta(days=20, hours=1))
    assert len(run.moved.sent) == 1
    assert [one.due for one in run.moved.timers] == [iso(NOW + timedelta(days=21))]


def test_many_reminders_leave_no_trace_in_the_state() -> None:
    run = _reminders("R/P1D")
    run.at(NOW + timedelta(days=1))
    size = len(run.moved.state)
    for day in range(2, 60):
        run.at(NOW + timedelta(days=day))
    assert abs(len(run.moved.state) - size) < 12


def _race(*timers: str) -> Driven:
    nodes = [start(), first("g"), catch("m", message("go")), user("by_message"), end(), xor("x")]
    arrows = "begin -> g; g -> m -> by_message -> x; x -> done"
    for number, text in enumerate(timers):
        nodes += [catch(f"t{number}", timer("Duration", text)), user(f"by_t{number}")]
        arrows += f"; g -> t{number} -> by_t{number} -> x"
    return Driven(one(diagram(process("p", nodes, arrows))))


def test_a_race_of_timers_is_won_by_the_earlier_one_whatever_the_order_in_the_drawing() -> None:
    run = _race("P365D", "P1D")
    assert len(run.moved.timers) == 2
    assert run.at(NOW + timedelta(days=1)) == ("t1",)
    assert run.elements() == ["by_t1"]


def test_a_race_has_one_winner_though_all_timers_are_overdue() -> None:
    run = _race("P3D", "P2D")
    assert run.at(NOW + WEEK) == ("t1",)
    assert run.elements() == ["by_t1"]
    assert (run.moved.timers, run.moved.waits) == ((), ())


def test_a_message_wins_over_a_timer_that_is_due_but_has_not_fired() -> None:
    run = _race("P1D")
    run.clock.now = NOW + WEEK
    assert run.send("go", {"x": 1})
    assert run.elements() == ["by_message"]
    assert run.moved.tasks[0].data["x"] == 1


def test_two_timers_due_at_once_fire_in_the_order_of_their_instants() -> None:
    nodes = [
        start(), user("a"), boundary("late", "a", timer("Duration", "P2D")), user("b"), end("e2"),
        boundary("soon", "a", timer("Duration", "P1D")), user("c"), end("e3"), end(),
    ]  # fmt: skip
    run = Driven(one(diagram(process("p", nodes, "begin -> a -> done; late -> b -> e2; soon -> c -> e3"))))
    assert run.at(NOW + WEEK) == ("soon",)
    assert run.elements() == ["c"]


@pytest.mark.parametrize(
    ("kind", "text"), [("Date", "tomorrow"), ("Duration", "7 days"), ("Cycle", "R3/tomorrow"), ("Date", "'P7D'")]
)
def test_a_timer_that_says_no_time_is_found_before_it_runs(kind: str, text: str) -> None:
    nodes = [start(), user("a"), boundary("t", "a", timer(kind, text), interrupting=False), end("e2"), end()]
    found = check({"a.bpmn": diagram(process("p", nodes, "begin -> a -> done; t -> e2"))})
    wrong = [item.element for item in found if item.rule == "timer"]
    # A bare word may be a variable; whether it is a time is seen when it runs.
    assert wrong == ([] if text == "tomorrow" else ["t"])


def test_due_and_clock_are_utc_whatever_the_offset() -> None:
    run = _waiting("Date", "2026-06-01T00:30:00+14:00")
    assert run.moved.timers[0].due == "2026-05-31T10:30:00.000000+00:00"
    assert run.at(datetime(2026, 5, 31, 10, 30, tzinfo=UTC)) == ("t",)
