"""The weekly update by its diagram: on time, late, missed, returned and corrected; and what downtime skipped."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import engine
import processes
from forms import AnswersRefused
from processes.updates import faults, window
from tests.processes.stages import RUNNING, Stage, begins_at

week = begins_at(Stage("a week", RUNNING, lambda world: world.wait(days=7)), "week")
"""The Monday after the baseline, in the morning: the first update has been called for."""


def line(milestone: str, name: str, **more):
    given = {"milestone": milestone, "name": name, "status": "on-track", "percent": 10, "forecast": "2026-04-30"}
    return given | more


def tom(**more):
    return {"milestones": [line("M1", "Design")], "achievements": "Drafted the outline"} | more


def tia(**more):
    lines = [line("M2", "Build", forecast="2026-06-30"), line("M3", "Release", forecast="2026-09-30")]
    return {"milestones": lines, "nothing_to_report": True} | more


def test_updates_are_called_for_on_monday_at_eight_in_the_zone(running):
    running.wait(days=7)
    (task, *_) = running.tasks("tom", "submit-update")
    assert task.created_at == datetime(2026, 3, 9, 8, tzinfo=ZoneInfo("Europe/Prague"))
    assert running.incidents() == []
    form = engine.task_form(running.unit, task, running.actor("tom"))
    assert form.context["period"] == "2026-W11"
    assert [row["milestone"] for row in form.values["milestones"]] == ["M1"]


def test_a_week_on_time_is_released_into_the_log(week):
    week.do(
        "tom",
        "submit-update",
        tom(setbacks=[{"text": "Ill", "milestone": "M1", "cause": "resources", "impact_days": 2}]),
    )
    week.do("tia", "submit-update", tia())
    week.do("pm", "release-status", {"decision": "released"})
    record = engine.current(week.unit, "progress-log", "apollo", "2026-W11")
    assert [one["milestone"] for one in record.data["updates"]] == ["M1", "M2", "M3"]
    assert not any(one["late"] or one["missed"] for one in record.data["updates"])
    kinds = {one.kind for one in processes.log(week.unit, "apollo")}
    assert kinds == {"achievement", "setback", "nil"}
    assert processes.metrics(week.unit, "apollo").updates.ratio == 1
    # No date changed, so no forecast was added to those of the plan.
    assert len(processes.forecasts(week.unit, "apollo")) == 3


def test_a_forecast_is_free_and_always_kept(week):
    week.do("tom", "submit-update", tom(milestones=[line("M1", "Design", forecast="2026-05-20", status="delayed")]))
    first = processes.milestones(week.unit, "apollo")[0]
    assert (first.forecast, first.target, first.baseline) == (date(2026, 5, 20), date(2026, 4, 30), date(2026, 4, 30))
    assert [one.date for one in processes.forecasts(week.unit, "apollo", "M1")] == [
        date(2026, 4, 30),
        date(2026, 5, 20),
    ]


def test_what_is_reported_complete_is_claimed_and_not_achieved(week):
    said = line("M1", "Design", status="achieved", actual="2026-03-06")
    week.do("tom", "submit-update", tom(milestones=[said]))
    first = processes.milestones(week.unit, "apollo")[0]
    assert (first.actual, first.status, first.percent) == (None, "claimed-complete", 0)
    assert [one.kind for one in processes.forecasts(week.unit, "apollo", "M1")] == ["expected"]
    (claim,) = processes.claims(week.unit, "apollo")
    assert (claim.id, claim.milestone, claim.state, claim.met_on) == ("Q1", "M1", "begun", date(2026, 3, 6))
    assert claim.instance is None, "nobody judges it before the week's status is released"
    assert processes.metrics(week.unit, "apollo").earned.ev == 0


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        (tom(milestones=[line("M1", "Design", forecast="2026-03-08")]), "milestones.0.forecast"),
        (tom(milestones=[line("M1", "Design", status="achieved", actual="2026-01-01")]), "milestones.0.actual"),
        (tom(milestones=[line("M1", "Design", status="achieved", actual="2026-03-10")]), "milestones.0.actual"),
        ({"milestones": [line("M1", "Design")]}, "nothing_to_report"),
        (tom(nothing_to_report=True), "nothing_to_report"),
    ],
)
def test_an_update_that_cannot_be_true_is_refused_at_its_field(week, answers, field):
    with pytest.raises(AnswersRefused) as refused:
        week.do("tom", "submit-update", answers)
    assert field in refused.value.errors
    assert processes.updates(week.unit, "apollo") == []


def test_another_s_milestone_cannot_be_reported_on(week):
    rows = {one.id: one for one in processes.milestones(week.unit, "apollo") if one.owner == "tom"}
    said = [line("M1", "Design"), line("M2", "Build")]
    known = {"today": date(2026, 3, 9), "began": date(2026, 3, 2), "claims": {}, "closing": False}
    assert list(faults(said, rows, **known)) == ["milestones.1.milestone"]
    assert list(faults([], rows, **known)) == ["milestones"]


def test_reminded_overdue_late_and_missed(week):
    week.wait(days=3, hours=12)
    assert {one.recipient for one in processes.communications(week.unit, "apollo", about="reminder")} == {"tom", "tia"}
    week.wait(days=1)
    assert {one.recipient for one in processes.communications(week.unit, "apollo", about="overdue")} == {"tom", "tia"}
    week.do("tom", "submit-update", tom())
    week.wait(days=4)
    found = {one.milestone: one for one in processes.updates(week.unit, "apollo", "2026-W11")}
    assert (found["M1"].late, found["M1"].missed) == (True, False)
    assert (found["M2"].missed, found["M3"].missed) == (True, True)
    assert found["M2"].by == engine.SYSTEM
    assert [one.person for one in processes.log(week.unit, "apollo", kinds=["missed"])] == ["tia"]
    compliance = processes.metrics(week.unit, "apollo").updates
    assert (compliance.on_time, compliance.of) == (0, 2)
    (task, *_) = week.tasks("pm", "release-status")
    assert len(engine.task_form(week.unit, task, week.actor("pm")).context["missed"]) == 2


def test_a_returned_update_is_corrected_by_new_rows(week):
    week.do("tom", "submit-update", tom())
    week.do("tia", "submit-update", tia())
    week.do("pm", "release-status", {"decision": "returned", "return_to": "tom", "comment": "Which outline?"})
    assert engine.current(week.unit, "progress-log", "apollo", "2026-W11") is None
    assert week.tasks("tia", "submit-update") == []
    week.do("tom", "submit-update", tom(achievements="Outline of chapter 1"))
    said = processes.log(week.unit, "apollo", kinds=["achievement"])
    assert [(one.text, one.superseded) for one in said] == [
        ("Drafted the outline", True),
        ("Outline of chapter 1", False),
    ]
    assert said[1].corrects == said[0].id
    assert len(processes.updates(week.unit, "apollo", "2026-W11")) == 3
    week.do("pm", "release-status", {"decision": "released"})
    assert not any(
        one["late"] for one in engine.current(week.unit, "progress-log", "apollo", "2026-W11").data["updates"]
    )


def test_a_correction_may_take_back_what_was_said_to_be_reached(week):
    week.do("tom", "submit-update", tom(milestones=[line("M1", "Design", status="achieved", actual="2026-03-06")]))
    week.do("tia", "submit-update", tia())
    week.do("pm", "release-status", {"decision": "returned", "return_to": "tom", "comment": "Not signed yet"})
    week.do("tom", "submit-update", tom())
    first = processes.milestones(week.unit, "apollo")[0]
    assert (first.actual, first.status) == (None, "on-track")
    (claim,) = processes.claims(week.unit, "apollo")
    assert (claim.state, claim.open) == ("withdrawn", False)
    week.do("pm", "release-status", {"decision": "released"})
    assert week.tasks("tom", "state-claim") == []


def test_a_correction_that_never_comes_keeps_the_update_and_says_so(week):
    week.do("tom", "submit-update", tom())
    week.do("tia", "submit-update", tia())
    week.do("pm", "release-status", {"decision": "returned", "return_to": "tom", "comment": "Which outline?"})
    week.wait(days=6)
    (entry,) = processes.log(week.unit, "apollo", kinds=["missed"])
    assert "did not correct" in entry.text
    assert [one.missed for one in processes.updates(week.unit, "apollo", "2026-W11")] == [False] * 3


def test_nothing_runs_for_three_weeks_and_every_skipped_period_is_recorded(running):
    """One update for the present week, not three, and the weeks between are missed by everybody."""
    running.clock.now += timedelta(days=23)
    running.wait()
    assert [one.period for one in processes.log(running.unit, "apollo", kinds=["missed"])] == [
        "2026-W11", "2026-W11", "2026-W12", "2026-W12",
    ]  # fmt: skip
    (task, *rest) = running.tasks("tom", "submit-update")
    assert rest == []
    assert engine.task_form(running.unit, task, running.actor("tom")).context["period"] == "2026-W13"
    assert running.incidents() == []


def test_a_project_with_nothing_open_is_not_asked(week):
    week.do("tom", "submit-update", tom(milestones=[line("M1", "Design", status="achieved", actual="2026-03-06")]))
    done = [
        line("M2", "Build", status="achieved", actual="2026-03-07"),
        line("M3", "R", status="achieved", actual="2026-03-08"),
    ]
    week.do("tia", "submit-update", tia(milestones=done))
    week.do("pm", "release-status", {"decision": "released"})
    for person, task in [(one, task) for one in ("tom", "tia") for task in week.tasks(one, "state-claim")]:
        shown = {"decision": "complete", "text": "All passed", "met_on": "2026-03-08"}
        engine.complete(week.unit, task.id, shown, week.actor(person))
    week.wait(days=7)
    assert week.tasks("tom", "submit-update") == []
    newest = engine.instances(week.unit, process="weekly-update")[0]
    assert newest.status == "completed"


def test_an_owner_who_left_is_a_breach_that_names_the_way_out(running):
    engine.set_active(running.unit, "tom", False, engine.THE_SYSTEM)
    running.wait(days=7)
    (entry,) = processes.log(running.unit, "apollo", kinds=["breach"])
    assert (entry.clause, entry.milestone) == ("5.1c", "M1")
    assert len(running.tasks("tia", "submit-update")) == 1


def test_an_update_is_due_before_a_holiday_and_closes_after_it():
    about = processes.Project(
        "p", "P", "", "Europe/Prague", "running", date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), None, None,
        processes.Settings(holidays="CZ"),
    )  # fmt: skip
    week = window(about, "2026-W14")  # Good Friday is 3 April, Easter Monday the 6th
    assert [one.date() for one in (week.remind_at, week.due_at, week.close_at)] == [
        date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 8),
    ]  # fmt: skip


def test_the_due_time_stays_at_five_when_the_clocks_change():
    about = processes.Project(
        "p", "P", "", "Europe/Prague", "running", date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), None, None,
        processes.Settings(weekly_due="SUN 17:00"),
    )  # fmt: skip
    winter, summer = window(about, "2026-W12").due_at, window(about, "2026-W13").due_at
    assert [one.astimezone(ZoneInfo("Europe/Prague")).hour for one in (winter, summer)] == [17, 17]
    assert summer - winter == timedelta(days=7, hours=-1)
