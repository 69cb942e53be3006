"""Events that wait for several things, and gateways by which a process starts: the first that comes counts."""

from __future__ import annotations

import pytest

from engine.bpmn import check
from tests.engine.bpmn.diagrams import (
    boundary,
    catch,
    diagram,
    end,
    message,
    node,
    part,
    process,
    start,
    timer,
    user,
)  # fmt: skip
from tests.engine.bpmn.driven import NOW, Driven, one
from tests.engine.bpmn.test_event_subprocesses import DAY, DECLARED, ESCALATION, SIGNAL, condition, running

BOTH = message("paid") + message("waived")
LATE = message("paid") + timer("Duration", "P1D")


def _of(run: Driven, element: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.state, item.flows) for item in run.moved.finished if item.element == element]


@pytest.mark.parametrize("name", ["paid", "waived"])
def test_an_event_in_the_middle_waits_for_either(name: str) -> None:
    run = running(catch("c", BOTH), user("b"), arrows="begin -> c -> b -> done")
    assert [(wait.element, wait.message) for wait in run.moved.waits] == [("c", "paid"), ("c", "waived")]
    assert run.send(name, {"by": name}, "c")
    assert (run.elements(), run.waits(), run.moved.tasks[0].data["by"]) == (["b"], set(), name)
    assert _of(run, "c") == [("completed", ("c_b",))]


def test_time_passes_while_a_message_is_awaited() -> None:
    run = running(catch("c", LATE), user("b"), arrows="begin -> c -> b -> done")
    assert [(item.element, item.due[:10]) for item in run.moved.timers] == [("c", "2026-01-06")]
    assert run.at(NOW + DAY) == ("c",)
    assert (run.elements(), run.waits()) == (["b"], set())


def test_a_signal_or_a_condition() -> None:
    run = running(
        node("parallelGateway", "g"), catch("c", SIGNAL + condition("n > 1")), user("a"), user("b"), end("e2"),
        arrows="begin -> g; g -> c -> b -> done; g -> a -> e2", data={"n": 0},
    )  # fmt: skip
    run.complete("a", {"n": 2})
    assert run.elements() == ["b"]


def test_what_it_must_carry_is_said_once_for_all() -> None:
    run = running(catch("c", BOTH, correlation="order"), user("b"), arrows="begin -> c -> b -> done", data={"order": 7})
    assert [wait.correlation for wait in run.moved.waits] == ["7", "7"]


def test_a_border_is_left_by_whichever_comes_first() -> None:
    run = running(
        user("a"), boundary("on", "a", LATE), user("r"), end("e2"), arrows="begin -> a -> done; on -> r -> e2"
    )
    assert ([item.element for item in run.moved.timers], run.waits()) == (["on"], {"paid"})
    assert run.send("paid", {}, "on")
    assert (run.elements(), run.moved.timers, run.waits()) == (["r"], (), set())
    assert _of(run, "on") == [("completed", ("on_r",))]


def test_beside_an_activity_each_comes_as_often_as_it_does() -> None:
    run = running(
        user("a"), boundary("on", "a", LATE, interrupting=False), user("r"), end("e2"),
        arrows="begin -> a -> done; on -> r -> e2",
    )  # fmt: skip
    for _ in range(2):
        assert run.send("paid")
    assert run.at(NOW + DAY) == ("on",)
    assert run.elements() == ["a", "r", "r", "r"]
    run.complete("a")
    assert run.elements() == ["r", "r", "r"]


@pytest.mark.parametrize("interrupts", [True, False])
def test_an_event_sub_process_is_begun_by_whichever_comes_first(interrupts: bool) -> None:
    begun = node("startEvent", "in", LATE, attributes=f'isInterrupting="{str(interrupts).lower()}"')
    beside = part("x", [begun, user("r"), end("out")], "in -> r -> out", attributes='triggeredByEvent="true"')
    run = running(user("a"), beside, arrows="begin -> a -> done")
    assert ([item.element for item in run.moved.timers], run.waits()) == (["in"], {"paid"})
    assert run.send("paid", {"by": "bank"})
    assert run.elements() == (["r"] if interrupts else ["a", "r"])
    assert {task.element: task.data.get("by") for task in run.moved.tasks}["r"] == "bank"
    assert [item.element for item in run.moved.timers] == ([] if interrupts else ["in"])
    if not interrupts:
        assert run.at(NOW + DAY) == ("in",)
        run.complete("a")
    assert run.elements() == (["r"] if interrupts else ["r", "r"])


def test_an_escalation_or_a_message_on_a_part() -> None:
    inner = part("s", [start("in"), user("a"), end("out", ESCALATION)], "in -> a -> out")
    run = running(
        inner, boundary("on", "s", ESCALATION + message("m")), user("r"), end("e2"),
        arrows="begin -> s -> done; on -> r -> e2",
    )  # fmt: skip
    run.complete("a")
    assert run.elements() == ["r"]


@pytest.mark.parametrize(("name", "task"), [("paid", "a"), ("asked", "b")])
def test_a_gateway_starts_a_process_by_the_first_of_its_events(name: str, task: str) -> None:
    nodes = [
        node("eventBasedGateway", "g", attributes='instantiate="true"'), catch("c", message("paid")), user("a"),
        node("receiveTask", "t", attributes='messageRef="msg.asked"'), user("b"), end(),
    ]  # fmt: skip
    found = one(diagram(process("p", nodes, "g -> c -> a -> done; g -> t -> b -> done")))
    assert {(item.message, item.element) for item in found.starts} == {("paid", "c"), ("asked", "t")}
    run = Driven(found, {}, (name, {"x": 1}))
    assert (run.elements(), run.moved.tasks[0].data["x"]) == ([task], 1)


@pytest.mark.parametrize("name", ["paid", "waived"])
def test_a_process_is_started_by_any_of_what_its_start_waits_for(name: str) -> None:
    begun = start("in", BOTH + timer("Date", "2026-02-01"), subject="project", key="id")
    drawn = diagram(process("p", [begun, user("a"), end()], "in -> a -> done"))
    assert [item.rule for item in check({"a.bpmn": drawn}) if item.refuses] == []
    found = one(drawn)
    assert {(item.message, item.element) for item in found.starts} == {("paid", "in"), ("waived", "in")}
    assert [item.element for item in found.clocks] == ["in"]
    run = Driven(found, {}, (name, {"x": 1}))
    assert (run.elements(), run.moved.tasks[0].data["x"]) == (["a"], 1)


@pytest.mark.parametrize(
    "wait",
    [
        boundary("c", "a", BOTH).replace(" cancelActivity", ' parallelMultiple="true" cancelActivity') + user("a"),
        catch("c", message("m") * 2),
        catch("c", timer("Duration", "P1D") * 2),
    ],
)
def test_all_of_several_on_a_border_and_the_same_one_twice_are_refused(wait: str) -> None:
    arrows = "begin -> a -> done; c -> done" if "boundary" in wait else "begin -> c -> done"
    drawn = diagram(process("p", [start(), wait, end()], arrows), extra=DECLARED)
    assert ("several-events", "c") in {(item.rule, item.element) for item in check({"a.bpmn": drawn})}


def test_an_event_that_wants_all_goes_on_when_the_last_has_come() -> None:
    wait = node("intermediateCatchEvent", "c", BOTH + timer("Duration", "P1D"), attributes='parallelMultiple="true"')
    run = running(wait, user("b"), arrows="begin -> c -> b -> done")
    assert run.send("waived", {"x": 1})
    assert run.at(NOW + DAY) == ("c",)
    assert (run.elements(), run.waits()) == ([], {"paid"})
    assert run.send("paid", {"y": 2})
    assert (run.elements(), dict(run.moved.tasks[0].data)) == (["b"], {"x": 1, "y": 2})
