"""The milestone setup by its diagram: rejected, declined, unanswered, late, and frozen only when approved."""

from datetime import date

import pytest

import engine
import processes
from forms import AnswersRefused

EVERYBODY = {"pm", "tom", "tia", "sue", "sam", "spo"}


def test_the_baseline_freezes_exactly_what_was_approved(running):
    unit = running.unit
    plan = processes.plan(unit, "apollo")
    assert (plan.baseline, plan.revision) == (0, 1)
    assert [(one.id, one.target, one.baseline, one.forecast) for one in plan.milestones] == [
        ("M1", date(2026, 4, 30), date(2026, 4, 30), date(2026, 4, 30)),
        ("M2", date(2026, 6, 30), date(2026, 6, 30), date(2026, 6, 30)),
        ("M3", date(2026, 9, 30), date(2026, 9, 30), date(2026, 9, 30)),
    ]
    (baseline,) = processes.baselines(unit, "apollo")
    assert baseline.weights["M3"] == 2
    record = engine.record(unit, plan.record)
    assert set(engine.approvals(unit, record.id)) == {"sue", "sam"}
    assert processes.project(unit, "apollo").status == "running"
    assert {one.recipient for one in processes.communications(unit, "apollo", about="baseline")} == EVERYBODY


def test_every_row_leaves_one_event(running):
    kinds = [one.kind for one in engine.events(running.unit, subject="apollo", limit=1000)]
    assert kinds.count("milestone.added") == 3
    assert kinds.count("baseline.added") == 3
    assert kinds.count("forecast.added") == 3
    assert kinds.count("member.added") == 6
    assert kinds.count("project.added") == 1
    # registered -> planning -> running
    assert kinds.count("project.changed") == 2


def test_automatic_work_is_the_program_s_and_a_person_s_is_theirs(running):
    found = engine.events(running.unit, subject="apollo", limit=1000)
    assert {one.person for one in found if one.kind == "milestone.added"} == {engine.SYSTEM}
    assert {one.person for one in found if one.kind == "response.added"} == {"tom", "tia"}


def test_a_plan_that_nobody_can_measure_comes_back(world):
    world.register()
    rows = world.plan_answers()["milestones"]
    rows[0]["criterion"] = "mostly done"
    world.do("pm", "draft-plan", world.plan_answers(milestones=rows))
    assert world.tasks("tom") == []
    (task,) = world.tasks("pm", "revise-plan")
    form = engine.task_form(world.unit, task, world.actor("pm"))
    assert form.values["milestones"][0]["criterion"] == "mostly done"
    assert "number" in form.context["plan_remarks"][0]["remark"]
    world.do("pm", "revise-plan", world.plan_answers())
    assert len(world.tasks("tom", "accept-ownership")) == 1


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [
        ("id", "M2", "milestones.1.id"),
        ("owner", "sue", "milestones.0.owner"),
        ("after", "M9", "milestones.0.after"),
        ("after", "M1", "milestones.0.after"),
        ("actual", "2026-03-03", "milestones.0.actual"),
    ],
)
def test_faults_are_told_at_their_fields(world, field, value, name):
    world.register()
    rows = world.plan_answers()["milestones"]
    rows[0][field] = value
    with pytest.raises(AnswersRefused) as refused:
        world.do("pm", "draft-plan", world.plan_answers(milestones=rows))
    assert name in refused.value.errors
    assert engine.current(world.unit, "milestone-plan", "apollo") is None


def test_an_owner_who_declines_sends_the_plan_back_and_must_accept_the_new_one(world):
    world.register()
    world.do("pm", "draft-plan", world.plan_answers())
    with pytest.raises(AnswersRefused):
        world.do("tom", "accept-ownership", {"decision": "other-date"})
    answer = {"decision": "other-date", "proposed": "2026-05-15", "comment": "Parts are late"}
    world.do("tom", "accept-ownership", answer)
    world.do("tia", "accept-ownership", {"decision": "accepted"})
    (task,) = world.tasks("pm", "revise-plan")
    remarks = engine.task_form(world.unit, task, world.actor("pm")).context["plan_remarks"]
    wish = "Parts are late Could accept 15 May 2026."
    assert remarks == [{"revision": "1", "name": "Tom Team", "milestone": "M1", "remark": wish}]
    world.do("pm", "revise-plan", world.plan_answers())
    # Tia accepted the first revision; that says nothing about the second.
    assert len(world.tasks("tia", "accept-ownership")) == 1


def test_an_owner_who_never_answers_has_not_accepted(world):
    world.register()
    world.do("pm", "draft-plan", world.plan_answers())
    world.do("tom", "accept-ownership", {"decision": "accepted"})
    world.wait(days=6)
    reminded = processes.communications(world.unit, "apollo", about="reminder")
    assert [one.recipient for one in reminded] == ["tia"]
    world.wait(days=10)
    assert len(world.tasks("pm", "revise-plan")) == 1
    assert world.tasks("tia", "accept-ownership") == []


def test_a_rejected_plan_is_revised_and_signed_again_by_everybody(world):
    world.register()
    world.do("pm", "draft-plan", world.plan_answers())
    world.accept_all()
    world.do("sue", "sign-baseline", {"decision": "approved"})
    world.do("sam", "sign-baseline", {"decision": "rejected", "comment": "Too early"})
    assert processes.plan(world.unit, "apollo").baseline is None
    world.do("pm", "revise-plan", world.plan_answers(purpose="Fly there, later"))
    world.accept_all()
    first = engine.revisions(world.unit, "milestone-plan", "apollo")[0]
    assert all(not one.valid for one in engine.signatures(world.unit, first.id))
    world.do("sam", "sign-baseline", {"decision": "approved"})
    assert processes.plan(world.unit, "apollo").baseline is None
    world.do("sue", "sign-baseline", {"decision": "approved"})
    assert processes.plan(world.unit, "apollo").revision == 2


def test_no_answer_to_the_baseline_is_never_a_yes(world):
    world.register()
    world.do("pm", "draft-plan", world.plan_answers())
    world.accept_all()
    world.do("sue", "sign-baseline", {"decision": "approved"})
    world.wait(days=16)
    unanswered = processes.log(world.unit, "apollo", kinds=["unanswered"])
    assert [one.person for one in unanswered] == ["sam"] * 3, "brought to deputies, manager and sponsor"
    (task,) = world.tasks("pm", "chase-sign-off")
    shown = engine.task_form(world.unit, task, world.actor("pm")).context["approvals"]
    assert {one["name"]: one["decision"] for one in shown} == {
        "Sue Stakeholder": "approved",
        "Sam Stakeholder": "no answer",
    }
    world.do("pm", "chase-sign-off", {"next": "ask-again"})
    assert world.tasks("sue", "sign-baseline") == []
    world.do("sam", "sign-baseline", {"decision": "approved"})
    assert processes.plan(world.unit, "apollo").baseline == 0


def test_chasing_may_end_in_a_revision(world):
    world.register()
    world.do("pm", "draft-plan", world.plan_answers())
    world.accept_all()
    world.wait(days=16)
    world.do("pm", "chase-sign-off", {"next": "revise"})
    assert len(world.tasks("pm", "revise-plan")) == 1


def test_a_running_project_that_comes_late_records_the_deviation(world):
    world.register(start=date(2026, 2, 1))
    with pytest.raises(AnswersRefused):
        world.do("pm", "record-deviation", {"since": "2026-03-03", "reason": "x", "measures": "y"})
    world.do("pm", "record-deviation", {"since": "2026-02-01", "reason": "Nobody knew", "measures": "Plan now"})
    rows = world.plan_answers()["milestones"]
    rows[0]["actual"] = "2026-02-20"
    world.do("pm", "draft-plan", world.plan_answers(milestones=rows))
    record = engine.current(world.unit, "milestone-plan", "apollo")
    assert "Nobody knew" in record.data["deviations"][0]
    # Tom's only milestone has been reached: only Tia is asked.
    assert world.tasks("tom") == []
    world.do("tia", "accept-ownership", {"decision": "accepted"})
    for person in ("sue", "sam"):
        world.do(person, "sign-baseline", {"decision": "approved"})
    first = processes.milestones(world.unit, "apollo")[0]
    assert (first.actual, first.status, first.percent) == (date(2026, 2, 20), "achieved", 100)
    assert processes.forecasts(world.unit, "apollo", "M1")[0].kind == "actual"


def test_the_sponsor_signs_where_the_project_says_so(world):
    world.register(settings={"approval_rule": "stakeholders and sponsor"})
    world.do("pm", "draft-plan", world.plan_answers())
    world.accept_all()
    for person in ("sue", "sam"):
        world.do(person, "sign-baseline", {"decision": "approved"})
    assert processes.plan(world.unit, "apollo").baseline is None
    world.do("spo", "sign-baseline", {"decision": "approved"})
    assert processes.plan(world.unit, "apollo").baseline == 0


def test_nobody_left_to_approve_is_an_incident_and_can_be_mended(world):
    world.register()
    world.do("pm", "draft-plan", world.plan_answers())
    for person in ("sue", "sam"):
        engine.set_active(world.unit, person, False, engine.THE_SYSTEM)
    world.accept_all()
    assert "active Stakeholder" in world.incidents()[0]
    assert processes.plan(world.unit, "apollo").baseline is None
    engine.set_active(world.unit, "sue", True, engine.THE_SYSTEM)
    engine.retry(world.unit, engine.incidents(world.unit)[0].id, engine.THE_SYSTEM, "Sue is back")
    world.session.commit()
    world.do("sue", "sign-baseline", {"decision": "approved"})
    assert processes.plan(world.unit, "apollo").baseline == 0


def test_the_author_who_is_a_stakeholder_too_does_not_approve(world):
    world.register(
        members={
            "Project Manager": ["pm"],
            "Project Team": ["tom", "tia"],
            "Stakeholder": ["pm", "sue"],
            "Sponsor": ["spo"],
        }
    )
    world.do("pm", "draft-plan", world.plan_answers())
    world.accept_all()
    assert world.tasks("pm", "sign-baseline") == []
    world.do("sue", "sign-baseline", {"decision": "approved"})
    assert processes.plan(world.unit, "apollo").baseline == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"members": {"Project Manager": ["pm"]}}, "members"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"settings": {"weekly_due": "whenever"}}, "settings"),
        ({"settings": {"review_step": "P3M"}}, "settings"),
        ({"settings": {"preread_days": 0}}, "settings"),
        ({"settings": {"colour": "red"}}, "settings"),
    ],
)
def test_a_project_is_not_registered_by_halves(world, more, field):
    with pytest.raises(processes.RegistrationRefused) as refused:
        world.register(**more)
    assert list(refused.value.errors) == [field]
    assert processes.projects(world.unit) == []


def test_an_id_is_given_once(world):
    world.register()
    with pytest.raises(processes.RegistrationRefused) as refused:
        world.register()
    assert "id" in refused.value.errors


def test_members_come_and_go_with_a_trace(running):
    unit, by = running.unit, running.actor("pm")
    processes.add_member(unit, "apollo", "sue", "Project Team", by)
    assert processes.roles(unit, "sue")["apollo"] == {"Stakeholder", "Project Team"}
    processes.remove_member(unit, "apollo", "sue", "Project Team", by, "Wrong role")
    assert processes.roles(unit, "sue") == {"apollo": frozenset({"Stakeholder"}), "sop": frozenset({"Reader"})}
    with pytest.raises(processes.RegistrationRefused):
        processes.remove_member(unit, "apollo", "spo", "Sponsor", by, "Left")
    (event,) = engine.events(unit, kind="member.changed")
    assert event.reason == "Wrong role"


def test_closing_ends_the_project_and_its_open_work(running):
    running.raise_change("tom", {"action": "move", "milestone": "M1", "target": "2026-05-20"})
    with pytest.raises(processes.NotInProject):
        processes.close(running.unit, "apollo", running.actor("tom"), "Enough")
    processes.close(running.unit, "apollo", running.actor("pm"), "Enough")
    running.session.commit()
    running.do("pm", "settle-gaps", {"next": "close", "reason": "The money is gone"})
    for person in ("tom", "tia", "sue", "sam"):
        said = {"tracking": "helped", "reviews": "partly", "changes": "hindered", "change": "Nothing"}
        running.do(person, "give-feedback", said)
    running.do("pm", "evaluate-procedure", dict.fromkeys(("verdict", "tracking", "reviews", "changes"), "effective"))
    lessons = {"lessons": [{"kind": "keep", "text": "All of it"}], "proposals": [], "no_proposal": True}
    running.do("pm", "draw-lessons", lessons)
    for person in ("sue", "sam", "spo"):
        assert processes.project(running.unit, "apollo").status == "running"
        running.do(person, "sign-closure", {"decision": "approved"})
    assert running.incidents() == []
    assert processes.project(running.unit, "apollo").status == "closed"
    assert engine.instances(running.unit, status="running") == []
    assert running.tasks("sue") == []


def test_measuring_begins_with_the_baseline(running):
    day = date(2026, 5, 10)
    found = processes.metrics(running.unit, "apollo", day)
    assert (found.on_time_due.on_time, found.on_time_due.of) == (0, 1)
    assert {row.milestone: row.days for row in found.slips.rows} == {"M1": 10, "M2": 0, "M3": 0}
    assert found.earned.planned_duration == (date(2026, 9, 30) - date(2026, 3, 2)).days
    chart = processes.gantt(running.unit, "apollo")
    assert [bar.state for bar in chart.bars] == ["open"] * 3
    assert all(0 <= bar.start <= bar.end <= 1 for bar in chart.bars)
    assert chart.bars[1].start == chart.bars[0].end
    assert len(processes.trend(running.unit, "apollo", day)) == 3


def test_the_instance_proves_its_clauses(running):
    found = processes.compliance(running.unit, running.instance("milestone-setup").id)
    assert {"5.1a", "5.1c", "5.1d", "5.2a", "5.5d"} <= set(found.clauses)
    signed = next(one for one in found.proofs if one.element == "sign-baseline")
    assert {mark.person for mark in signed.signatures} >= {"sue", "sam"}


def test_the_shipped_bundle_has_no_findings_and_a_broken_one_names_them():
    procedure, bundle = processes.procedure(), processes.bundle()
    assert procedure.check(bundle.files) == []
    diagram = bundle.files["milestone-setup.bpmn"].replace(b"plan.freeze", b"plan.melt").replace(b"5.1a", b"9.9z")
    diagram = diagram.replace(b'name="Stakeholder"', b'name="Bystander"')
    form = (
        bundle.files["milestone-plan.form"].replace(b'"owners"', b'"heroes"').replace(b"plan.purpose", b"wish.purpose")
    )
    broken = procedure.check({"a.bpmn": diagram, "b.form": form})
    assert {one.rule for one in broken} == {
        "unknown-step", "unknown-clause", "unknown-role", "unknown-choices", "unknown-context",
    }  # fmt: skip
    assert {one.element for one in broken if one.rule == "unknown-step"} == {"freeze-baseline"}


def test_a_second_setup_neither_starts_nor_freezes(running):
    engine.send(running.unit, "plan.needed", "apollo", {}, engine.THE_SYSTEM)
    assert len(engine.instances(running.unit, process="milestone-setup")) == 1
