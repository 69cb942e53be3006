"""Holds: what ends with them, what comes later by them, and what does not count in them."""

from datetime import timedelta

import pytest

import engine
import processes
from processes.holds import held_for, was_held
from processes.lateness import what_is_late
from tests.databases import on_sqlite


def hold(world, days, reason="No money"):
    until = (world.clock.now + timedelta(days=days)).date()
    processes.hold(world.unit, "apollo", until, world.actor("pm"), reason)
    world.session.commit()


def resume(world):
    processes.resume(world.unit, "apollo", world.actor("pm"), "The money is there")
    world.session.commit()


def kinds(world):
    return [one.kind for one in processes.gaps(world.unit, "apollo")]


def test_the_month_between_reviews_does_not_run_in_a_hold(running):
    running.wait(days=5)
    hold(running, 60)
    running.wait(days=40)
    resume(running)
    while not running.tasks("pm", "schedule-review"):
        running.wait(days=1)
    assert running.clock.now - timedelta(days=31) > processes.project(running.unit, "apollo").started_at
    when = (running.clock.now + timedelta(days=8)).date().isoformat()
    people = {"invitees": ["pm", "sue", "sam"], "place": "Here", "agenda": "All"}
    running.do("pm", "schedule-review", {"date": when, "time": "14:00", **people})
    running.wait(days=7)
    assert "review-gap" not in kinds(running)
    running.wait(days=30)
    assert "review-gap" in kinds(running), "afterwards it does"


def test_a_review_that_is_scheduled_is_called_off_and_another_one_called_for(running):
    running.wait(days=15)
    people = {"invitees": ["pm", "sue", "sam"], "place": "Here", "agenda": "All"}
    running.do("pm", "schedule-review", {"date": "2026-03-30", "time": "14:00", **people})
    hold(running, 20)
    (meeting,) = processes.meetings(running.unit, "apollo")
    assert meeting.state == "cancelled"
    running.wait(days=21)
    assert running.tasks("pm", "schedule-review") == []
    running.wait(days=14)
    assert len(running.tasks("pm", "schedule-review")) == 1


def test_timers_of_what_goes_on_come_later_and_each_delay_is_an_event(running):
    running.raise_change("tom", {"action": "move", "milestone": "M1", "target": "2026-05-20"})
    change = running.instance("change-approval")
    before = [one.due for one in engine.waiting(running.unit, change.id) if one.due]
    hold(running, 10)
    after = [one.due for one in engine.waiting(running.unit, change.id) if one.due]
    assert before
    assert len({late - early for early, late in zip(before, after, strict=True)}) == 1
    assert after[0] > before[0] + timedelta(days=9)
    resume(running)
    assert [one.due for one in engine.waiting(running.unit, change.id) if one.due] == before
    deferred = engine.events(running.unit, kind="instance.deferred", instance=change.id)
    assert [one.person for one in deferred] == [engine.SYSTEM] * 2


def test_how_long_a_project_was_held_is_known(running):
    begin = running.clock.now
    hold(running, 10)
    running.wait(days=4)
    assert was_held(running.unit, "apollo", running.clock.now)
    resume(running)
    running.wait(days=4)
    assert not was_held(running.unit, "apollo", running.clock.now)
    assert held_for(running.unit, "apollo", begin, running.clock.now) == timedelta(days=4)
    assert held_for(running.unit, "apollo", begin + timedelta(days=1), begin + timedelta(days=2)) == timedelta(days=1)


def test_only_a_manager_holds(running):
    with pytest.raises(processes.NotInProject):
        processes.hold(running.unit, "apollo", running.clock.now.date(), running.actor("tom"), "I want to")


@on_sqlite
def test_a_held_month_is_no_gap_in_the_figures_either(running):
    running.wait(days=5)
    hold(running, 60)
    running.wait(days=40)
    resume(running)

    def kept():
        return [one.kept for one in processes.analysis(running.unit, "apollo", running.clock.now.date()).conduct.gaps]

    assert kept() == [True], "of 45 days, 40 were on hold"
    running.wait(days=30)
    assert kept() == [False]


@on_sqlite
def test_the_time_in_which_an_emergency_is_ratified_does_not_run_in_a_hold(running):
    running.raise_change("tom", {"action": "move", "milestone": "M1", "target": "2026-05-20"}, urgency="emergency")
    running.do("spo", "decide-emergency", {"decision": "approved", "comment": "Now"})
    running.wait(days=2)
    hold(running, 30)
    running.wait(days=25)
    resume(running)
    running.wait(days=4)
    assert "not-ratified" not in kinds(running), "six days of the seven have passed"
    assert processes.communications(running.unit, "apollo", about="change-unratified") == []
    running.wait(days=3)
    assert "not-ratified" in kinds(running)


@on_sqlite
def test_an_approval_that_waits_is_taken_further_as_much_later_as_the_hold_was_long(running):
    running.raise_change("tom", {"action": "move", "milestone": "M1", "target": "2026-05-20"})
    running.wait(days=4)
    reminded = len(processes.communications(running.unit, "apollo", about="reminder"))
    assert reminded == 2
    hold(running, 30)
    running.wait(days=25)
    resume(running)
    running.wait(days=2.9)
    assert "unanswered-approval" not in kinds(running)
    running.wait(days=2)
    assert kinds(running).count("unanswered-approval") == 2
    told = processes.communications(running.unit, "apollo", about="approval-unanswered")
    assert told == [], "the manager's turn is two working days later, and not at once"


@on_sqlite
def test_who_is_asked_in_a_hold_has_to_answer_after_it(running):
    running.raise_change("tom", {"action": "move", "milestone": "M1", "target": "2026-05-20"})
    hold(running, 30)
    running.wait(days=2)
    running.do("sue", "decide-change", {"decision": "returned", "comment": "Say why"})
    running.do("tom", "revise-change", running.change_answers({"action": "move", "milestone": "M1",
                                                              "target": "2026-05-20"}))  # fmt: skip
    running.wait(days=15)
    assert processes.communications(running.unit, "apollo", about="reminder") == []
    resume(running)
    running.wait(days=5, hours=1)
    assert len(processes.communications(running.unit, "apollo", about="reminder")) == 2, "three working days, Tuesday"
    assert kinds(running) == []


@on_sqlite
def test_a_blocker_grows_no_older_in_a_hold(running):
    since = running.clock.now.date().isoformat()
    while not running.tasks("tom", "submit-update"):
        running.wait(days=1)
    line = {"milestone": "M1", "name": "Design", "status": "on-track", "percent": 10, "forecast": "2026-04-30"}
    blocker = {"text": "No crane", "owner": "tom", "since": since, "needed_by": "2026-05-01"}
    running.do("tom", "submit-update", {"milestones": [line], "nothing_to_report": True, "blockers": [blocker]})
    (period,) = {one.period for one in processes.updates(running.unit, "apollo")}
    hold(running, 30)
    running.wait(days=20)
    resume(running)
    assert what_is_late(running.unit, "apollo", period) == []
    running.wait(days=10)
    assert [one.clause for one in what_is_late(running.unit, "apollo", period)] == ["5.3d"]
