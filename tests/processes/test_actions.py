"""Action items by their diagram: handed out, reported, verified, late, carried over into the next agenda."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

import engine
import processes
from engine import THE_SYSTEM, StepCall, Work
from forms import AnswersRefused
from processes.actions import times
from processes.snapshot import cut
from processes.steps import STEPS
from tests.databases import on_sqlite
from tests.processes.stages import RUNNING, Stage, begins_at

pytestmark = on_sqlite

DONE = {"outcome": "done", "text": "Called", "evidence": "Call log"}


def act(world):
    """Tom gets an action, due on Wednesday 1 April, since Monday 30 March at noon."""
    world.wait(days=14)
    world.do("pm", "schedule-review", {
        "date": "2026-03-27", "time": "10:00", "place": "Room 1", "agenda": "All", "invitees": ["pm", "sue"],
    })  # fmt: skip
    world.wait(days=9)
    world.do("pm", "analyse-performance", {"trends": "x", "bottlenecks": "x", "no_improvements": True})
    world.do("pm", "issue-report", {})
    world.wait(days=3)
    world.do("pm", "open-meeting", {"attendees": ["pm", "tom", "sue"]})
    lines = [{"milestone": one, "outcome": "pending", "remark": ""} for one in ("M1", "M2", "M3")]
    given = [{"text": "Call the supplier", "owner": "tom", "due": "2026-04-01", "priority": "high"}]
    world.do("pm", "hold-review", {"lines": lines, "no_items": True, "actions": given})
    world.do("pm", "draft-minutes", {"text": "We met", "plan_statement": "no-change"})
    for person in ("pm", "tom", "sue"):
        world.do(person, "comment-minutes", {"decision": "agree"})
    world.clock.now = datetime(2026, 3, 30, 10, tzinfo=UTC)
    world.do("pm", "confirm-minutes", {})


acting = begins_at(Stage("an action", RUNNING, act), "acting")


def status(world: Any) -> str:
    (one,) = processes.actions(world.unit, "apollo")
    return one.status


def logged(world: Any) -> list[Any]:
    return processes.log(world.unit, "apollo", kinds=["overdue"])


def carried(world: Any) -> list[tuple[str, str]]:
    """The actions that the next review begins with, and how they stand."""
    return [(one["id"], one["status"]) for one in cut(world.unit, "apollo", None)["actions"]]


def recipients(world: Any, about: str) -> set[str]:
    return {one.recipient for one in processes.communications(world.unit, "apollo", about=about) if one.key == "A1"}


def test_confirmed_minutes_hand_each_action_to_its_owner_once(acting):
    (task,) = acting.tasks("tom", "do-action")
    assert task.assignee == "tom"
    assert task.due == datetime(2026, 4, 1, 21, 59, tzinfo=UTC), "the end of the day in Prague"
    assert task.instance_title == "Action A1: Call the supplier (due 1 April 2026)"
    form = engine.task_form(acting.unit, task, acting.actor("tom"))
    assert form.context["action_item"] == [
        {"id": "A1", "text": "Call the supplier", "owner": "Tom Team", "due": "2026-04-01", "meeting": "R1",
         "priority": "high"},
    ]  # fmt: skip
    one = acting.instance("action-item")
    call = StepCall("open-action", "action.open", {}, {"message": {"action": "A1"}})
    with pytest.raises(processes.StepRefused):
        STEPS["action.open"](Work(acting.unit, one.id, one.process, one.definition, "apollo", call, THE_SYSTEM))


def test_an_action_is_on_the_agenda_until_it_is_done_and_closed(acting):
    assert carried(acting) == [("A1", "Open")]
    acting.do("tom", "do-action", DONE)
    assert status(acting) == "done"
    assert carried(acting) == [("A1", "Done, not verified yet")]
    (task,) = acting.tasks("pm", "verify-action")
    assert engine.task_form(acting.unit, task, acting.actor("pm")).context["action_reports"] == [
        {"on": "2026-03-30", "name": "Tom Team", "status": "Done, not verified yet", "text": "Called",
         "evidence": "Call log", "due": ""},
    ]  # fmt: skip
    acting.do("pm", "verify-action", {"decision": "closed"})
    assert status(acting) == "closed"
    assert carried(acting) == []
    assert acting.instance("action-item").status == "completed"
    acting.wait(days=10)
    assert logged(acting) == []
    assert [(one.status, one.person) for one in processes.action_reports(acting.unit, "apollo", "A1")] == [
        ("done", "tom"), ("closed", "pm"),
    ]  # fmt: skip


def test_what_is_late_is_logged_by_the_program_and_goes_to_the_sponsor(acting):
    acting.clock.now = datetime(2026, 3, 30, 11, tzinfo=UTC)
    acting.wait(days=1)
    assert recipients(acting, "action-reminder") == {"tom"}
    assert logged(acting) == []
    acting.wait(days=1, hours=12)
    (late,) = logged(acting)
    assert (late.clause, late.person, late.by) == ("5.4c", "tom", THE_SYSTEM.person)
    assert "A1 of review R1, due on 1 April 2026" in late.text
    assert recipients(acting, "action-escalated") == set()
    acting.wait(days=6)
    assert recipients(acting, "action-escalated") == {"pm", "spo"}
    assert any("A1" in one for one in processes.compliance(acting.unit, acting.instance("action-item").id).remarks)
    acting.wait(days=30)
    assert len(logged(acting)) == 1


def test_what_was_not_done_is_opened_again_until_another_day(acting):
    acting.do("tom", "do-action", {"outcome": "not-done", "text": "They moved"})
    assert status(acting) == "open"
    for answers, field in (
        ({"decision": "closed"}, "text"),
        ({"decision": "reopened", "due": "2026-04-10"}, "text"),
        ({"decision": "reopened", "text": "Find them", "due": "2026-03-29"}, "due"),
        ({"decision": "reopened", "text": "Find them"}, "due"),
    ):
        with pytest.raises(AnswersRefused) as refused:
            acting.do("pm", "verify-action", answers)
        assert set(refused.value.errors) == {field}
    acting.do("pm", "verify-action", {"decision": "reopened", "text": "Find them", "due": "2026-04-10"})
    (one,) = processes.actions(acting.unit, "apollo")
    assert (one.status, one.due) == ("reopened", date(2026, 4, 10))
    (task,) = acting.tasks("tom", "do-action")
    assert task.due == datetime(2026, 4, 10, 21, 59, tzinfo=UTC)
    minutes = engine.current(acting.unit, "minutes", "apollo", "R1")
    assert minutes.data["actions"][0]["due"] == "2026-04-01", "the minutes say what was agreed then"
    acting.wait(days=9)
    assert logged(acting) == []


def test_an_action_that_was_handed_on_is_the_other_persons(acting):
    (task,) = acting.tasks("tom", "do-action")
    engine.reassign(acting.unit, task.id, acting.actor("tia"), acting.actor("pm"), "Tom is ill")
    acting.wait(days=3)
    assert recipients(acting, "action-overdue") == {"tia"}
    assert {one.person for one in logged(acting)} == {"tia"}
    acting.do("tia", "do-action", {"outcome": "not-done", "text": "No time"})
    acting.do("pm", "verify-action", {"decision": "reopened", "text": "Please", "due": "2026-04-10"})
    assert acting.tasks("tom", "do-action") == []
    assert len(acting.tasks("tia", "do-action")) == 1


def test_when_an_action_is_late(world):
    """In Prague, whose clocks went forward on 29 March; asked on Monday 30 March at noon."""
    world.register()
    about = processes.project(world.unit, "apollo")

    def found(due: date) -> list[str]:
        said = times(about, due, datetime(2026, 3, 30, 10, tzinfo=UTC))
        return [f"{one:%m-%d %H:%M}" for one in (said.remind_at, said.due_at, said.escalate_at)]

    assert found(date(2026, 4, 10)) == ["04-08 06:00", "04-10 21:59", "04-15 06:00"]
    assert found(date(2026, 4, 1)) == ["03-31 10:00", "04-01 21:59", "04-06 06:00"], "asked for two days before"
    assert found(date(2026, 3, 1)) == ["03-31 10:00", "03-31 21:59", "04-03 06:00"], "handed out late: a day is left"
