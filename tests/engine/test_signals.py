"""Signals between instances, several starts of one process, and what waits again and again, as rows."""

from __future__ import annotations

import engine
from engine import Bundle, Unit
from tests.engine.bpmn import diagrams as d
from tests.engine.conftest import ADA, APOLLO, BOB, ROOT, Clock, open_task

SIGNAL = '<bpmn:signalEventDefinition signalRef="sig.fire"/>'
DECLARED = '<bpmn:signal id="sig.fire" name="fire"/>'


def _deploy(unit: Unit, *processes: str) -> None:
    files = {f"{number}.bpmn": d.diagram(one, extra=DECLARED) for number, one in enumerate(processes)}
    found = engine.deploy(unit, Bundle("house", "House", "1", files, "new"), ROOT)
    assert not any(one.refuses for one in found.findings)


def _process(name: str, nodes: list[str], arrows: str, *tasks: str) -> str:
    return d.process(name, nodes, arrows, {"Writer": list(tasks)})


def _house(unit: Unit) -> None:
    heard = d.node("startEvent", "heard", SIGNAL, attributes='isInterrupting="false"')
    inside = heard + d.user("out") + d.end("back") + d.flows("heard -> out -> back")
    beside = d.node("subProcess", "drill", inside, attributes='triggeredByEvent="true"')
    _deploy(
        unit,
        _process("warden", [d.start(), d.user("look"), d.throw("cry", SIGNAL), d.end()], "begin -> look -> cry -> done",
                 "look"),
        _process("guest", [d.start(), d.user("sleep"), d.end(), beside], "begin -> sleep -> done", "sleep", "out"),
        _process("cook", [d.start(), d.catch("wait", SIGNAL), d.user("close"), d.end()],
                 "begin -> wait -> close -> done", "close"),
        _process("brigade", [d.start("alarm", SIGNAL), d.user("come"), d.end()], "alarm -> come -> done", "come"),
    )  # fmt: skip


def test_a_signal_reaches_all_that_wait_about_the_subject_and_starts_what_it_starts(unit: Unit) -> None:
    _house(unit)
    guests = [engine.start(unit, "guest", APOLLO, {}, ADA) for _ in range(2)]
    elsewhere = engine.start(unit, "guest", "gemini", {}, ADA)
    cook = engine.start(unit, "cook", APOLLO, {}, ADA)
    warden = engine.start(unit, "warden", APOLLO, {}, ADA)
    unit.session.commit()
    look = next(one for one in engine.inbox(unit, ADA) if one.element == "look")
    engine.complete(unit, look.id, {}, ADA)
    unit.session.commit()
    where = {(one.instance, one.element) for one in engine.inbox(unit, ADA)}
    (brigade,) = [one.id for one in engine.instances(unit, process="brigade")]
    assert where == {
        *((one, element) for one in guests for element in ("sleep", "out")), (cook, "close"), (brigade, "come"),
    }  # fmt: skip
    assert engine.instance(unit, brigade).subject == APOLLO
    assert [one.message for one in engine.waiting(unit, elsewhere)] == ["signal fire"]
    assert [one.message for one in engine.waiting(unit, guests[0])] == ["signal fire"]
    assert engine.instance(unit, warden).status == "completed"
    assert not engine.events(unit, kind="message.kept")


def test_a_signal_comes_again_and_is_not_kept(unit: Unit) -> None:
    _house(unit)
    guest = engine.start(unit, "guest", APOLLO, {}, ADA)
    for _ in range(2):
        engine.start(unit, "warden", APOLLO, {}, ADA)
        unit.session.commit()
        look = next(one for one in engine.inbox(unit, ADA) if one.element == "look")
        engine.complete(unit, look.id, {}, ADA)
    unit.session.commit()
    assert [one.element for one in engine.inbox(unit, ADA) if one.instance == guest].count("out") == 2
    late = engine.start(unit, "cook", APOLLO, {}, ADA)
    assert [one.message for one in engine.waiting(unit, late)] == ["signal fire"]


def test_what_waits_on_receives_all_that_was_kept(unit: Unit) -> None:
    _deploy(
        unit,
        _process("asker", [d.start(), d.throw("ask", d.message("question", "{'n': n}")), d.end()],
                 "begin -> ask -> done"),
        _process("desk", [d.start(), d.user("sit"), d.user("reply"), d.end("replied"), d.end(),
                          d.boundary("asked", "sit", d.message("question"), interrupting=False)],
                 "begin -> sit -> done; asked -> reply -> replied", "sit", "reply"),
    )  # fmt: skip
    for number in range(3):
        engine.start(unit, "asker", APOLLO, {"n": number}, ADA)
    desk = engine.start(unit, "desk", APOLLO, {}, ADA)
    unit.session.commit()
    assert sorted(one.element for one in engine.inbox(unit, ADA)) == ["reply", "reply", "reply", "sit"]
    engine.start(unit, "asker", APOLLO, {"n": 3}, ADA)
    assert [one.element for one in engine.inbox(unit, ADA)].count("reply") == 4
    assert [one.message for one in engine.waiting(unit, desk)] == ["question"]


def test_one_process_begins_by_hand_and_by_message(unit: Unit) -> None:
    _deploy(
        unit,
        _process("order", [d.start(), d.start("phoned", d.message("call"), key="number"), d.user("note"), d.user("ask"),
                           d.end()], "begin -> ask -> done; phoned -> note -> done", "note", "ask"),
    )  # fmt: skip
    by_hand = engine.start(unit, "order", APOLLO, {}, ADA)
    (by_message,) = engine.send(unit, "call", APOLLO, {"number": "7"}, ADA)
    unit.session.commit()
    assert {one.instance: one.element for one in engine.inbox(unit, ADA)} == {by_hand: "ask", by_message: "note"}


def test_open_tasks_timers_and_waits_of_an_interrupted_scope_close_with_it(unit: Unit, clock: Clock) -> None:
    beside = d.node("subProcess", "late", d.node("startEvent", "time", d.timer("Duration", "P2D")) + d.user("tidy")
                    + d.end("tidied") + d.flows("time -> tidy -> tidied"), attributes='triggeredByEvent="true"')
    nodes = [
        d.start(), d.both("g"), d.user("a"), d.catch("c", d.message("never")), d.catch("t", d.timer("Duration", "P9D")),
        d.end(), d.end("e2"), d.end("e3"), beside,
    ]  # fmt: skip
    _deploy(unit, _process("work", nodes, "begin -> g; g -> a -> done; g -> c -> e2; g -> t -> e3", "a", "tidy"))
    instance = engine.start(unit, "work", APOLLO, {}, ADA)
    unit.session.commit()
    assert len(engine.waiting(unit, instance)) == 3
    task = open_task(unit, ADA)
    clock.move(days=2)
    for timer in engine.due(unit, clock()):
        assert engine.fire(unit, timer)
    unit.session.commit()
    assert open_task(unit, ADA).element == "tidy"
    assert engine.waiting(unit, instance) == []
    assert [one.entity_id for one in engine.events(unit, kind="task.cancelled")] == [task.id]
    passed = [(one.element, one.state) for one in engine.trail(unit, instance)]
    assert ("a", "cancelled") in passed
    assert ("time", "completed") in passed
    assert BOB.person not in {one.person for one in engine.trail(unit, instance)}


def test_one_event_waits_for_several_things_and_the_first_one_ends_all(unit: Unit, clock: Clock) -> None:
    several = d.message("paid") + d.message("waived") + d.timer("Duration", "P2D")
    nodes = [d.start(), d.catch("c", several), d.user("a"), d.boundary("on", "a", several), d.user("b"), d.end()]
    _deploy(unit, _process("bill", nodes, "begin -> c -> a -> done; on -> b -> done", "a", "b"))
    bill = engine.start(unit, "bill", APOLLO, {}, ADA)
    unit.session.commit()
    assert [one.element for one in engine.waiting(unit, bill)] == ["c", "c", "c"]
    assert engine.send(unit, "waived", APOLLO, {}, ADA) == [bill]
    unit.session.commit()
    assert [one.element for one in engine.waiting(unit, bill)] == ["on", "on", "on"]
    clock.move(days=2)
    for timer in engine.due(unit, clock()):
        assert engine.fire(unit, timer)
    unit.session.commit()
    assert open_task(unit, ADA).element == "b"
    assert not engine.waiting(unit, bill)
