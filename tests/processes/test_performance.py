"""A project's performance by its rows: waits, gaps, closings, causes, baselines; every number is that of its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

import engine
import processes
from processes import conduct as conducting
from processes.bottlenecks import longest
from processes.gantt import chart
from processes.log import write
from processes.metrics import OnTime
from processes.performance import reference
from processes.projects import project
from processes.setbacks import causes, setbacks
from processes.tables import ActionRow, ActionStepRow, ChangeRow, ConditionRow, MeetingRow, MilestoneRow, ProjectRow
from processes.writing import Writing
from tests.databases import on_sqlite
from tests.processes.world import World

pytestmark = on_sqlite

STARTED = date(2026, 3, 2)
"""When the running project of the tests had its baseline signed; a Monday."""


def planned(world: World) -> None:
    """A plan that was drafted after five hours, of which the manager had claimed it for two; accepted a day later;
    rejected at once by one, and revised and approved after another day."""
    world.register()
    world.wait(hours=3)
    (task,) = world.tasks("pm", "draft-plan")
    engine.claim(world.unit, task.id, world.actor("pm"))
    world.wait(hours=2)
    world.do("pm", "draft-plan", world.plan_answers())
    world.wait(hours=24)
    world.accept_all()
    world.do("sam", "sign-baseline", {"decision": "rejected", "comment": "Too early"})
    world.wait(hours=24)
    world.do("pm", "revise-plan", world.plan_answers(purpose="Fly there, later"))
    world.accept_all()


def test_a_task_waits_until_it_is_claimed_or_else_until_its_end(world: World) -> None:
    planned(world)
    found = processes.bottlenecks(world.unit, "milestone-setup", ["apollo"])
    steps = {one.element: one for one in found.steps}
    draft, accept, revise = steps["draft-plan"], steps["accept-ownership"], steps["revise-plan"]
    assert (draft.n, draft.claimed, draft.median, draft.touch) == (1, 1, 3, 2)
    # Two owners waited 24 hours, then none: 0, 0, 24, 24; the place of 85 % is 2.55, of 90 % is 2.7.
    assert (accept.n, accept.waited, accept.median, accept.p85, accept.p90) == (4, 48, 12, 24, 24)
    assert (revise.n, revise.waited) == (1, 24)
    assert [one.element for one in found.steps][:2] == ["accept-ownership", "revise-plan"]
    assert accept.share == pytest.approx(48 / (3 + 48 + 24))
    assert sum(one.share for one in found.steps) == pytest.approx(1)
    assert (accept.repeated, draft.repeated, found.repeated, found.instances) == (1, 0, 1, 1)
    assert found.n == sum(one.n for one in found.steps)
    assert found.open == 2  # both stakeholders are asked again
    assert found.average == pytest.approx(found.expected), "Little's law"
    world.wait(hours=53)  # as long again as from the first task till now
    later = processes.bottlenecks(world.unit, "milestone-setup", ["apollo"])
    assert later.expected == pytest.approx(found.expected / 2), "nothing more was completed"
    assert later.average == pytest.approx(found.average / 2 + later.open / 2), "what is open is under way"
    assert [one.name for one in longest(world.unit, ["apollo"], 1)] == [accept.name]


def test_a_weekend_is_no_waiting_in_working_days(world: World) -> None:
    world.clock.now = datetime(2026, 3, 6, 15, tzinfo=UTC)  # a Friday; closed on the Monday after
    world.register(settings={"closed_days": "2026-03-09"})
    world.wait(days=4)
    world.do("pm", "draft-plan", world.plan_answers())
    (draft,) = processes.bottlenecks(world.unit, "milestone-setup").steps
    assert (draft.median, draft.working) == (96, 1)


def test_nothing_completed_is_nothing_measured(world: World) -> None:
    world.register()
    found = processes.bottlenecks(world.unit, "milestone-setup", ["apollo"])
    assert (found.n, found.steps, found.open, found.average) == (0, (), 1, 0)
    assert processes.bottlenecks(world.unit, "milestone-setup", []).open == 0


def meeting(name: str, day: date, sent: date | None = None) -> MeetingRow:
    """A review that was held at noon; its report was sent in the morning of a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    morning = datetime(sent.year, sent.month, sent.day, 9, tzinfo=UTC) if sent else None
    return MeetingRow(
        project="apollo", id=name, sequence=int(name[1:]), instance="i", state="held", scheduled_at=noon, place="",
        agenda="", invitees=[], called_by="pm", distributed_at=morning, delegates="", held_at=noon,
    )  # fmt: skip


def test_gaps_between_reviews_begin_and_end_with_the_project(running: World) -> None:
    about = project(running.unit, "apollo")
    held = [meeting("R1", date(2026, 4, 2)), meeting("R2", date(2026, 5, 3))]
    gaps = conducting.review_gaps(running.unit, about, held, date(2026, 5, 20))
    # A calendar month from 2 March is 2 April, from 2 April is 2 May: the second is a day over.
    assert [(one.days, one.meeting, one.kept) for one in gaps] == [(31, "R1", True), (31, "R2", False), (17, "", True)]
    kept = conducting.Conduct(gaps, (), (), ()).reviews
    assert kept == OnTime(1, 2), "what still runs, and is not over a month, counts for neither"
    overdue = conducting.review_gaps(running.unit, about, held, date(2026, 6, 4))
    assert conducting.Conduct(overdue, (), (), ()).reviews == OnTime(1, 3)
    assert conducting.review_gaps(running.unit, about, [], STARTED) == ()


def test_a_pre_read_is_counted_in_working_days(running: World) -> None:
    # Friday to Tuesday is two working days; Monday to Tuesday one; the project asks for two.
    for name, day, sent in (("R1", 14, 10), ("R2", 21, 20), ("R3", 28, None)):
        running.session.add(meeting(name, date(2026, 4, day), date(2026, 4, sent) if sent else None))
    running.session.commit()
    found = conducting.conduct(running.unit, project(running.unit, "apollo"), date(2026, 4, 30))
    assert [(one.meeting, one.lead, one.kept) for one in found.prereads] == [
        ("R1", 2, True), ("R2", 1, False), ("R3", None, False),
    ]  # fmt: skip
    assert found.reports == OnTime(1, 3)
    behind = processes.behind(running.unit, "apollo", "reports", as_of=date(2026, 4, 30))
    assert [one.cells[2] for one in behind.lines] == [2, 1, "not sent"]


def test_an_action_is_in_time_when_it_was_closed_by_its_day(running: World) -> None:
    running.session.add(meeting("R1", date(2026, 4, 1)))
    closed = {"A1": date(2026, 4, 10), "A2": date(2026, 4, 11), "A3": None, "A4": None}
    due = {"A1": 10, "A2": 10, "A3": 10, "A4": 30}
    for number, (name, day) in enumerate(closed.items()):
        running.session.add(ActionRow(
            project="apollo", id=name, sequence=number, meeting="R1", text="Ask", owner="tom",
            due=date(2026, 4, due[name]), priority="normal", status="closed" if day else "open", instance=None,
        ))  # fmt: skip
        if day:
            running.session.add(ActionStepRow(
                project="apollo", action=name, status="closed", person="pm", text="", evidence="", due=None,
                at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC), instance="i",
            ))  # fmt: skip
    running.session.commit()
    found = conducting.conduct(running.unit, project(running.unit, "apollo"), date(2026, 4, 21))
    assert [one.in_time for one in found.closings] == [True, False, False, None]
    assert found.actions == OnTime(1, 3)
    assert found.open_age == 20
    earlier = conducting.conduct(running.unit, project(running.unit, "apollo"), date(2026, 4, 10))
    assert [one.closed_on for one in earlier.closings] == [date(2026, 4, 10), None, None, None]


def test_a_change_is_decided_when_it_was_and_not_before(running: World) -> None:
    raised, decided, back = (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (10, 16, 20))
    for number, (change, ended) in enumerate({"C1": None, "C2": back}.items(), 1):
        running.session.add(ChangeRow(
            project="apollo", id=change, sequence=number, status="lapsed" if ended else "conditional", raised_by="pm",
            raised_at=raised, source=None, instance=None, base_revision=0, base_sha256="", impact="", shift_days=0,
            rule="", rounds=number, decided_at=decided, applied_at=decided, applied_as=None, implemented_at=None,
            reverted_at=ended, reverted_as=None,
        ))  # fmt: skip
        running.session.add(ConditionRow(
            project="apollo", change=change, number=1, record="", set_by="sam", text="Test it", owner="tom",
            due=date(2026, 3, 19), action="A1",
        ))  # fmt: skip
    running.session.commit()
    about = project(running.unit, "apollo")
    told = [conducting.conduct(running.unit, about, date(2026, 3, day)) for day in (15, 16, 20)]
    assert [one.decided_after for one in told] == [None, 6, 6]
    assert [one.at_once for one in told] == [OnTime(0, 0), OnTime(1, 2), OnTime(1, 2)]
    assert [one.lapsed for one in told] == [OnTime(0, 0), OnTime(0, 2), OnTime(1, 2)]
    assert [one.loops for one in told] == [0, 1, 1]


def test_causes_are_told_costliest_first_with_what_nobody_measured(running: World) -> None:
    said = [("external", 5, 10), ("scope", None, 10), ("external", 3, 17), ("scope", 1, 17), ("other", 1, 24)]
    writing = Writing(running.unit, running.actor("tom"), "apollo")
    for cause, days, day in said:
        write(
            writing, "UTC", "setback", "Late", clause="5.2d", cause=cause, impact_days=days,
            event_on=date(2026, 3, day), period=f"2026-W{day // 7 + 10}",
        )  # fmt: skip
    running.session.commit()
    found = causes(setbacks(running.unit, "apollo"))
    assert [(one.cause, one.n, one.days, one.unmeasured, one.periods) for one in found] == [
        ("external", 2, 8, 0, 2), ("scope", 2, 1, 1, 2), ("other", 1, 1, 0, 1),
    ]  # fmt: skip
    assert [round(one.cumulative, 6) for one in found] == [0.8, 0.9, 1]
    behind = processes.behind(running.unit, "apollo", "setbacks", as_of=date(2026, 12, 1), cause="scope")
    assert [line.cells[2] for line in behind.lines] == [None, 1]
    running.clock.now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    assert len(setbacks(running.unit, "apollo", date(2026, 3, 16))) == 2
    write(
        writing, "UTC", "setback", "Told late", clause="5.2d", cause="scope", impact_days=1,
        event_on=date(2026, 3, 9), period="2026-W12",
    )  # fmt: skip
    running.session.commit()
    assert len(setbacks(running.unit, "apollo", date(2026, 3, 16))) == 2, "nobody knew by then"
    assert len(setbacks(running.unit, "apollo", date(2026, 3, 20))) == 5


def test_the_timeline_shows_where_later_baselines_moved_a_milestone(running: World) -> None:
    plan = processes.milestones(running.unit, "apollo")
    may, june, july = date(2026, 5, 15), date(2026, 6, 30), date(2026, 7, 31)
    later = {1: {"M1": may, "M2": june}, 2: {"M1": may, "M2": july}}
    bars = {one.id: one for one in chart(plan, STARTED, date(2026, 4, 1), later).bars}
    assert [(one.number, one.date) for one in bars["M1"].moved] == [(1, may)]
    assert [(one.number, one.date) for one in bars["M2"].moved] == [(2, july)]
    assert bars["M3"].moved == ()


def test_a_date_that_is_never_ends_the_timeline(running: World) -> None:
    plan = [replace(one, forecast=date.max) for one in processes.milestones(running.unit, "apollo")]
    found = chart(tuple(plan), STARTED, date(2026, 4, 1))
    assert {bar.end for bar in found.bars} <= {1, found.bars[0].end}
    assert 0 < len(found.ticks) < 20


def test_only_closed_projects_are_a_reference(running: World) -> None:
    """What other projects have reached so far would tell of their early milestones only."""
    rows = processes.milestones(running.unit, "apollo")
    first = running.session.get(MilestoneRow, ("apollo", rows[0].id))
    first.actual = first.target + timedelta(days=4)
    running.session.flush()
    assert reference(running.unit, "zeus", date(2026, 12, 1)) == []
    closed = running.session.get(ProjectRow, "apollo")
    closed.status, closed.closed_at = "closed", datetime(2026, 11, 30, 23, tzinfo=UTC)
    running.session.flush()
    assert reference(running.unit, "zeus", date(2026, 12, 1)) == [4]
    assert reference(running.unit, "zeus", date(2026, 11, 29)) == [], "not closed by then"
    assert reference(running.unit, "zeus", first.target) == [], "not reached by then"
    assert reference(running.unit, "apollo", date(2026, 12, 1)) == [], "its own are its own"


def test_before_the_baseline_there_is_nothing_to_analyse(running: World) -> None:
    assert processes.analysis(running.unit, "apollo", date(2026, 2, 1)) is None
    assert processes.analysis(running.unit, "apollo", baseline=7) is None
    assert processes.behind(running.unit, "apollo", "nonsense") is None
    found = processes.analysis(running.unit, "apollo")
    assert (found.as_of, found.open, found.outlook.open) == (STARTED, 3, 3)
    assert found.limits is None
