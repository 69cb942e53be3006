"""How changes are decided is a setting of the project: each rule with people, signatures and the plan after it."""

from __future__ import annotations

from datetime import date

import pytest

import engine
import processes
from engine import THE_SYSTEM, StepCall, Work
from processes.steps import STEPS
from tests.databases import Databases

BEFORE, AFTER = date(2026, 4, 30), date(2026, 5, 20)
MOVE = {"action": "move", "milestone": "M1", "target": "2026-05-20"}
MANY = {"Project Manager": ["pm"], "Project Team": ["tom", "tia"], "Stakeholder": ["sue", "sam", "spo"],
        "Sponsor": ["pm"]}  # fmt: skip
LAST = {"action": "move", "milestone": "M3", "target": "2026-10-01"}


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: signatures and approvers are tried on both elsewhere."""
    return sqlite


def decide(world, person, decision="approved"):
    world.do(person, "decide-change", {"decision": decision, "comment": "Because"})


def target(world, milestone="M1"):
    return processes.plan(world.unit, "apollo").milestone(milestone).target


def waiting(world):
    return {who for who in ("pm", "tom", "tia", "sue", "sam", "spo") if world.tasks(who, "decide-change")}


def began(world, items, requester="tom", **settings):
    world.baseline(settings=settings)
    if items:
        world.raise_change(requester, *items)


def test_so_many_of_those_asked_are_enough_and_one_against_does_not_stop_them(world):
    world.register(settings={"change_completion": "2"}, members=MANY)
    world.do("pm", "draft-plan", world.plan_answers())
    world.accept_all()
    for person in ("sue", "sam", "spo"):
        world.do(person, "sign-baseline", {"decision": "approved"})
    world.raise_change("tom", MOVE)
    assert waiting(world) == {"sue", "sam", "spo"}
    decide(world, "sam", "rejected")
    assert waiting(world) == {"sue", "spo"}
    decide(world, "sue")
    decide(world, "spo")
    assert target(world) == AFTER
    record = engine.record(world.unit, processes.plan(world.unit, "apollo").record)
    tables = {one["heading"]: one["table"]["rows"] for one in record.sections if "table" in one}
    assert [row[:3] for row in tables["Asked as well"]] == [["Sam Stakeholder", "Stakeholder", "rejected"]]
    assert [row[0] for row in tables["Approved by"]] == ["Sue Stakeholder", "Spo Sponsor"]
    head = next(one for one in record.sections if one["heading"] == "What changed")
    assert ["Approved when", "Stakeholders: more than half of those asked approve"] in [
        [one["label"], one["value"]] for one in head["fields"]
    ]


def test_more_approvals_than_people_cannot_be_had(world):
    began(world, [MOVE], change_completion="3")
    assert "only 2 may decide" in world.incidents()[0]
    assert target(world) == BEFORE


def test_a_veto_stops_what_a_majority_wants(world):
    began(world, [MOVE], change_completion="veto")
    assert waiting(world) == {"sue", "sam", "spo"}, "whoever holds a veto is asked, too"
    decide(world, "sue")
    decide(world, "sam")
    assert (target(world), waiting(world)) == (BEFORE, {"spo"})
    decide(world, "spo", "rejected")
    assert target(world) == BEFORE
    assert processes.change(world.unit, "apollo", "C1").status == "rejected"


def test_who_holds_a_veto_does_not_stand_for_a_stakeholder_of_the_matrix(world):
    began(world, [MOVE], change_completion="veto")
    decide(world, "sue")
    decide(world, "spo")
    assert (target(world), waiting(world)) == (BEFORE, {"sam"}), "two of three, and one of two stakeholders"
    decide(world, "sam")
    assert target(world) == AFTER


@pytest.mark.parametrize("chosen", ["2", "majority", "veto"])
def test_where_the_matrix_asks_for_everybody_no_setting_asks_for_fewer(world, chosen):
    began(world, [LAST], change_completion=chosen)
    assert waiting(world) == {"sue", "sam", "spo"}, "the last milestone is everybody's"
    decide(world, "sue")
    decide(world, "spo")
    assert (target(world, "M3"), waiting(world)) == (date(2026, 9, 30), {"sam"})
    decide(world, "sam", "rejected")
    assert target(world, "M3") == date(2026, 9, 30)


@pytest.mark.parametrize("chosen", ["sponsor", "1"])
def test_a_setting_that_is_weaker_than_the_matrix_is_refused_with_a_sentence(world, chosen):
    with pytest.raises(processes.RegistrationRefused, match="more than half of the stakeholders"):
        world.register(settings={"change_completion": chosen})
    world.session.rollback()
    world.register()
    with pytest.raises(processes.RegistrationRefused, match="more than half of the stakeholders"):
        processes.adjust(world.unit, "apollo", {"change_completion": chosen}, world.actor("pm"), "Quicker")


def test_a_number_that_was_enough_once_is_not_when_more_stakeholders_have_come(world):
    began(world, [], change_completion="2")
    for person in ("tia", "spo"):
        processes.add_member(world.unit, "apollo", person, "Stakeholder", world.actor("pm"))
    world.session.commit()
    world.raise_change("tom", MOVE)
    for person in ("sue", "sam"):
        decide(world, person)
    assert (target(world), waiting(world)) == (BEFORE, {"tia", "spo"}), "two of four are not more than half"
    decide(world, "tia")
    assert target(world) == AFTER


def test_who_abstains_has_answered_and_has_not_approved(world):
    began(world, [LAST])
    decide(world, "sue", "abstained")
    assert waiting(world) == {"sam", "spo"}
    record = engine.current(world.unit, "change-request", "apollo", "C1")
    assert engine.approvals(world.unit, record.id) == {}
    assert [one.meaning for one in engine.signatures(world.unit, record.id)] == ["authored", "reviewed"]
    decide(world, "sam")
    decide(world, "spo")
    assert target(world, "M3") == date(2026, 10, 1)


def test_abstentions_alone_send_it_back(world):
    began(world, [MOVE])
    for person in ("sue", "sam"):
        decide(world, person, "abstained")
    assert (target(world), len(world.tasks("tom", "revise-change"))) == (BEFORE, 1)


def test_in_turn_each_is_asked_and_reminded_when_it_is_their_turn(world):
    began(world, [LAST], change_order="sequential")
    asked = []
    while waiting(world):
        (who,) = waiting(world)
        asked.append(who)
        decide(world, who)
    assert asked == ["sam", "sue", "spo"]
    assert target(world, "M3") == date(2026, 10, 1)


def test_the_manager_s_own_change_is_never_the_manager_s_to_approve(world):
    near = {"action": "move", "milestone": "M1", "target": "2026-05-03"}
    began(world, [near], requester="pm", change_completion="2")
    assert waiting(world) == {"spo", "tom"}


@pytest.mark.parametrize(("item", "said"), [(MOVE, "1"), (MOVE, "sponsor"), (LAST, "majority"), (LAST, "at once")])
def test_no_variable_asks_for_fewer_approvals_than_the_kind_of_change_needs(world, item, said):
    began(world, [item])
    one = engine.instance(world.unit, processes.change(world.unit, "apollo", "C1").instance)
    known = {"approver_rule": "stakeholders and sponsor", "completion_rule": said}
    call = StepCall("name-approvers", "change.approvers", {}, known)
    with pytest.raises(processes.NobodyToApprove, match="fewer approvals"):
        STEPS["change.approvers"](Work(world.unit, one.id, one.process, one.definition, "apollo", call, THE_SYSTEM))


def test_what_a_lapse_takes_back_is_what_the_change_did_and_no_more(world):
    """A milestone added goes, one dropped comes back with what came after it; what a later change moved stays."""
    world.baseline()
    due = "2026-03-20"
    world.raise_change(
        "tom",
        {"action": "add", "name": "Trial", "deliverable": "Report", "criterion": "Report is published", "owner": "tom",
         "target": "2026-08-01"},
        {"action": "drop", "milestone": "M2"}, {"action": "rename", "milestone": "M1", "name": "Sketch"}, MOVE,
    )  # fmt: skip
    condition = {"text": "Ask the customer", "owner": "tia", "due": due}
    world.do("sue", "decide-change", {"decision": "conditional", "conditions": [condition]})
    for person in ("sam", "spo"):
        decide(world, person)
    assert processes.plan(world.unit, "apollo").milestone("M3").after == ("M1",)
    world.raise_change("tia", {**MOVE, "target": "2026-06-05"})
    for person in ("sue", "sam"):
        decide(world, person)
    world.wait(days=30)
    plan = processes.plan(world.unit, "apollo")
    assert [(one.id, one.name, one.target, one.after) for one in plan.milestones if one.open] == [
        ("M1", "Design", date(2026, 6, 5), ()), ("M2", "Build", date(2026, 6, 30), ("M1",)),
        ("M3", "Release", date(2026, 9, 30), ("M2",)),
    ]  # fmt: skip
    record = engine.record(world.unit, plan.record)
    note = next(one for one in record.sections if one["heading"] == "Why the plan went back")["text"]
    assert "another change has moved it since: M1" in note
    assert processes.verify_plans(world.unit) == ()
    assert processes.metrics(world.unit, "apollo", date(2026, 12, 31)).dropped == ("M4",)
    assert world.incidents() == []


def test_a_condition_has_as_much_more_time_as_the_project_was_on_hold(world):
    began(world, [MOVE])
    condition = {"text": "Ask the customer", "owner": "tia", "due": "2026-03-10"}
    world.do("sue", "decide-change", {"decision": "conditional", "conditions": [condition]})
    decide(world, "sam")
    world.wait(days=1)
    processes.hold(world.unit, "apollo", date(2026, 3, 23), world.actor("pm"), "No money")
    world.session.commit()
    world.wait(days=20)
    assert processes.change(world.unit, "apollo", "C1").status == "conditional", "20 of the days did not count"
    world.wait(days=10)
    assert processes.change(world.unit, "apollo", "C1").status == "lapsed"
