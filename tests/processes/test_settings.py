"""Settings: each ambiguity has one, each does what it says, and what asks less needs a sponsor."""

from dataclasses import fields
from datetime import date, timedelta

import pytest

import engine
import processes
from processes import RegistrationRefused, Settings
from processes.settings import weakens
from processes.updates import window
from tests.databases import on_sqlite


def adjust(world, reason="Because", **values):
    made = processes.adjust(world.unit, "apollo", values, world.actor("pm"), reason)
    world.session.commit()
    return made


def settings(world):
    return processes.project(world.unit, "apollo").settings


def week(world):
    while not world.tasks("tom", "submit-update"):
        world.wait(days=1)


def report(forecast="2026-04-30", **more):
    line = {"milestone": "M1", "name": "Design", "status": "on-track", "percent": 10, "forecast": forecast}
    return {"milestones": [line], "nothing_to_report": True} | more


def test_every_ambiguity_has_a_setting_and_every_setting_a_place():
    assert [one.id for one in processes.READINGS if one.id] == [f"A{number}" for number in range(1, 17)]
    assert all(one.options for one in processes.READINGS)
    placed = [option.name for reading in processes.READINGS for option in reading.options]
    assert sorted(placed) == sorted(field.name for field in fields(Settings))
    assert len(placed) == len(set(placed))
    assert Settings().faults() == {}
    assert {reading.clause for reading in processes.READINGS if reading.clause} <= set(processes.CLAUSES)


EVERY_DAY = " ".join(str(date(2026, 3, 3) + timedelta(days=number)) for number in range(400))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("approval_rule", "nobody"), ("answer_days", 2), ("update_weeks", 5), ("weekly_due", "whenever"),
        ("review_step", "P4M"), ("quorum", "0"), ("preread_days", 0), ("change_completion", "never"),
        ("change_completion", "²"), ("change_completion", "9" * 5000), ("change_completion", "sponsor"),
        ("change_veto", "Nobody"), ("ratify_days", 99), ("nil_entries", "perhaps"), ("hold_longest", 0),
        ("holidays", "XX"), ("closed_days", "soon"),
        ("closed_days", EVERY_DAY), ("team_leads", "sue nobody"), ("blocker_days", True),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_at_its_field(running, name, value):
    with pytest.raises(RegistrationRefused) as refused:
        adjust(running, **{name: value})
    assert list(refused.value.errors) == [name]
    assert settings(running) == Settings()


def test_a_change_has_a_reason_and_tells_who_made_it_when(running):
    with pytest.raises(RegistrationRefused) as refused:
        adjust(running, reason=" ", weekly_due="THU 12:00")
    assert list(refused.value.errors) == ["reason"]
    with pytest.raises(RegistrationRefused):
        adjust(running, colour="red")
    with pytest.raises(processes.NotInProject):
        processes.adjust(running.unit, "apollo", {"proposed": "hidden"}, running.actor("tom"), "I like it")
    (made,) = adjust(running, reason="Fridays are off", weekly_due="THU 12:00")
    assert (made.name, made.old, made.new, made.state) == ("Pat Manager", "FRI 17:00", "THU 12:00", "in-force")
    assert made.at == running.clock.now
    (event,) = engine.events(running.unit, kind="setting-change.added")
    assert (event.person, event.reason) == ("pm", "Fridays are off")
    assert adjust(running, weekly_due="THU 12:00") == [], "nothing is different"


def test_what_asks_less_waits_for_a_sponsor(running):
    weaker, firmer = adjust(running, preread_days=1, update_close_days=1)
    assert {weaker.setting: weaker.state, firmer.setting: firmer.state} == {
        "preread_days": "proposed", "update_close_days": "in-force",
    }  # fmt: skip
    assert settings(running).preread_days == 2
    told = processes.communications(running.unit, "apollo", about="setting-proposed")
    assert [one.recipient for one in told] == ["spo"]
    for person in ("pm", "sue", "tom"):
        with pytest.raises(processes.NotInProject):
            processes.decide_setting(running.unit, "apollo", weaker.id, True, running.actor(person), "")
    with pytest.raises(RegistrationRefused):
        processes.decide_setting(running.unit, "apollo", weaker.id, False, running.actor("spo"), "")
    processes.decide_setting(running.unit, "apollo", weaker.id, True, running.actor("spo"), "Fine")
    assert settings(running).preread_days == 1
    with pytest.raises(RegistrationRefused):
        processes.decide_setting(running.unit, "apollo", weaker.id, True, running.actor("spo"), "Again")


def test_a_declined_setting_stays_and_a_new_proposal_replaces_the_old(running):
    (first,) = adjust(running, quorum="1")
    (second,) = adjust(running, nil_entries="optional")
    (third,) = adjust(running, quorum="2")
    processes.decide_setting(running.unit, "apollo", second.id, False, running.actor("spo"), "We want to hear it")
    processes.decide_setting(running.unit, "apollo", third.id, True, running.actor("spo"), "")
    states = {one.id: one.state for one in processes.setting_changes(running.unit, "apollo")}
    assert states == {first.id: "replaced", second.id: "declined", third.id: "in-force"}
    assert (settings(running).quorum, settings(running).nil_entries) == ("2", "required")


def test_who_is_the_only_sponsor_does_not_agree_to_their_own_proposal(running):
    processes.add_member(running.unit, "apollo", "spo", "Project Manager", running.actor("pm"))
    by = running.actor("spo")
    (made,) = processes.adjust(running.unit, "apollo", {"nil_entries": "optional"}, by, "Less to write")
    assert not processes.may_agree(running.unit, by, "apollo", made)
    assert processes.may_agree(running.unit, running.actor("sue"), "apollo", made)


@pytest.mark.parametrize(
    ("name", "before", "after", "asks_less"),
    [
        ("approval_rule", "stakeholders", "manager only", True),
        ("approval_rule", "stakeholders", "stakeholders and sponsor", False),
        ("review_step", "P2W", "P1M", True), ("review_step", "P1M", "P2W", False),
        ("review_step", "P1M", "P6W", True), ("review_step", "P3M", "P6W", False),
        ("update_weeks", 1, 2, True), ("quorum", "3", "2", True), ("quorum", "2", "3", False),
        ("change_completion", "matrix", "majority", True), ("holidays", "", "DE", False),
        ("closed_days", "", "2026-12-24", True), ("closed_days", "2026-12-24, 2026-12-31", "2026-12-31", False),
    ],
)  # fmt: skip
def test_what_asks_less(name, before, after, asks_less):
    assert weakens(name, Settings(**{name: before}), Settings(**{name: after})) is asks_less


# What each setting does.


def test_a1_who_signs_is_read_when_the_plan_comes_to_be_signed(world):
    world.register()
    world.do("pm", "draft-plan", world.plan_answers())
    adjust(world, approval_rule="stakeholders and sponsor")
    world.accept_all()
    assert len(world.tasks("spo", "sign-baseline")) == 1


def test_a1_owners_and_approvers_have_the_days_that_the_project_gives(world):
    world.register(settings={"answer_days": 10})
    world.do("pm", "draft-plan", world.plan_answers())
    (task,) = world.tasks("tom", "accept-ownership")
    assert task.due.date() == date(2026, 3, 16)
    world.wait(days=9)
    assert processes.communications(world.unit, "apollo", about="reminder") == []
    world.wait(days=2)
    assert {one.recipient for one in processes.communications(world.unit, "apollo", about="reminder")} == {"tom", "tia"}


@pytest.mark.parametrize(("initiation", "found"), [("baseline", []), ("planned start", ["late-start"])])
def test_a2_a_baseline_after_the_planned_start_is_a_gap_where_that_counts(world, initiation, found):
    world.register(start=date(2026, 3, 4), settings={"initiation": initiation})
    world.do("pm", "draft-plan", world.plan_answers())
    world.wait(days=3)
    world.accept_all()
    for person in ("sue", "sam"):
        world.do(person, "sign-baseline", {"decision": "approved"})
    assert [one.kind for one in processes.gaps(world.unit, "apollo")] == found


def test_a3_a_project_that_reports_every_other_week_is_not_asked_in_between(running):
    (made,) = adjust(running, update_weeks=2)
    processes.decide_setting(running.unit, "apollo", made.id, True, running.actor("spo"), "")
    running.session.commit()
    called = set()
    for _ in range(5):
        running.wait(days=7)
        called |= {one.instance_title.partition(", week of ")[2] for one in running.tasks("tom", "submit-update")}
    assert called == {"16 March 2026", "30 March 2026"}
    found = {one.about for one in processes.gaps(running.unit, "apollo", kind="missed-update")}
    assert found == {"2026-W12"}
    due = window(processes.project(running.unit, "apollo"), "2026-W12").due_at
    assert due.date() == date(2026, 3, 27), "on the Friday of the second week"


def test_a3_the_day_on_which_updates_are_due(running):
    adjust(running, weekly_due="THU 12:00")
    week(running)
    assert {one.due.astimezone().weekday() for one in running.tasks("tom", "submit-update")} == {3}


def test_a4_reviews_are_called_for_by_the_step_that_holds_now(running):
    adjust(running, review_step="P1W", review_after_days=7)
    running.wait(days=15)
    assert len(running.tasks("pm", "schedule-review")) == 2


def agree(world, *people):
    (change,) = [one for one in processes.setting_changes(world.unit, "apollo") if one.state == "proposed"]
    for person in people:
        processes.decide_setting(world.unit, "apollo", change.id, True, world.actor(person), "")
    world.session.commit()


def test_a4_rarer_than_monthly_every_stakeholder_has_to_agree(running):
    (made,) = adjust(running, review_step="P6W")
    told = processes.communications(running.unit, "apollo", about="setting-proposed")
    assert {one.recipient for one in told} == {"sue", "sam"}
    for person in ("pm", "spo", "tom"):
        with pytest.raises(processes.NotInProject):
            processes.decide_setting(running.unit, "apollo", made.id, True, running.actor(person), "")
    agree(running, "sue")
    assert settings(running).review_step == "P1M", "one of two has agreed"
    with pytest.raises(processes.NotInProject, match="each once"):
        processes.decide_setting(running.unit, "apollo", made.id, True, running.actor("sue"), "")
    agree(running, "sam")
    assert settings(running).review_step == "P6W"
    (decided,) = processes.setting_changes(running.unit, "apollo")
    assert (decided.state, set(decided.agreed)) == ("in-force", {"sue", "sam"})
    assert len(engine.events(running.unit, kind="setting-agreement.added")) == 2


@on_sqlite
def test_a4_one_stakeholder_against_is_enough(running):
    (made,) = adjust(running, review_step="P2M")
    agree(running, "sam")
    processes.decide_setting(running.unit, "apollo", made.id, False, running.actor("sue"), "We want to see it monthly")
    assert settings(running).review_step == "P1M"
    assert processes.setting_changes(running.unit, "apollo")[0].state == "declined"


@on_sqlite
@pytest.mark.parametrize(("agreed", "gaps", "kept"), [(False, ["review-gap"], False), (True, [], True)])
def test_a4_a_longer_time_between_reviews_is_no_gap_once_it_is_agreed(running, agreed, gaps, kept):
    adjust(running, review_step="P6W", review_after_days=28)
    if agreed:
        agree(running, "sue", "sam")
    running.wait(days=36)
    assert [one.kind for one in processes.gaps(running.unit, "apollo", kind="review-gap")] == gaps
    found = processes.analysis(running.unit, "apollo", running.clock.now.date()).conduct
    assert [one.kept for one in found.gaps] == [kept]
    running.wait(days=10)
    (said,) = processes.gaps(running.unit, "apollo", kind="review-gap")
    assert ("More than 6 weeks have passed" in said.text) is agreed


@on_sqlite
def test_a4_a_number_of_stakeholders_makes_a_review(running):
    adjust(running, quorum="2")
    agree(running, "spo")
    held_review(running, attendees=("pm", "sue"), until="settle-quorum")
    (gap,) = processes.gaps(running.unit, "apollo", kind="no-quorum")
    assert "1 of 2 entitled to decide; 2 needed" in gap.text


@on_sqlite
@pytest.mark.parametrize(("days", "late"), [(2, False), (5, True)])
def test_a5_a_report_goes_out_so_many_working_days_before(running, days, late):
    adjust(running, preread_days=5)
    if days != 5:
        adjust(running, preread_days=days)
        agree(running, "spo")
    held_review(running, until="open-meeting")
    assert [one.about for one in processes.gaps(running.unit, "apollo", kind="late-report")] == (["R1"] if late else [])


def held_review(world, meeting="2026-03-30", attendees=("pm", "sue", "sam"), until="draft-minutes"):
    """A review up to its minutes, or to another task before. Its report goes out four working days before it."""
    world.wait(days=15)
    people = {"invitees": ["pm", "sue", "sam"], "place": "Here", "agenda": "All"}
    world.do("pm", "schedule-review", {"date": meeting, "time": "14:00", **people})
    world.wait(days=8)
    sections = {"trends": "Flat", "bottlenecks": "None", "improvements": [], "no_improvements": True}
    world.do("pm", "analyse-performance", sections)
    world.do("pm", "issue-report", {})
    world.wait(days=6)
    if until == "open-meeting":
        return
    world.do("pm", "open-meeting", {"attendees": list(attendees), "apologies": []})
    if until == "settle-quorum":
        return
    lines = [{"milestone": one, "outcome": "pending", "remark": ""} for one in ("M1", "M2", "M3")]
    world.do("pm", "hold-review", {"lines": lines, "no_items": True})


@pytest.mark.parametrize(("when", "early", "late"), [("with the report", 6, 6), ("with the minutes", 0, 6)])
def test_a6_the_performance_review_goes_out_with_the_report_or_with_the_minutes(running, when, early, late):
    adjust(running, performance_report=when)
    held_review(running)
    sent = processes.communications(running.unit, "apollo", about="performance")
    assert len(sent) == early
    running.do("pm", "draft-minutes", {"text": "We met", "plan_statement": "no-change"})
    for person in ("pm", "sue", "sam"):
        running.do(person, "comment-minutes", {"decision": "agree"})
    running.do("pm", "confirm-minutes", {})
    sent = processes.communications(running.unit, "apollo", about="performance")
    assert len(sent) == late
    assert {engine.record(running.unit, one.record).type for one in sent} == {"performance-review"}


def test_a14_minutes_are_drafted_by_whom_the_project_names(running):
    adjust(running, minute_taker="tia")
    held_review(running)
    assert running.tasks("pm", "draft-minutes") == []
    running.do("tia", "draft-minutes", {"text": "We met", "plan_statement": "no-change"})
    for person in ("pm", "sue", "sam"):
        running.do(person, "comment-minutes", {"decision": "agree"})
    assert len(running.tasks("pm", "confirm-minutes")) == 1, "the manager is accountable and signs"


def test_a7_what_is_proposed_is_shown_beside_the_plan_or_hidden(running):
    running.raise_change("tom", {"action": "move", "milestone": "M1", "target": "2026-05-20"})
    (found,) = processes.proposed(running.unit, "apollo")
    assert any("2026-05-20" in line for line in found.lines)
    adjust(running, proposed="hidden")
    assert processes.proposed(running.unit, "apollo") == []


def test_a9_a_team_lead_reports_for_another_and_both_are_named(running):
    week(running)
    (task,) = running.tasks("tom", "submit-update")
    with pytest.raises(processes.NotInProject):
        processes.report_for(running.unit, task.id, running.actor("tia"))
    adjust(running, team_leads="tia")
    processes.report_for(running.unit, task.id, running.actor("tia"))
    running.session.commit()
    mine = [one for one in running.tasks("tia", "submit-update") if one.key == "tom"]
    engine.complete(running.unit, mine[0].id, report(), running.actor("tia"))
    (said,) = processes.updates(running.unit, "apollo")
    assert (said.person, said.by, said.milestone) == ("tom", "tia", "M1")


@pytest.mark.parametrize(("forecasts", "told"), [("logged", set()), ("told", {"sue", "sam"})])
def test_a10_a_forecast_beyond_its_tolerance_is_told_where_the_project_wants_that(running, forecasts, told):
    adjust(running, forecasts=forecasts)
    week(running)
    running.do("tom", "submit-update", report("2026-05-20"))
    found = processes.communications(running.unit, "apollo", about="forecast")
    assert {one.recipient for one in found} == told
    assert processes.milestones(running.unit, "apollo")[0].forecast == date(2026, 5, 20)


@pytest.mark.parametrize(("newcomers", "told"), [("told", ["spo"]), ("not told", [])])
def test_a11_who_joins_is_told_the_plan(running, newcomers, told):
    adjust(running, newcomers=newcomers)
    processes.add_member(running.unit, "apollo", "spo", "Stakeholder", running.actor("pm"))
    found = processes.communications(running.unit, "apollo", about="current-plan")
    assert [one.recipient for one in found] == told
    assert all(one.record == processes.plan(running.unit, "apollo").record for one in found)


@on_sqlite
@pytest.mark.parametrize(("days", "on"), [("1 2 3 4", 1), ("3 5 7 9", 3)])
def test_a8_an_approval_that_nobody_gives_is_reminded_of_after_the_days_that_the_project_says(running, days, on):
    if settings(running).escalation_days != days:
        adjust(running, escalation_days=days)
        agree(running, "spo")
    running.raise_change("tom", {"action": "move", "milestone": "M1", "target": "2026-05-20"})
    running.wait(days=on - 0.1)
    assert processes.communications(running.unit, "apollo", about="reminder") == []
    running.wait(days=0.2)
    found = processes.communications(running.unit, "apollo", about="reminder")
    assert {one.recipient for one in found} == {"sue", "sam"}


@on_sqlite
def test_a8_an_emergency_is_ratified_within_the_days_that_the_project_says(running):
    adjust(running, ratify_days=2)
    running.raise_change(
        "tom", {"action": "move", "milestone": "M1", "target": "2026-05-20"}, urgency="emergency"
    )
    running.do("spo", "decide-emergency", {"decision": "approved", "comment": "Now"})
    running.wait(days=1)
    assert processes.gaps(running.unit, "apollo", kind="not-ratified") == []
    running.wait(days=1, hours=1)
    assert len(processes.gaps(running.unit, "apollo", kind="not-ratified")) == 1


def test_a13_a_project_may_ask_for_an_approved_sop(world):
    world.register(settings={"sop_approval": "required"})
    world.do("pm", "draft-plan", world.plan_answers())
    world.accept_all()
    for person in ("sue", "sam"):
        world.do(person, "sign-baseline", {"decision": "approved"})
    assert processes.project(world.unit, "apollo").status == "planning"
    assert "approved the SOP" in world.incidents()[0]


def test_a15_nothing_to_report_is_said_or_not(running):
    (made,) = adjust(running, nil_entries="optional")
    processes.decide_setting(running.unit, "apollo", made.id, True, running.actor("spo"), "")
    running.session.commit()
    week(running)
    running.do("tom", "submit-update", report(nothing_to_report=False))
    assert len(processes.updates(running.unit, "apollo")) == 1


@on_sqlite
@pytest.mark.parametrize(("days", "late"), [(14, 0), (5, 1)])
def test_a_blocker_is_taken_further_after_the_days_that_the_project_says(running, days, late):
    adjust(running, blocker_days=days)
    week(running)
    since = (running.clock.now - timedelta(days=7)).date().isoformat()
    blocker = {"text": "No crane", "owner": "tom", "since": since, "needed_by": "2026-05-01"}
    running.do("tom", "submit-update", report(blockers=[blocker]))
    running.do("tia", "submit-update", {"milestones": [
        {"milestone": one, "name": name, "status": "on-track", "percent": 0, "forecast": forecast}
        for one, name, forecast in (("M2", "Build", "2026-06-30"), ("M3", "Release", "2026-09-30"))
    ], "nothing_to_report": True})  # fmt: skip
    running.do("pm", "release-status", {"decision": "released"})
    assert len(running.tasks("pm", "decide-late")) == late


def test_a16_a_hold_is_no_longer_than_the_project_allows(running):
    adjust(running, hold_longest=10)
    by, today = running.actor("pm"), running.clock.now.date()
    with pytest.raises(RegistrationRefused) as refused:
        processes.hold(running.unit, "apollo", today + timedelta(days=11), by, "Money")
    assert "10 days at most" in str(refused.value)
    processes.hold(running.unit, "apollo", today + timedelta(days=10), by, "Money")


def test_a16_a_cancelled_project_is_closed_in_full_where_it_chose_that(running):
    adjust(running, cancelled_closure="full")
    processes.cancel_project(running.unit, "apollo", running.actor("pm"), "No customer")
    running.session.commit()
    assert len(running.tasks("pm", "settle-gaps")) == 1
