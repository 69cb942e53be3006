"""Nobody decides on their own matter through somebody else: as a deputy, by a task handed on, or in an heir's place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import engine
import processes
from engine import THE_SYSTEM, Actor, NotAllowed, Refused, Signature, SignatureRefused, Task
from forms import AnswersRefused
from tests.databases import Databases
from tests.processes.world import World

MOVE = {"action": "move", "milestone": "M1", "target": "2026-05-20"}
OTHER = {"action": "move", "milestone": "M2", "target": "2026-07-20"}
YES = {"decision": "approved"}


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what is refused is refused by the procedure."""
    return sqlite


def away(world: World, absent: str, deputy: str, by: str = "", subject: str = "") -> None:
    first = world.clock.now.date()
    engine.record_absence(
        world.unit, world.actor(absent), world.actor(deputy), world.actor(by or absent), first_day=first,
        last_day=first + timedelta(days=20), zone="Europe/Prague", reason="Holiday", subject=subject,
    )  # fmt: skip
    world.session.commit()


def deputy(world: World, person: str) -> Actor:
    """Somebody with whom they stand in for, as web presents them."""
    return replace(world.actor(person), stands_in=engine.stands_in(world.unit, person, processes.roles))


def task_of(world: World, person: str, element: str) -> Task:
    open_tasks = engine.tasks(world.unit, status="open")
    (found,) = [one for one in open_tasks if (one.element, one.assignee) == (element, person)]
    return found


def does(world: World, by: Actor, task: Task, answers: dict[str, Any]) -> None:
    """Complete a task as this actor; signed where it asks for that, with what is shown."""
    try:
        signature, behalf = None, engine.standing_in(by, task)
        if task.signature:
            shown = engine.preview(world.unit, task, engine.rehearse(world.unit, task.id, answers, by), by)
            absence = behalf.absence if behalf else ""
            signature = Signature(by.person, engine.meaning_of(task, answers), shown.sha256, absence=absence)
        engine.complete(world.unit, task.id, answers, by, signature=signature)
    except BaseException:
        world.session.rollback()
        raise
    world.session.commit()


def hindered(world: World, person: str, task: Task, answers: dict[str, Any]) -> None:
    """The page says that this deputy cannot, whoever asks the person is told, and trying it all the same is refused."""
    said = engine.hindrance(world.unit, task, person, "Sue", "sue")
    assert said is not None
    assert "made or asked for" in said
    with pytest.raises((SignatureRefused, NotAllowed)):
        does(world, deputy(world, person), task, answers)


def contractual(world: World) -> None:
    """A running project whose first milestone is contractual."""
    answers = world.plan_answers()
    answers["milestones"][0]["type"] = "contractual"
    world.register()
    world.do("pm", "draft-plan", answers)
    world.accept_all()
    for person in ("sue", "sam"):
        world.do(person, "sign-baseline", YES)


def claimed(world: World) -> Task:
    """Tom claims that milestone; the task by which that is verified."""
    processes.claim_milestone(world.unit, "apollo", "M1", world.actor("tom"))
    world.session.commit()
    today = world.clock.now.date().isoformat()
    world.do("tom", "state-claim", {"decision": "complete", "text": "Signed by 2 people", "met_on": today})
    (verify,) = [one for one in engine.tasks(world.unit, status="open") if one.element == "verify-claim"]
    return verify


def conditional(world: World, setter: str = "sue", owner: str = "tia") -> None:
    """A change of Tom's that holds on one condition, reported as met."""
    due = (world.clock.now.date() + timedelta(days=10)).isoformat()
    world.raise_change("tom", MOVE)
    world.do(setter, "decide-change", {"decision": "conditional", "conditions": [
        {"text": "Show the parts", "owner": owner, "due": due},
    ]})  # fmt: skip
    world.do("sam" if setter == "sue" else "sue", "decide-change", YES)
    world.do(owner, "do-action", {"outcome": "done", "text": "Here they are"})


def test_who_asked_for_a_change_approves_no_part_of_it_for_somebody_else(running: World) -> None:
    """The program seals the part that is left, so whoever sealed it is not whoever asked for it."""
    away(running, "sue", "tom")
    running.raise_change("tom", MOVE, OTHER)
    for person in ("sue", "sam"):
        running.do(person, "decide-change", {"decision": "partly", "items": ["0"], "comment": "Only this"})
    hindered(running, "tom", task_of(running, "sue", "decide-change"), YES)
    running.do("sam", "decide-change", YES)
    running.do("sue", "decide-change", YES)
    assert processes.plan(running.unit, "apollo").revision == 2


def test_who_claims_a_milestone_neither_verifies_nor_accepts_it_for_somebody_else(world: World) -> None:
    contractual(world)
    away(world, "sue", "tom")
    away(world, "pm", "tom")
    verify = claimed(world)
    with pytest.raises((AnswersRefused, SignatureRefused)):
        does(world, deputy(world, "tom"), verify, {"decision": "approved", "findings": "Fine"})
    world.do("pm", "verify-claim", {"decision": "approved", "findings": "I saw it"})
    hindered(world, "tom", task_of(world, "sue", "accept-milestone"), YES)
    for person in ("sam", "sue"):
        world.do(person, "accept-milestone", YES)
    assert processes.plan(world.unit, "apollo").milestone("M1").status == "achieved"


def test_who_has_to_accept_a_milestone_does_not_verify_it_for_the_manager(world: World) -> None:
    """They would be asked to sign a second time, and nobody signs one document twice: the claim would wait for ever."""
    contractual(world)
    away(world, "pm", "sue")
    verify = claimed(world)
    with pytest.raises((AnswersRefused, SignatureRefused)):
        does(world, deputy(world, "sue"), verify, {"decision": "approved", "findings": "Fine"})
    does(world, deputy(world, "sue"), verify, {"decision": "rejected", "findings": "A page is missing"})
    assert len(world.tasks("tom", "state-claim")) == 1, "what is not met is nobody's acceptance"


def test_whoever_asked_for_a_change_does_not_say_that_its_condition_is_met(running: World) -> None:
    conditional(running)
    task, answers = task_of(running, "sue", "verify-condition"), {"decision": "closed", "text": "It is met"}
    away(running, "sue", "tom")
    hindered(running, "tom", task, answers)
    processes.add_member(running.unit, "apollo", "tom", "Stakeholder", THE_SYSTEM)
    running.session.commit()
    with pytest.raises((NotAllowed, Refused)):
        engine.reassign(running.unit, task.id, running.actor("tom"), running.actor("pm"), "Do it for her")
    running.session.rollback()
    assert {one.state for one in processes.conditions(running.unit, "apollo", "C1")} == {"waiting"}


def test_whoever_met_a_condition_does_not_verify_it_for_who_set_it(running: World) -> None:
    conditional(running)
    away(running, "sue", "tia")
    hindered(running, "tia", task_of(running, "sue", "verify-condition"), {"decision": "closed", "text": "It is met"})


def test_a_condition_is_verified_by_nobody_else_while_who_set_it_is_there(running: World) -> None:
    conditional(running)
    task, answers = task_of(running, "sue", "verify-condition"), {"decision": "closed", "text": "It is met"}
    engine.reassign(running.unit, task.id, running.actor("sam"), running.actor("pm"), "She is busy")
    running.session.commit()
    with pytest.raises(processes.StepRefused, match="Sue Stakeholder set this condition"):
        does(running, running.actor("sam"), task, answers)
    processes.add_member(running.unit, "apollo", "tia", "Stakeholder", THE_SYSTEM)
    processes.remove_member(running.unit, "apollo", "sue", "Stakeholder", THE_SYSTEM, "Left")
    running.session.commit()
    does(running, running.actor("sam"), task, answers)
    running.wait(hours=30)
    assert processes.change(running.unit, "apollo", "C1").status == "applied"


def test_who_asked_for_a_change_does_not_choose_who_decides_on_it_for_somebody(running: World) -> None:
    """A manager may record that somebody is away, and names the deputy: not for what the manager wants approved."""
    away(running, "sue", "tia", by="pm", subject="apollo")
    running.raise_change("pm", MOVE)
    (mine,) = running.tasks("sue", "decide-change")
    with pytest.raises(SignatureRefused, match="cannot choose who decides"):
        does(running, deputy(running, "tia"), mine, YES)
    running.raise_change("tom", OTHER)
    (other,) = [one for one in running.tasks("sue", "decide-change") if one.id != mine.id]
    does(running, deputy(running, "tia"), other, YES)
    assert [one.id for one in running.tasks("sue", "decide-change")] == [mine.id]


def test_who_is_asked_later_does_not_decide_for_who_is_asked_first(world: World) -> None:
    """Where people are asked in turn, those who come later are named already: signing twice, they would block it."""
    world.baseline(settings={"change_order": "sequential"})
    away(world, "sam", "sue")
    world.raise_change("tom", MOVE)
    task = task_of(world, "sam", "decide-change")
    said = engine.hindrance(world.unit, task, "sue", "Sam", "sam")
    assert said is not None
    assert "decides on this in their own name" in said
    with pytest.raises(SignatureRefused):
        does(world, deputy(world, "sue"), task, YES)
    for person in ("sam", "sue"):
        world.do(person, "decide-change", YES)
    assert processes.plan(world.unit, "apollo").revision == 2


def test_who_lets_an_emergency_pass_for_the_sponsor_is_not_asked_again(running: World) -> None:
    away(running, "spo", "sue")
    running.raise_change("tom", MOVE, urgency="emergency")
    (task,) = [one for one in engine.tasks(running.unit, status="open") if one.element == "decide-emergency"]
    does(running, deputy(running, "sue"), task, {"decision": "approved", "comment": "Now"})
    assert processes.change(running.unit, "apollo", "C1").status == "provisional"
    open_tasks = engine.tasks(running.unit, status="open")
    assert [one.assignee for one in open_tasks if one.element == "decide-change"] == ["sam"]
    running.do("sam", "decide-change", YES)
    assert processes.change(running.unit, "apollo", "C1").status == "applied"


def test_who_claims_a_milestone_is_nobody_s_heir_in_accepting_it(world: World) -> None:
    contractual(world)
    claimed(world)
    world.do("pm", "verify-claim", {"decision": "approved", "findings": "I saw it"})
    for person in ("tom", "tia"):
        processes.add_member(world.unit, "apollo", person, "Stakeholder", THE_SYSTEM)
    processes.remove_member(world.unit, "apollo", "sue", "Stakeholder", THE_SYSTEM, "Left")
    world.session.commit()
    task = task_of(world, "sue", "accept-milestone")
    assert [one.person for one in processes.heirs(world.unit, task, world.actor("spo"))] == ["tia"]


def taken_over(world: World, person: str = "pm") -> None:
    """A change makes somebody the owner of the first milestone."""
    processes.add_member(world.unit, "apollo", person, "Project Team", THE_SYSTEM)
    world.raise_change("tia", {"action": "owner", "milestone": "M1", "owner": person})
    for one in ("sue", "sam"):
        if world.tasks(one, "decide-change"):
            world.do(one, "decide-change", YES)
    assert processes.plan(world.unit, "apollo").milestone("M1").owner == person


def test_who_takes_a_milestone_over_does_not_verify_it_the_sponsor_is_asked(running: World) -> None:
    task = claimed(running)
    taken_over(running)
    assert running.tasks("pm", "verify-claim") == []
    with pytest.raises(engine.TaskClosed):
        does(running, running.actor("pm"), task, {"decision": "approved"})
    running.do("spo", "verify-for-manager", {"decision": "approved"})
    assert processes.plan(running.unit, "apollo").milestone("M1").status == "achieved"
    assert [one.kind for one in processes.gaps(running.unit, "apollo") if one.kind == "self-verified"] == []


def test_who_takes_a_milestone_over_leaves_its_verification_to_another_manager(running: World) -> None:
    """Neither they nor their deputy is offered it; when the other one leaves, it is the sponsor's turn."""
    processes.add_member(running.unit, "apollo", "tia", "Project Manager", THE_SYSTEM)
    claimed(running)
    (task,) = running.tasks("pm", "verify-claim")
    engine.claim(running.unit, task.id, running.actor("pm"))
    running.session.commit()
    taken_over(running)
    (task,) = running.tasks("tia", "verify-claim")
    assert (running.tasks("pm", "verify-claim"), task.claimed_by) == ([], None)
    assert engine.counts(running.unit, running.actor("pm"))["todo"] == len(running.tasks("pm"))
    away(running, "pm", "sam")
    stands = engine.stands_in(running.unit, "sam", processes.roles, processes.barred)
    for one in (running.actor("pm"), replace(running.actor("sam"), stands_in=stands)):
        assert not engine.may_perform(one, task)
        assert task.id not in [found.id for found in engine.inbox(running.unit, one)]
    for one in (running.actor("pm"), replace(running.actor("pm"), barred={}), deputy(running, "sam")):
        with pytest.raises((NotAllowed, AnswersRefused, SignatureRefused), match=r"Tia Team|made or asked for"):
            does(running, one, task, {"decision": "approved"})
    processes.remove_member(running.unit, "apollo", "tia", "Project Manager", THE_SYSTEM, "Left")
    processes.left(running.unit, "tia", THE_SYSTEM)
    running.session.commit()
    assert len(running.tasks("spo", "verify-for-manager")) == 1
    assert running.tasks("pm", "verify-claim") == []
