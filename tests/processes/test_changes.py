"""Changes of the plan by their diagram, and every way around their approval that the steps themselves must close."""

from datetime import date

import pytest
from sqlalchemy import delete, update

import engine
import processes
from engine import THE_SYSTEM, StepCall, Work
from forms import AnswersRefused, Upload
from processes.approvals import require
from processes.steps import STEPS
from processes.tables import BaselineRow, ChangeRow, MilestoneRow, RequiredApprovalRow
from processes.writing import Writing

MOVE = {"action": "move", "milestone": "M1", "target": "2026-05-20"}
NEAR = {"action": "move", "milestone": "M1", "target": "2026-05-03"}


def targets(world):
    return {one.id: one.target for one in processes.milestones(world.unit, "apollo") if one.dropped_on is None}


def decide(world, person, decision="approved", **more):
    world.do(person, "decide-change", {"decision": decision} | more)


def apply_directly(world, change="C1", **data):
    """Call the step as if from an instance of its own, with whatever variables somebody likes."""
    row = world.session.get(ChangeRow, ("apollo", change))
    instance = engine.instance(world.unit, row.instance)
    call = StepCall("apply-change", "change.apply", {}, data)
    work = Work(world.unit, instance.id, instance.process, instance.definition, "apollo", call, THE_SYSTEM)
    return STEPS["change.apply"](work)


def test_an_approved_change_moves_the_plan_and_nothing_before_does(running):
    running.raise_change("tom", MOVE)
    assert targets(running)["M1"] == date(2026, 4, 30)
    decide(running, "sue")
    assert targets(running)["M1"] == date(2026, 4, 30)
    decide(running, "sam")
    assert targets(running)["M1"] == date(2026, 5, 20)
    first = processes.milestones(running.unit, "apollo")[0]
    assert (first.forecast, first.baseline) == (date(2026, 5, 20), date(2026, 4, 30))
    plan = processes.plan(running.unit, "apollo")
    assert (plan.baseline, plan.revision) == (1, 2)
    record = engine.record(running.unit, plan.record)
    assert record.sealed_by == engine.SYSTEM
    assert record.data["change"]["id"] == "C1"
    approved = next(one for one in record.sections if one["heading"] == "Approved by")
    assert {row[0] for row in approved["table"]["rows"]} == {"Sue Stakeholder", "Sam Stakeholder"}
    running.do("pm", "confirm-implementation", {"done": True})
    assert processes.change(running.unit, "apollo", "C1").status == "implemented"
    assert len(processes.communications(running.unit, "apollo", about="change")) == 6
    assert running.incidents() == []


def test_an_owner_s_own_forecast_is_kept_when_the_plan_moves(running):
    running.wait(days=7)
    lines = [{"milestone": "M1", "name": "Design", "status": "delayed", "percent": 5, "forecast": "2026-06-01"}]
    running.do("tom", "submit-update", {"milestones": lines, "nothing_to_report": True})
    running.raise_change("pm", MOVE)
    for person in ("sue", "sam"):
        decide(running, person)
    assert processes.milestones(running.unit, "apollo")[0].forecast == date(2026, 6, 1)


def test_add_drop_rename_and_hand_over(running):
    running.raise_change(
        "pm",
        {"action": "add", "name": "Trial", "deliverable": "Trial report", "criterion": "Report is published",
         "owner": "tom", "target": "2026-08-01"},
        {"action": "drop", "milestone": "M1"},
        {"action": "rename", "milestone": "M2", "name": "Build and test"},
        {"action": "owner", "milestone": "M3", "owner": "tom"},
    )  # fmt: skip
    for person in ("sue", "sam", "spo"):
        decide(running, person)
    plan = processes.plan(running.unit, "apollo")
    assert [(one.id, one.name, one.owner) for one in plan.milestones if one.open] == [
        ("M2", "Build and test", "tia"), ("M4", "Trial", "tom"), ("M3", "Release", "tom"),
    ]  # fmt: skip
    assert plan.milestone("M1").dropped_on == running.clock.now.date()
    assert plan.milestone("M2").after == ()
    assert set(processes.baselines(running.unit, "apollo")[1].dates) == {"M2", "M3", "M4"}
    assert processes.forecasts(running.unit, "apollo", "M1")[-1].kind == "removed"
    found = processes.metrics(running.unit, "apollo", date(2026, 12, 31))
    assert (found.dropped, found.added, found.earned.n) == (("M1",), ("M4",), 2)
    # An id that was dropped is not given again.
    running.do("pm", "confirm-implementation", {"done": True})
    another = {"action": "add", "name": "X", "deliverable": "X", "criterion": "X is released", "owner": "tia"}
    running.raise_change("pm", another | {"target": "2026-08-02"})
    assert processes.changes(running.unit, "apollo")[1].data["items"][0]["milestone"] == "M5"


@pytest.mark.parametrize(
    ("items", "more", "impact", "people"),
    [
        ([NEAR], {}, "dates-within-tolerance", {"pm", "tom"}),
        ([MOVE], {}, "dates", {"sue", "sam"}),
        ([NEAR], {"resources": True}, "resources", {"sue", "sam"}),
        ([NEAR], {"scope": True}, "scope", {"sue", "sam", "spo"}),
        ([NEAR], {"budget": True}, "budget", {"sue", "sam", "spo"}),
        ([{"action": "move", "milestone": "M3", "target": "2026-10-01"}], {}, "contractual", {"sue", "sam", "spo"}),
        ([{"action": "move", "milestone": "M2", "target": "2026-10-02"}], {}, "contractual", {"sue", "sam", "spo"}),
        ([{"action": "owner", "milestone": "M1", "owner": "tia"}], {}, "resources", {"sue", "sam"}),
    ],
)
def test_the_further_a_change_reaches_the_more_must_agree(running, items, more, impact, people):
    running.raise_change("tia", *items, **more)
    assert processes.change(running.unit, "apollo", "C1").impact == impact
    asked = {person for person in ("pm", "tom", "tia", "sue", "sam", "spo") if running.tasks(person, "decide-change")}
    assert asked == people


def test_the_requester_never_decides_and_the_sponsor_stands_in_for_the_manager(running):
    running.raise_change("pm", NEAR)
    assert running.tasks("pm", "decide-change") == []
    assert len(running.tasks("spo", "decide-change")) == 1
    decide(running, "spo")
    decide(running, "tom")
    assert targets(running)["M1"] == date(2026, 5, 3)


def test_a_stakeholder_who_asks_leaves_it_to_the_other(running):
    running.raise_change("sue", MOVE)
    assert running.tasks("sue", "decide-change") == []
    decide(running, "sam")
    assert targets(running)["M1"] == date(2026, 5, 20)


def test_nobody_but_the_requester_is_an_incident_not_an_approval(running):
    engine.set_active(running.unit, "sam", False, THE_SYSTEM)
    running.raise_change("sue", MOVE)
    assert "Nobody but the requester is an active Stakeholder" in running.incidents()[0]
    assert targets(running)["M1"] == date(2026, 4, 30)
    with pytest.raises(processes.ApprovalMissing):
        apply_directly(running)


def test_a_rejected_change_is_final_and_asked_for_again_as_another(running):
    running.raise_change("tom", MOVE)
    decide(running, "sue")
    decide(running, "sam", "rejected", comment="Too late")
    assert targets(running)["M1"] == date(2026, 4, 30)
    told = {one.recipient for one in processes.communications(running.unit, "apollo", about="rejection")}
    assert told == {"tom", "pm", "sue", "sam"}
    (task,) = running.tasks("tom", "consider-rejection")
    remarks = engine.task_form(running.unit, task, running.actor("tom")).context["change_remarks"]
    assert remarks == [{"name": "Sam Stakeholder", "decision": "rejected", "comment": "Too late"}]
    running.do("tom", "consider-rejection", {"next": "again"})
    assert processes.change(running.unit, "apollo", "C1").status == "rejected"
    another = processes.change(running.unit, "apollo", "C2")
    assert (another.source, another.raised_by) == ("C1", "tom")
    (task,) = running.tasks("tom", "describe-change")
    begun = engine.task_form(running.unit, task, running.actor("tom"))
    assert begun.values["items"][0]["target"] == "2026-05-20"
    assert begun.context["change_remarks"][0]["comment"].startswith("It was rejected as C1")
    running.do("tom", "describe-change", running.change_answers({**MOVE, "target": "2026-05-10"}))
    # What Sue signed was another change.
    assert len(running.tasks("sue", "decide-change")) == 1
    for change in ("C1", "C2"):
        with pytest.raises(processes.StepRefused):
            apply_directly(running, change)
    for person in ("sue", "sam"):
        decide(running, person)
    assert targets(running)["M1"] == date(2026, 5, 10)


def test_a_returned_change_is_revised_and_signed_anew(running):
    """Sue's signature was on another text: it stays to be seen, and counts for nothing."""
    running.raise_change("tom", MOVE)
    decide(running, "sue")
    first = engine.current(running.unit, "change-request", "apollo", "C1")
    decide(running, "sam", "returned", comment="Say more")
    assert processes.change(running.unit, "apollo", "C1").status == "returned"
    (task,) = running.tasks("tom", "revise-change")
    assert engine.task_form(running.unit, task, running.actor("tom")).values["items"][0]["target"] == "2026-05-20"
    running.do("tom", "revise-change", running.change_answers({**MOVE, "target": "2026-05-10"}))
    assert len(running.tasks("sue", "decide-change")) == 1
    assert [one.person for one in engine.signatures(running.unit, first.id)] == ["tom", "sue", "sam"]
    assert engine.approvals(running.unit, first.id) == {}
    with pytest.raises(processes.ApprovalMissing):
        apply_directly(running)
    for person in ("sue", "sam"):
        decide(running, person)
    assert targets(running)["M1"] == date(2026, 5, 10)
    assert processes.change(running.unit, "apollo", "C1").rounds == 2


def test_documents_stay_with_the_change_through_its_revisions(running):
    offer = Upload("offer.pdf", "application/pdf", 4, "a" * 64)
    letter = Upload("letter.txt", "text/plain", 5, "b" * 64)
    running.raise_change("tom", MOVE, documents=[offer])
    decide(running, "sam", "returned", comment="Whose offer?")
    running.do("tom", "revise-change", running.change_answers(MOVE, documents=[letter, offer]))
    found = engine.current(running.unit, "change-request", "apollo", "C1")
    assert [one["name"] for one in found.data["documents"]] == ["offer.pdf", "letter.txt"]
    (listed,) = [one["table"]["rows"] for one in found.sections if one["heading"] == "Supporting documents"]
    assert ["letter.txt", "5", "b" * 64] in listed


def test_a_rejected_change_that_is_left_is_over(running):
    running.raise_change("tom", MOVE)
    decide(running, "sue", "rejected", comment="No")
    running.do("tom", "consider-rejection", {"next": "leave"})
    found = processes.change(running.unit, "apollo", "C1")
    assert (found.status, found.open) == ("rejected", False)
    assert processes.changes(running.unit, "apollo", open_only=True) == []
    with pytest.raises(processes.StepRefused):
        apply_directly(running)


def test_a_plan_that_moved_meanwhile_sends_the_second_change_back(running):
    running.raise_change("tom", MOVE)
    running.raise_change("tia", {**MOVE, "target": "2026-06-10"})
    for task in running.tasks("sue", "decide-change"):
        if task.instance == processes.change(running.unit, "apollo", "C1").instance:
            first = task
    for person in ("sue", "sam"):
        task = next(t for t in running.tasks(person, "decide-change") if t.instance == first.instance)
        by = running.actor(person)
        shown = engine.preview(running.unit, task, {"decision": "approved"}, by)
        signature = engine.Signature(person, "approved", shown.sha256)
        engine.complete(running.unit, task.id, {"decision": "approved"}, by, signature=signature)
        running.session.commit()
    assert targets(running)["M1"] == date(2026, 5, 20)
    # Sue approves the second one, yet on a plan that is no longer there: nobody else is asked, it is to be rebased.
    decide(running, "sue")
    assert running.tasks("sam", "decide-change") == []
    assert targets(running)["M1"] == date(2026, 5, 20)
    with pytest.raises(processes.ApprovalMissing):
        apply_directly(running, change="C2")
    (task,) = running.tasks("tia", "rebase-change")
    shown = engine.task_form(running.unit, task, running.actor("tia")).context
    assert "moved on to revision 2" in shown["change_remarks"][-1]["comment"]
    assert shown["change_conflicts"] == [
        {"milestone": "M1", "field": "target", "written": "2026-04-30", "now": "2026-05-20", "asked": "2026-06-10"}
    ]
    running.do("tia", "rebase-change", running.change_answers({**MOVE, "target": "2026-06-10"}))
    for person in ("sue", "sam"):
        decide(running, person)
    assert targets(running)["M1"] == date(2026, 6, 10)
    assert running.incidents() == []


def test_a_plan_that_moves_while_a_change_is_written_sends_it_back_before_anybody_is_asked(running):
    processes.request_change(running.unit, "apollo", running.actor("tom"))
    running.raise_change("tia", MOVE)
    for person in ("sue", "sam"):
        decide(running, person)
    rename = running.change_answers({"action": "rename", "milestone": "M1", "name": "Sketch"})
    running.do("tom", "describe-change", rename)
    assert running.tasks("sue", "decide-change") == []
    running.do("tom", "rebase-change", rename)
    assert len(running.tasks("sue", "decide-change")) == 1


def test_no_answer_is_never_a_yes(running):
    running.raise_change("tom", MOVE)
    decide(running, "sue")
    running.wait(days=60)
    assert targets(running)["M1"] == date(2026, 4, 30)
    unanswered = processes.log(running.unit, "apollo", kinds=["unanswered"])
    assert [one.person for one in unanswered] == ["sam"] * 3, "brought to deputies, manager and sponsor"
    assert [one.recipient for one in processes.communications(running.unit, "apollo", about="reminder")][:1] == ["sam"]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"action": "move", "milestone": "M1", "target": "2026-02-01"}, "items.0.target"),
        ({"action": "move", "milestone": "M1", "target": "2026-04-30"}, "items.0.target"),
        ({"action": "owner", "milestone": "M1", "owner": "tom"}, "items.0.owner"),
        ({"action": "rename", "milestone": "M1", "name": "Design"}, "items.0.name"),
        ({"action": "add", "name": "X", "deliverable": "X", "criterion": "good progress", "owner": "tom",
          "target": "2026-08-01"}, "items.0.criterion"),
    ],
)  # fmt: skip
def test_a_change_that_says_nothing_is_refused_at_its_field(running, item, field):
    processes.request_change(running.unit, "apollo", running.actor("tom"))
    with pytest.raises(AnswersRefused) as refused:
        running.do("tom", "describe-change", running.change_answers(item))
    assert field in refused.value.errors


def test_dropping_all_that_is_open_is_not_a_change(running):
    processes.request_change(running.unit, "apollo", running.actor("tom"))
    drops = [{"action": "drop", "milestone": one} for one in ("M1", "M2", "M3")]
    with pytest.raises(AnswersRefused) as refused:
        running.do("tom", "describe-change", running.change_answers(*drops))
    assert "items" in refused.value.errors


def test_only_people_of_a_running_project_raise_changes(world):
    world.register()
    with pytest.raises(processes.StepRefused):
        processes.request_change(world.unit, "apollo", world.actor("pm"))
    with pytest.raises(processes.NotInProject):
        processes.request_change(world.unit, "apollo", world.actor("spo"))


# Ways around the approval. Each calls the step itself, as a forged message, an edited variable or a new diagram would.


def test_applying_without_any_approval(running):
    running.raise_change("tom", MOVE)
    before = processes.plan(running.unit, "apollo")
    for data in (
        {},
        {"outcome": "approved", "decisions": {"sue": {"decision": "approved"}, "sam": {"decision": "approved"}}},
    ):
        with pytest.raises(processes.ApprovalMissing, match="Sam Stakeholder, Sue Stakeholder"):
            apply_directly(running, **data)
    assert processes.plan(running.unit, "apollo") == before


def test_applying_with_some_approvals(running):
    running.raise_change("tom", MOVE)
    decide(running, "sue")
    with pytest.raises(processes.ApprovalMissing, match="Sam Stakeholder"):
        apply_directly(running)


def test_applying_before_it_is_described(running):
    processes.request_change(running.unit, "apollo", running.actor("tom"))
    with pytest.raises(processes.ApprovalMissing):
        apply_directly(running)


def test_applying_to_a_plan_that_was_altered_past_the_program(running):
    """A date changed in the database is not sealed into the next revision: it is an incident."""
    running.raise_change("tom", {"action": "rename", "milestone": "M1", "name": "First light"})
    running.session.execute(update(MilestoneRow).where(MilestoneRow.id == "M2").values(target=date(2030, 1, 1)))
    running.session.commit()
    assert [(one.table, one.key) for one in processes.verify_plans(running.unit)] == [("milestone", "apollo/M2")]
    for person in ("sue", "sam", "spo"):
        if running.tasks(person, "decide-change"):
            decide(running, person)
    (incident,) = running.incidents()
    assert "M2" in incident
    assert processes.plan(running.unit, "apollo").revision == 1


def test_plans_and_baselines_are_held_against_their_records(running):
    assert processes.verify_plans(running.unit) == ()
    running.raise_change("tom", MOVE)
    for person in ("sue", "sam"):
        decide(running, person)
    assert processes.verify_plans(running.unit) == ()
    running.session.execute(
        update(BaselineRow).where(BaselineRow.milestone == "M1", BaselineRow.number == 0).values(date=date(2030, 1, 1))
    )
    assert [(one.table, one.key) for one in processes.verify_plans(running.unit)] == [("baseline", "apollo/0/M1")]


def test_applying_twice(running):
    running.raise_change("tom", MOVE)
    for person in ("sue", "sam"):
        decide(running, person)
    with pytest.raises(processes.StepRefused, match="applied already"):
        apply_directly(running)
    assert processes.plan(running.unit, "apollo").revision == 2


def test_striking_an_approver_from_the_list(running):
    running.raise_change("tom", MOVE)
    decide(running, "sue")
    running.session.execute(delete(RequiredApprovalRow).where(RequiredApprovalRow.person == "sam"))
    with pytest.raises(processes.ApproversAltered):
        apply_directly(running)


def test_striking_everybody_from_the_list(running):
    running.raise_change("tom", MOVE)
    running.session.execute(delete(RequiredApprovalRow).where(RequiredApprovalRow.document_type == "change-request"))
    with pytest.raises(processes.ApproversAltered):
        apply_directly(running)


def test_putting_the_requester_on_the_list(running):
    running.raise_change("sue", MOVE)
    on_the_change = (RequiredApprovalRow.person == "sam", RequiredApprovalRow.document_type == "change-request")
    running.session.execute(update(RequiredApprovalRow).where(*on_the_change).values(person="sue"))
    with pytest.raises(processes.ApproversAltered):
        apply_directly(running)


def test_passing_the_request_off_as_another_s(running):
    """The record says who asked; changing the row does not let them approve their own change."""
    running.raise_change("sue", MOVE)
    decide(running, "sam")
    assert targets(running)["M1"] == date(2026, 5, 20)
    running.do("pm", "confirm-implementation", {"done": True})
    running.raise_change("sue", {**MOVE, "target": "2026-05-25"})
    running.session.execute(update(ChangeRow).where(ChangeRow.id == "C2").values(raised_by="tom"))
    running.session.expire_all()
    record = engine.current(running.unit, "change-request", "apollo", "C2")
    require(Writing(running.unit, THE_SYSTEM, "apollo"), record, {"sue": "Stakeholder"}, "stakeholders")
    with pytest.raises(processes.ApprovalMissing, match="may not approve what they asked for"):
        apply_directly(running, change="C2")


def test_asking_fewer_people_than_the_sop_allows(running):
    """An edited variable or a loosened decision table: the step does not name fewer people."""
    running.raise_change("tom", MOVE)
    row = running.session.get(ChangeRow, ("apollo", "C1"))
    one = engine.instance(running.unit, row.instance)
    for rule in ("manager only", "manager and owners", "anybody", ""):
        call = StepCall(
            "name-approvers", "change.approvers", {}, {"approver_rule": rule, "impact": "dates-within-tolerance"}
        )
        work = Work(running.unit, one.id, one.process, one.definition, "apollo", call, THE_SYSTEM)
        with pytest.raises(processes.NobodyToApprove):
            STEPS["change.approvers"](work)


def test_freezing_a_plan_that_nobody_approved(world):
    world.register()
    world.do("pm", "draft-plan", world.plan_answers())
    one = world.instance("milestone-setup")
    call = StepCall("freeze-baseline", "plan.freeze", {}, {"baseline_approved": True})
    work = Work(world.unit, one.id, one.process, one.definition, "apollo", call, THE_SYSTEM)
    with pytest.raises(processes.ApprovalMissing):
        STEPS["plan.freeze"](work)
    with pytest.raises(processes.StepRefused, match=r"5\.1b"):
        STEPS["project.begin"](work)
    assert processes.milestones(world.unit, "apollo") == ()


def test_a_plan_sealed_on_the_side_is_not_the_plan(running):
    before = processes.plan(running.unit, "apollo")
    one = running.instance("milestone-setup")
    draft = engine.Draft(
        "milestone-plan", "apollo", "Mine", {"sections": [{"heading": "x"}], "data": {"milestones": []}}
    )
    engine.seal(running.unit, draft, by=running.actor("pm"), definition=one.definition, instance=one.id)
    running.session.flush()
    assert processes.plan(running.unit, "apollo").record == before.record
    call = StepCall("draft-plan", "plan.draft", {}, {})
    work = Work(running.unit, one.id, one.process, one.definition, "apollo", call, running.actor("pm"), answers={})
    with pytest.raises(processes.StepRefused):
        STEPS["plan.draft"](work)
    with pytest.raises(processes.StepRefused):
        processes.procedure().records["milestone-plan"](work)
    with pytest.raises(processes.StepRefused):
        STEPS["plan.freeze"](work)


def test_a_change_whose_requester_has_left_is_withdrawn_with_its_instance(running):
    """Only the requester may describe it, so nobody can any more: whoever cancels the instance withdraws the change."""
    processes.request_change(running.unit, "apollo", running.actor("tom"))
    running.session.commit()
    engine.set_active(running.unit, "tom", False, THE_SYSTEM, "Has left")
    row = processes.change(running.unit, "apollo", "C1")
    assert (row.status, row.open) == ("requested", True)
    processes.cancel(running.unit, row.instance, running.actor("pm"), "Tom has left")
    running.session.commit()
    row = processes.change(running.unit, "apollo", "C1")
    assert (row.status, row.open) == ("withdrawn", False)
    event = next(one for one in engine.events(running.unit, kind="change.changed", subject="apollo"))
    assert (event.person, event.reason, event.new["status"]) == ("pm", "Tom has left", "withdrawn")
    with pytest.raises(engine.Conflict):
        processes.cancel(running.unit, row.instance, running.actor("pm"), "Again")
    assert engine.verify(running.session).ok


def test_a_change_that_is_over_stays_as_it_ended(running):
    running.raise_change("tom", MOVE)
    decide(running, "sue")
    decide(running, "sam")
    row = processes.change(running.unit, "apollo", "C1")
    assert row.status == "applied"
    processes.cancel(running.unit, row.instance, running.actor("pm"), "Nobody confirms it")
    assert processes.change(running.unit, "apollo", "C1").status == "applied"
