"""Repairs: proposed by one, approved by another, marked for ever; never past a signature, an ended instance, a move."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

import engine
from engine import Actor, Conflict, NotAllowed, Refused, Stale, Unit
from tests.engine.bpmn import diagrams as d
from tests.engine.conftest import ADA, APOLLO, BOB, EVE, ROOT, Clock, Letters, bundle, do, open_task

ZOE = Actor("p-zoe", "Zoe", {"": frozenset({"Process Admin"})})
TEXT = {"text": "Dear all, the ship sails."}
YES = {"decision": "approved", "comment": ""}
NO = {"decision": "rejected", "comment": "Which ship?"}
WHY = "The post office is closed for good"
PARCEL = d.diagram(
    d.process(
        "parcel",
        [
            d.start("begin"),
            d.user("pack", name="Pack it"),
            d.both("fork"),
            d.user("weigh", name="Weigh it"),
            d.catch("fetched", d.message("parcel.fetched")),
            d.both("join"),
            d.xor("heavy", "heavy_tell"),
            d.user("split", name="Split it"),
            d.part("send", [d.start("in"), d.user("stamp", name="Stamp it"), d.end("out")], "in -> stamp -> out"),
            d.boundary("late", "send", d.timer("Duration", "P3D"), interrupting=False),
            d.end("reminded"),
            d.user("tell", name="Tell"),
            d.end("done"),
        ],
        "begin -> pack -> fork; fork -> weigh -> join; fork -> fetched -> join; join -> heavy;"
        " heavy -[kilos > 20]-> split -> send; heavy -> tell -> send; send -> done; late -> reminded",
        {"Writer": ["begin", "pack", "fork", "weigh", "fetched", "join", "heavy", "split", "send", "late", "reminded",
                    "tell", "done"]},
    )
)  # fmt: skip


@pytest.fixture(autouse=True)
def zoe(unit: Unit) -> Actor:
    """A process admin."""
    engine.add_person(unit, ZOE.person, ZOE.name, ROOT)
    unit.session.commit()
    return ZOE


@pytest.fixture
def parcel(unit: Unit) -> str:
    """A parcel that waits to be packed."""
    engine.deploy(unit, bundle(parcel_bpmn=PARCEL), ROOT)
    started = engine.start(unit, "parcel", APOLLO, {"kilos": 1}, ADA)
    unit.session.commit()
    return started


def place(unit: Unit, instance: str, element: str) -> str:
    """The task at which an instance stands at an element."""
    (found,) = [one.task for one in engine.places(unit, instance) if one.element == element]
    return found


def proposed(unit: Unit, instance: str, kind: str, element: str = "", **more: Any) -> str:
    task = place(unit, instance, element) if element else None
    made = engine.propose_repair(unit, instance, kind, ZOE, WHY, task=task, **more)
    unit.session.commit()
    return made


def repaired(unit: Unit, instance: str, kind: str, element: str = "", **more: Any) -> engine.Repair:
    done = engine.approve_repair(unit, proposed(unit, instance, kind, element, **more), ROOT)
    unit.session.commit()
    assert engine.verify(unit.session).findings == ()
    return done


def stands(unit: Unit, instance: str) -> list[str]:
    return sorted(one.element for one in engine.places(unit, instance))


def test_a_task_is_passed_over_by_two_people_and_proves_nothing(unit: Unit, parcel: str) -> None:
    done = repaired(unit, parcel, "skip", "pack")
    assert (done.state, done.person, done.decided_by) == ("carried-out", ZOE.person, ROOT.person)
    assert stands(unit, parcel) == ["fetched", "weigh"]
    (passed,) = [one for one in engine.trail(unit, parcel) if one.element == "pack"]
    assert (passed.state, passed.flows) == ("skipped", ("pack_fork",))
    (task,) = [one for one in engine.tasks(unit, instance=parcel) if one.element == "pack"]
    assert task.status == "cancelled"
    assert engine.submissions(unit, parcel) == []
    (asked,) = engine.events(unit, kind="repair.proposed", instance=parcel)
    (carried,) = engine.events(unit, kind="repair.carried-out", instance=parcel)
    assert (asked.person, asked.reason) == (ZOE.person, WHY)
    assert (carried.person, carried.reason, carried.said["proposed_by"]) == (ROOT.person, WHY, ZOE.person)


def test_an_event_and_a_sub_process_are_passed_over(unit: Unit, parcel: str) -> None:
    do(unit, ADA, {}, "pack")
    repaired(unit, parcel, "skip", "fetched")
    do(unit, ADA, {}, "weigh")
    do(unit, ADA, {}, "tell")
    assert stands(unit, parcel) == ["send", "stamp"]
    repaired(unit, parcel, "skip", "send")
    assert engine.instance(unit, parcel).status == "completed"
    states = {one.element: one.state for one in engine.trail(unit, parcel)}
    assert states["send"] == states["fetched"] == "skipped"
    assert states["stamp"] == "cancelled"
    assert engine.waiting(unit, parcel) == [], "its timer is gone with it"


def test_a_token_is_moved_within_its_scope_and_only_to_where_one_can_stand(unit: Unit, parcel: str) -> None:
    do(unit, ADA, {}, "pack")
    with pytest.raises(Refused, match="can never stand"):
        proposed(unit, parcel, "move", "weigh", target="tell")
    with pytest.raises(Refused, match="own process or sub-process"):
        proposed(unit, parcel, "move", "weigh", target="stamp")
    with pytest.raises(Refused, match="choose a task or an event"):
        proposed(unit, parcel, "move", "weigh", target="join")
    with pytest.raises(Refused, match="already"):
        proposed(unit, parcel, "move", "weigh", target="weigh")
    unit.session.rollback()
    engine.send(unit, "parcel.fetched", APOLLO, {}, ADA)
    do(unit, ADA, {}, "weigh")
    assert stands(unit, parcel) == ["tell"]
    repaired(unit, parcel, "move", "tell", target="split")
    assert [one.name for one in engine.inbox(unit, ADA)] == ["Split it"]
    assert [one.state for one in engine.trail(unit, parcel) if one.element == "tell"] == ["moved"]
    do(unit, ADA, {}, "split")
    repaired(unit, parcel, "move", "send", target="pack")
    assert stands(unit, parcel) == ["pack"], "what was open inside and on the border has ended"
    assert engine.waiting(unit, parcel) == []
    do(unit, ADA, {}, "pack")
    assert stands(unit, parcel) == ["fetched", "weigh"]


def test_a_variable_is_set_and_decides_the_way(unit: Unit, parcel: str) -> None:
    do(unit, ADA, {}, "pack")
    repaired(unit, parcel, "set", variable="kilos", value=40)
    engine.send(unit, "parcel.fetched", APOLLO, {}, ADA)
    do(unit, ADA, {}, "weigh")
    assert stands(unit, parcel) == ["split"]
    for name in ("project", "not a name", "1st"):
        with pytest.raises(Refused):
            proposed(unit, parcel, "set", variable=name, value=1)


def test_a_failed_step_is_tried_again_passed_over_or_left(unit: Unit, letter: str, letters: Letters) -> None:
    letters.jammed = True
    do(unit, ADA, TEXT)
    with pytest.raises(Refused, match="has not failed"):
        proposed(unit, letter, "retry", "sign")
    do(unit, BOB, YES)
    do(unit, EVE, YES)
    repaired(unit, letter, "retry", "print")
    assert len(engine.incidents(unit)) == 1, "it failed again"
    letters.jammed = False
    assert letters.printed == []
    first = proposed(unit, letter, "retry", "print")
    assert letters.printed == [letter], "tried, and taken back"
    letters.printed.clear()
    assert len(engine.incidents(unit)) == 1
    engine.refuse_repair(unit, first, ROOT, "The printer is sold")
    unit.session.commit()
    repaired(unit, letter, "skip", "print")
    assert letters.printed == []
    assert engine.incidents(unit) == []
    assert engine.instance(unit, letter).status == "completed"


@pytest.mark.parametrize(
    ("kind", "more"),
    [("skip", {}), ("move", {"target": "print"}), ("move", {"target": "write"}), ("move", {"target": "done"})],
)
def test_no_repair_passes_over_a_signature(unit: Unit, letter: str, kind: str, more: dict[str, Any]) -> None:
    do(unit, ADA, TEXT)
    with pytest.raises(Refused, match="sign"):
        proposed(unit, letter, kind, "sign", **more)
    unit.session.rollback()
    assert engine.repairs(unit, letter) == []
    assert engine.instance(unit, letter).repaired_at is None


def test_no_repair_moves_around_a_signature(unit: Unit, letter: str, letters: Letters) -> None:
    """Neither past it from before, nor past a second round of it from behind."""
    letters.readers = {}
    do(unit, ADA, TEXT)
    with pytest.raises(Refused, match="sign"):
        proposed(unit, letter, "move", "sign", target="print")
    unit.session.rollback()
    letters.readers = {"p-bob": "Reader"}
    letters.jammed = True
    other = engine.send(unit, "letter.needed", APOLLO, {"number": "8"}, ADA)[0]
    do(unit, ADA, TEXT)
    do(unit, BOB, YES)
    for target in ("write", "readers"):
        repair = proposed(unit, other, "move", "print", target=target)
        engine.refuse_repair(unit, repair, ZOE, "Only tried")
    unit.session.commit()
    repaired(unit, other, "move", "print", target="write")
    with pytest.raises(Refused, match="sign"):
        proposed(unit, other, "move", "write", target="print")


@pytest.mark.parametrize("name", ["decisions", "answer", "readers", "person", "decision"])
def test_no_repair_says_who_signs_or_what_was_signed(unit: Unit, letter: str, name: str) -> None:
    do(unit, ADA, TEXT)
    with pytest.raises(Refused, match="by signing"):
        proposed(unit, letter, "set", variable=name, value={"p-bob": {"decision": "approved"}})


def test_one_of_several_is_not_passed_over_for_the_others(unit: Unit, parcel: str) -> None:
    everybody = d.diagram(
        d.process("round", [d.start("begin"), d.user("ask", d.each("people", "who", "said", "word")), d.end("done")],
                  "begin -> ask -> done", {"Writer": ["begin", "ask", "done"]})
    )  # fmt: skip
    engine.deploy(unit, bundle(round_bpmn=everybody, parcel_bpmn=PARCEL), ROOT)
    started = engine.start(unit, "round", APOLLO, {"people": {"p-ada": "Writer", "p-bob": "Writer"}}, ADA)
    unit.session.commit()
    repaired(unit, started, "skip", "ask")
    assert engine.instance(unit, started).status == "completed"
    assert engine.tasks(unit, instance=started, status="open") == []


def test_nobody_repairs_alone_or_without_a_reason_or_a_role(unit: Unit, parcel: str) -> None:
    task = place(unit, parcel, "pack")
    with pytest.raises(NotAllowed):
        engine.propose_repair(unit, parcel, "skip", ADA, WHY, task=task)
    with pytest.raises(Refused, match="why"):
        engine.propose_repair(unit, parcel, "skip", ZOE, " ", task=task)
    with pytest.raises(Refused, match="is one of"):
        engine.propose_repair(unit, parcel, "delete", ZOE, WHY, task=task)
    unit.session.rollback()
    made = proposed(unit, parcel, "skip", "pack")
    for by, said in ((ZOE, "yourself"), (ADA, "process admin")):
        with pytest.raises(NotAllowed, match=said):
            engine.approve_repair(unit, made, by)
        unit.session.rollback()
    engine.set_active(unit, ZOE.person, False, ROOT)
    with pytest.raises(NotAllowed, match="no longer acts"):
        engine.approve_repair(unit, made, ROOT)
    unit.session.rollback()
    assert stands(unit, parcel) == ["pack"]


def test_what_was_proposed_before_the_instance_moved_on_is_stale(unit: Unit, parcel: str, clock: Clock) -> None:
    made = proposed(unit, parcel, "skip", "pack")
    clock.move(minutes=3)
    do(unit, ADA, {}, "pack")
    (shown,) = engine.repairs(unit, parcel)
    assert shown.state == "stale"
    with pytest.raises(Stale, match="moved on") as told:
        engine.approve_repair(unit, made, ROOT)
    assert told.value.when == clock()
    unit.session.rollback()
    assert engine.instance(unit, parcel).repaired_at is None


def test_what_is_decided_is_decided(unit: Unit, parcel: str, clock: Clock) -> None:
    made = proposed(unit, parcel, "skip", "pack")
    with pytest.raises(Refused, match="why"):
        engine.refuse_repair(unit, made, ROOT, "")
    engine.refuse_repair(unit, made, ROOT, "Pack it")
    unit.session.commit()
    with pytest.raises(Conflict) as told:
        engine.approve_repair(unit, made, ROOT)
    assert (told.value.who, told.value.when) == (ROOT.person, clock())
    other = proposed(unit, parcel, "skip", "pack")
    engine.refuse_repair(unit, other, ZOE, "I was wrong")
    unit.session.commit()
    assert sorted(one.state for one in engine.repairs(unit, parcel)) == ["refused", "withdrawn"]
    assert engine.instance(unit, parcel).repaired_at is None


def test_what_has_ended_is_never_touched(unit: Unit, parcel: str) -> None:
    made = proposed(unit, parcel, "skip", "pack")
    task = open_task(unit, ADA).id
    engine.cancel(unit, parcel, ROOT, "Not needed")
    unit.session.commit()
    for act in (
        lambda: engine.approve_repair(unit, made, ROOT),
        lambda: engine.propose_repair(unit, parcel, "skip", ZOE, WHY, task=task),
        lambda: engine.propose_repair(unit, parcel, "set", ZOE, WHY, variable="kilos", value=1),
    ):
        with pytest.raises(Conflict, match="ended"):
            act()
        unit.session.rollback()


def test_the_mark_stays_and_taking_it_away_is_found(unit: Unit, parcel: str, clock: Clock) -> None:
    at = clock()
    repaired(unit, parcel, "set", variable="kilos", value=2)
    clock.move(days=1)
    repaired(unit, parcel, "skip", "pack")
    assert engine.instance(unit, parcel).repaired_at == at
    unit.session.execute(text("UPDATE instance SET repaired_at = NULL"))
    (fault,) = engine.verify(unit.session).findings
    assert (fault.table, fault.key) == ("instance", parcel)
    unit.session.rollback()
    unit.session.execute(text("UPDATE repair SET reason = 'Nothing'"))
    assert engine.verify(unit.session).findings
    unit.session.rollback()
